import type { CausalStep } from '../causality/index.ts';
import type { DeviceId } from '../crypto/index.ts';
import type { Origin, PlacedEvent, SeenVector, Seq } from '../event/index.ts';
import type { HybridClock } from '../log/index.ts';
import { keyParts, type ProjectionCounts } from '../projection/index.ts';
import type { Cursor } from '../sync/index.ts';
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
  /** Set while the rows are being made anew: they are of no use before that has come to its end. */
  readonly rebuilding?: true;
}

/** Everything that an engine starts from. */
export interface EngineImage {
  /** The id of the record store. */
  readonly storeId: string;
  readonly arrivals: number;
  readonly tails: readonly LogTail[];
  /** Logs of which more was stored than the tails say. */
  readonly damaged: readonly DamagedLog[];
  /** Segments that wait to be restored. */
  readonly damagedSegments: readonly SegmentPlace[];
  /** Proofs of forks. */
  readonly evidence: readonly EvidenceRow[];
  /** At which arrival each log changed last. */
  readonly changes: ReadonlyMap<Origin, number>;
  /** Undefined for an empty state, which is then rebuilt from the records. */
  readonly state: StateImage | undefined;
}

/** The derived state that an engine keeps in memory. */
export interface StateImage {
  readonly meta: MetaRow;
  readonly applied: readonly (readonly [Origin, Seq])[];
  readonly steps: readonly CausalStep[];
  readonly control: readonly PlacedEvent[];
  /** The forks with which it was made. */
  readonly forks: readonly (readonly [Origin, Seq])[];
  /** How much of each peer's store is held here, as far as it is remembered. */
  readonly cursors: readonly (readonly [DeviceId, Cursor])[];
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
    storeId: records.storeId,
    arrivals: records.arrivals(),
    tails,
    changes: await readChanges(records),
    damaged: records.damagedLogs(),
    damagedSegments: records.damagedSegments(),
    evidence: await records.evidence(),
    state: fits ? image : undefined,
  };
};

const readChanges = async (records: RecordStore): Promise<ReadonlyMap<Origin, number>> => {
  const changes = new Map<Origin, number>();
  for await (const { origin, arrival } of records.journal(0)) changes.set(origin, arrival);
  return changes;
};

/**
 * Whether an engine would start from a stored state (`current`), or make it anew because there is none, because it
 * is of another format, or because a rebuild did not come to its end.
 */
export type StateStanding = 'current' | 'none' | 'other_format' | 'unfinished';

/** Where a stored state stands. Nothing is changed. */
export const stateStanding = (state: StateStore): StateStanding => {
  const meta = readMeta(state);
  if (meta === undefined) return 'none';
  if (meta.format !== STATE_FORMAT) return 'other_format';
  return meta.rebuilding ? 'unfinished' : 'current';
};

/** The derived state as it is stored; undefined when an engine would not start from it. Nothing is changed. */
export const readState = async (state: StateStore): Promise<StateImage | undefined> => {
  const meta = readMeta(state);
  if (meta === undefined || stateStanding(state) !== 'current') return undefined;
  return {
    meta,
    applied: await collect(state, statePrefix.applied, (key, row) => [originIn(key), row as Seq] as const),
    steps: await collect(state, statePrefix.causal, (key, row) => {
      const [, origin, seq] = keyParts(key);
      return { origin: origin as Origin, seq: Number(seq), seen: row as SeenVector };
    }),
    control: await collect(state, statePrefix.control, (_, row) => row as unknown as PlacedEvent),
    forks: await collect(state, statePrefix.fork, (key, row) => [originIn(key), row as Seq] as const),
    cursors: await collect(
      state,
      statePrefix.cursor,
      (key, row) => [keyParts(key)[1] as DeviceId, row as unknown as Cursor] as const,
    ),
  };
};

const readMeta = (state: StateStore): MetaRow | undefined =>
  state.get(stateKey.meta) as unknown as MetaRow | undefined;

/** The log that the key of a row names. */
const originIn = (key: string): Origin => keyParts(key)[1] as Origin;

const collect = async <T>(
  state: StateStore,
  prefix: string,
  read: (key: string, row: StateRow) => T,
): Promise<readonly T[]> => {
  const all: T[] = [];
  for await (const [key, row] of state.scan(prefix)) all.push(read(key, row));
  return all;
};
