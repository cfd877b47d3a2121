import type { DrawStream } from '../draws/index.ts';
import { drawIn } from './chance.ts';
import type { Scenario } from './scenario-schema.ts';
import type { Span } from './spans.ts';

type ScenarioFault = Scenario['faults'][number];

/**
 * When a fault happens, in order of time, in microseconds of the run. What lasts has an end, at the latest that of
 * the chaos; of what happens at a moment both are the same.
 */
export const occurrencesOf = (fault: ScenarioFault, chaos: Span, stream: DrawStream): readonly Span[] => {
  const begins = beginsOf(fault, chaos, stream);
  if ('times' in fault) return begins.map((atUs) => ({ fromUs: atUs, toUs: atUs }));
  const end = fault.during === undefined ? chaos.toUs : chaos.fromUs + fault.during.to;
  return begins.map((fromUs) => ({
    fromUs,
    toUs: fault.for === undefined ? end : Math.min(fromUs + drawIn(stream, fault.for), chaos.toUs),
  }));
};

const beginsOf = (fault: ScenarioFault, chaos: Span, stream: DrawStream): readonly number[] => {
  const { at, every, during } = fault;
  const fromUs = chaos.fromUs + (during?.from ?? 0);
  const toUs = during === undefined ? chaos.toUs : chaos.fromUs + during.to;
  if (at !== undefined) return [chaos.fromUs + at];
  if (every !== undefined) {
    const begins: number[] = [];
    for (let atUs = fromUs + every; atUs < toUs; atUs += every) begins.push(atUs);
    return begins;
  }
  if (!('times' in fault)) return [fromUs];
  const drawn = Array.from({ length: fault.times }, () => drawIn(stream, { from: fromUs, to: toUs - 1 }));
  return drawn.toSorted((a, b) => a - b);
};
