import type { SweepParameter } from '../../../simulations/index.ts';

/** What all runs in a folder are of. */
export interface SweepHead {
  readonly name: string;
  readonly parameters: readonly SweepParameter[];
  /** What is run and what is varied. */
  readonly definition: string;
  /** Version of this program, and of Node. */
  readonly version: string;
  readonly node: string;
}
