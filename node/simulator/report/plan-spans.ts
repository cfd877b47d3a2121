import type { Plan } from '../../../simulations/index.ts';

export type Span = readonly [from: number, to: number];

/** When some devices could not reach each other, in virtual microseconds. */
export const partedSpans = ({ faults, phases }: Pick<Plan, 'faults' | 'phases'>): readonly Span[] => {
  const spans: Span[] = [];
  let [blocks, sinceUs] = [0, 0];
  for (const { type, atUs } of faults) {
    if (type !== 'block' && type !== 'unblock') continue;
    if (type === 'block' && blocks === 0) sinceUs = atUs;
    blocks += type === 'block' ? 1 : -1;
    if (blocks === 0 && atUs > sinceUs) spans.push([sinceUs, atUs]);
  }
  return blocks > 0 ? [...spans, [sinceUs, phases.healUs]] : spans;
};

/** When the last thing went wrong or was mended; undefined when nothing went wrong. */
export const lastFaultUs = ({ faults }: Pick<Plan, 'faults'>): number | undefined =>
  faults.length === 0 ? undefined : Math.max(...faults.map(({ atUs }) => atUs));
