import type { Mistake, Path } from './mistakes.ts';
import { shown } from './mistakes.ts';
import type { Scenario } from './scenario-schema.ts';

type ScenarioFault = Scenario['faults'][number];

/** What the shape of a fault does not tell: whether what is said of its times fits together. */
export const checkFaults = (scenario: Scenario): readonly Mistake[] => {
  const names = new Set<string>();
  return scenario.faults.flatMap((fault, i) => {
    const path = ['faults', i];
    const mistakes = [...checkTimes(scenario, fault, path), ...checkKind(scenario, fault, path)];
    if (fault.name !== undefined && names.has(fault.name)) {
      const message = `found ${shown(fault.name)}, expected a name that no other fault has`;
      mistakes.push({ path: [...path, 'name'], message });
    }
    if (fault.name !== undefined) names.add(fault.name);
    return mistakes;
  });
};

const checkTimes = ({ phases }: Scenario, fault: ScenarioFault, path: Path): readonly Mistake[] => {
  const { at, every, during } = fault;
  const mistakes: Mistake[] = [];
  const say = (key: string, message: string, isKey = true): void => {
    mistakes.push({ path: [...path, key], isKey, message });
  };
  if (at !== undefined && every !== undefined) say('every', 'there is an "at" too, expected one of both');
  if (at !== undefined && during !== undefined) say('during', 'there is an "at" too, expected one of both');
  if (at !== undefined && at >= phases.chaos)
    say('at', 'found a time after the chaos, expected one before its end (phases.chaos)', false);
  if (during !== undefined && during.to > phases.chaos)
    say('during', 'found a time after the chaos, expected one up to its end (phases.chaos)', false);
  if (every !== undefined && every >= (during?.to ?? phases.chaos) - (during?.from ?? 0))
    say(
      'every',
      'found a time in which it never happens, expected a shorter one than that in which it may',
      false,
    );
  if ('for' in fault && fault.for !== undefined && at === undefined && every === undefined)
    say('for', 'there is neither "at" nor "every", expected one of them, or "during" alone');
  if (!('times' in fault) && every !== undefined && fault.for === undefined)
    say('every', 'there is no "for", expected to be told how long it lasts each time');
  if ('times' in fault && fault.times > 1 && (at !== undefined || every !== undefined))
    say('times', `there is ${at === undefined ? 'an "every"' : 'an "at"'} too, expected one of both`);
  return mistakes;
};

/** What nobody does who means well. */
const FORGED: ReadonlySet<ScenarioFault['kind']> = new Set(['deceive', 'fork', 'usurp', 'codec']);

const checkKind = ({ outside }: Scenario, fault: ScenarioFault, path: Path): readonly Mistake[] => {
  if (FORGED.has(fault.kind) && outside === undefined) {
    const message = 'no devices are "outside", expected some: only those may mean no good';
    return [{ path: [...path, 'kind'], message }];
  }
  if ('permanent' in fault && fault.permanent && outside === undefined) {
    const message = 'no devices are "outside", expected some: only those may be broken for good';
    return [{ path: [...path, 'permanent'], isKey: true, message }];
  }
  if ('permanent' in fault && fault.permanent && !('times' in fault)) {
    const end = fault.for !== undefined ? 'for' : fault.during !== undefined ? 'during' : undefined;
    const message = 'it is "permanent", expected no end: "at" alone says when it begins';
    if (end !== undefined) return [{ path: [...path, end], isKey: true, message }];
  }
  if (fault.kind === 'partition' && fault.into !== undefined && fault.groups !== undefined) {
    return [
      { path: [...path, 'into'], isKey: true, message: 'there are "groups" too, expected one of both' },
    ];
  }
  return [];
};
