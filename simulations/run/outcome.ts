import type { Violation } from '../checks/index.ts';
import type { SimDevice } from '../device/index.ts';
import type { Goal, Plan } from '../plan/index.ts';
import type { Lookout } from './lookout.ts';
import type { World } from './world.ts';

/** What came of a run. Unknown: nothing was wrong, but not everything happened that had to for it to mean anything. */
export type Verdict = 'pass' | 'fail' | 'unknown';

/**
 * What must not be. Beside the invariants of each moment: `L1`, the devices did not become equal in time; `L4`, one
 * of them can write no more; `expected`, they agree on something else than the scenario expects; `error`, something threw.
 */
export type RunViolation = Omit<Violation, 'invariant'> & {
  readonly invariant: Violation['invariant'] | 'L1' | 'L4' | 'expected' | 'error';
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
  /** When everything was mended that can be. */
  readonly healedAtUs: number;
  /** When all were equal after that, in virtual microseconds as all times; null when that did not happen. */
  readonly convergedAt: number | null;
  /**
   * How much longer events took to be seen on other devices than they had to, over the sessions that there were: the
   * median of a sample. Null when nothing was seen elsewhere.
   */
  readonly stretch: number | null;
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

/** What an outcome is made of. */
export interface OutcomeParts
  extends Pick<Outcome, 'violations' | 'convergedAt' | 'wallMs' | 'peakMemoryBytes'> {
  readonly plan: Plan;
  readonly world: World;
  readonly lookout: Lookout;
  /** The devices that had to become equal. */
  readonly core: readonly SimDevice[];
}

export const outcomeOf = ({ plan, world, lookout, core, ...parts }: OutcomeParts): Outcome => {
  const { agenda, devices, network } = world;
  const missed = lookout.goals.missed(plan.goals);
  const digests = [...new Set(core.map(({ engine }) => engine.replica.digest.toHex()))];
  const replica = core[0]?.engine.replica;
  const { openConflicts = 0, closedConflicts = 0, excluded = 0 } = replica?.counts ?? {};
  return {
    verdict: parts.violations.length > 0 ? 'fail' : missed.length > 0 ? 'unknown' : 'pass',
    name: plan.name,
    seed: plan.seed,
    traceHash: lookout.trace.hash(),
    peers: devices.length,
    events: replica?.appliedCount ?? 0,
    healedAtUs: plan.phases.chaosUs,
    stretch: lookout.stretch.median(devices.length, network.passages()) ?? null,
    messages: network.frames,
    bytes: network.bytes,
    steps: lookout.trace.steps,
    conflicts: { open: openConflicts, closed: closedConflicts },
    excluded,
    digest: digests[0] ?? null,
    digests,
    missed,
    virtualUs: agenda.nowUs,
    ...parts,
  };
};
