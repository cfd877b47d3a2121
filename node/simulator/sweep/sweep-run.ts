import type { Outcome, SweepValue } from '../../../simulations/index.ts';

/** One run of a sweep: the values of its parameters, its seed, and what came of it. */
export interface SweepRun {
  readonly params: Readonly<Record<string, SweepValue>>;
  /** 64 bits, in decimal digits. */
  readonly seed: string;
  readonly outcome: Outcome;
}

/** The same for the same run, and for no other one of a sweep. */
export const runKey = ({ params, seed }: Pick<SweepRun, 'params' | 'seed'>): string =>
  JSON.stringify([params, seed]);
