import type { GivenWorkload, Outcome, RunMode, Scenario } from '../../simulations/index.ts';

/** One run, as a process of its own is asked for it. */
export interface RunTask {
  readonly scenario: Scenario;
  /** What was read for its workload, if that is not made up. */
  readonly given?: GivenWorkload;
  /** 64 bits, in decimal digits. */
  readonly seed: string;
  /** How many devices, in place of what the scenario says. */
  readonly peers?: number;
  readonly mode: RunMode;
  /** When it is left out, nothing is written. */
  readonly kept?: KeptRun;
}

/** Where a run is written to. */
export interface KeptRun {
  readonly folder: string;
  readonly when: 'always' | 'failed';
  /** Version of this program. */
  readonly version: string;
}

/** What such a process tells. */
export type RunNews =
  | { readonly type: 'progress'; readonly share: number }
  | { readonly type: 'done'; readonly outcome: Outcome }
  | { readonly type: 'failed'; readonly code: string; readonly message: string; readonly hint: string };
