import { checkBody } from '../../protocol/event/index.ts';
import { draftsOfStep, isStep, type Plan, type Step } from '../plan/index.ts';
import type { Mistake, Path } from './mistakes.ts';

/** Whether the steps of a history can be written, and one after the other. */
export const checkHistory = ({ operations }: Plan): readonly Mistake[] => {
  const steps = operations.flatMap((operation, i) => (isStep(operation) ? [[i, operation] as const] : []));
  const numbers = new Set<number>();
  const twice = steps.flatMap(([i, { step }]): readonly Mistake[] => {
    const isTaken = numbers.has(step);
    numbers.add(step);
    const message = `found ${step}, expected a number that no other step has`;
    return isTaken ? [{ path: ['operations', i, 'step'], message }] : [];
  });
  return [...twice, ...steps.flatMap(([i, step]) => checkStep(['operations', i], step, numbers))];
};

const checkStep = (path: Path, step: Step, numbers: ReadonlySet<number>): readonly Mistake[] => {
  const after = step.after.flatMap((other, i): readonly Mistake[] => {
    if (other < step.step && numbers.has(other)) return [];
    const message = `found ${other}, expected the number of another step that is lower than ${step.step}`;
    return [{ path: [...path, 'after', i], message }];
  });
  const events = draftsOfStep(step);
  if (events.length === 0) return [...after, { path, message: 'found no changes, expected one at least' }];
  const content = events.flatMap((draft): readonly Mistake[] => {
    const verdict = checkBody({ ...draft, timestamp: 0 });
    if (!verdict.ok) return [{ path, message: `found an event that is none: ${verdict.fault.message}` }];
    return draft.source === undefined ? [{ path, message: 'found an event without a source' }] : [];
  });
  return [...after, ...content];
};
