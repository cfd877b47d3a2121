import type { CausalStep } from '../causality/index.ts';
import type { Origin, SeenVector, Seq } from '../event/index.ts';
import type { HybridClock } from '../log/index.ts';
import { keyParts, type PlacePair, type ProjectionCounts } from '../projection/index.ts';
import type {
  DamagedLog,
  EvidenceRow,
  LogTail,
  RecordStore,
  SegmentPlace,
  StateRow,
  StateStore,
} from './ports.ts';
import { STATE_FORMAT, stateKey, statePrefix } from './state-keys.ts';

/** The one row that belongs to no log and no entity. */
export interface MetaRow {
  readonly format: number;
  readonly digest: string;
  readonly counts: ProjectionCounts;
  readonly clock: HybridClock;
}

/** Everything that an engine starts from. */
export interface EngineImage {
  readonly arrivals: number;
  readonly tails: readonly LogTail[];
  /** Logs of which more was stored than the tails say. */
  readonly damaged: readonly DamagedLog[];
  /** Segments that wait to be restored. */
  readonly damagedSegments: readonly SegmentPlace[];
  /** Proofs of forks. */
  readonly evidence: readonly EvidenceRow[];
  /** Undefined for an empty state, which is then rebuilt from the records. */
  readonly state: StateImage | undefined;
}

/** The derived state that an engine keeps in memory. */
export interface StateImage {
  readonly meta: MetaRow;
  readonly applied: readonly (readonly [Origin, Seq])[];
  readonly steps: readonly CausalStep[];
  readonly control: readonly PlacePair[];
}

/**
 * Reads what an engine starts from. A state that is of another format, or that counts records which the
 * record store does not hold, is cleared: the engine rebuilds it from the records.
 */
export const readEngineImage = async (records: RecordStore, state: StateStore): Promise<EngineImage> => {
  const tails = await records.tails();
  const image = await readState(state);
  const lengths = new Map(
    tails.map(({ manifest }) => [manifest.origin, manifest.firstSeq + manifest.events - 1]),
  );
  const fits = image?.applied.every(([origin, seq]) => seq <= (lengths.get(origin) ?? 0)) ?? false;
  if (!fits) await state.clear();
  return {
    arrivals: records.arrivals(),
    tails,
    damaged: records.damagedLogs(),
    damagedSegments: records.damagedSegments(),
    evidence: await records.evidence(),
    state: fits ? image : undefined,
  };
};

/**
 * The derived state as it is stored; undefined when there is none that an engine would start from. Nothing is
 * changed.
 */
export const readState = async (state: StateStore): Promise<StateImage | undefined> => {
  const meta = state.get(stateKey.meta) as unknown as MetaRow | undefined;
  if (meta?.format !== STATE_FORMAT) return undefined;
  return {
    meta,
    applied: await collect(
      state,
      statePrefix.applied,
      ([, origin], row) => [origin as Origin, row as Seq] as const,
    ),
    steps: await collect(state, statePrefix.causal, ([, origin, seq], row) => ({
      origin: origin as Origin,
      seq: Number(seq),
      seen: row as SeenVector,
    })),
    control: await collect(state, statePrefix.control, (_, row) => row as unknown as PlacePair),
  };
};

const collect = async <T>(
  state: StateStore,
  prefix: string,
  read: (parts: readonly string[], row: StateRow) => T,
): Promise<readonly T[]> => {
  const all: T[] = [];
  for await (const [key, row] of state.scan(prefix)) all.push(read(keyParts(key), row));
  return all;
};
