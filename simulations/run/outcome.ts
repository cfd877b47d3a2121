import type { Violation } from '../checks/index.ts';
import type { Goal } from '../plan/index.ts';

/** What came of a run. Unknown: nothing was wrong, but not everything happened that had to for it to mean anything. */
export type Verdict = 'pass' | 'fail' | 'unknown';

/**
 * What must not be. Beside the invariants of each moment: `L1`, the devices did not become equal in time; `expected`,
 * they agree on something else than the scenario expects.
 */
export type RunViolation = Omit<Violation, 'invariant'> & {
  readonly invariant: Violation['invariant'] | 'L1' | 'expected';
};

/** A run in figures. Times are virtual microseconds since it began. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly name: string;
  /** 64 bits, in decimal digits. */
  readonly seed: string;
  readonly traceHash: string;
  readonly peers: number;
  /** Events that the devices hold which are equal in the end. */
  readonly events: number;
  /** When all were equal again after everything was mended; null when that did not happen. */
  readonly convergedAtUs: number | null;
  /** Frames that arrived, and their bytes. */
  readonly messages: number;
  readonly bytes: number;
  readonly steps: number;
  readonly conflicts: { readonly open: number; readonly closed: number };
  readonly excluded: number;
  /** State digest of the first device that is up in the end, and the different ones that there are. */
  readonly digest: string | null;
  readonly digests: readonly string[];
  readonly violations: readonly RunViolation[];
  /** Goals that the run was to reach and did not. */
  readonly missed: readonly Goal[];
  readonly virtualUs: number;
  readonly wallMs: number;
  readonly peakMemoryBytes: number;
}
