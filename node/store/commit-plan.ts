import type { LogWrite, SegmentPlace } from '../../protocol/engine/index.ts';
import type { Origin } from '../../protocol/event/index.ts';
import type { Manifest } from '../../protocol/manifest/index.ts';
import type { Database, Put } from './level-database.ts';
import type { LogCatalog } from './log-catalog.ts';
import { assertContinues, type LogState, spanOf } from './log-state.ts';
import type { StoredRow } from './quarantine.ts';
import { recordKey } from './record-key.ts';
import { arrivalsPut, damagePut, journalPuts, openPuts, sealedPuts } from './record-puts.ts';
import { unpackRow } from './row.ts';
import { rowsBeyond } from './stored-rows.ts';

/** Rows that a write changes or removes although it does not continue them. */
export interface ReplacedRows {
  /** What they are from, as a part of a file name. */
  readonly name: string;
  readonly rows: readonly StoredRow[];
}

/** Everything that one commit changes, on the disk and in the catalog. */
export interface CommitPlan {
  readonly puts: readonly Put[];
  readonly replaced: readonly ReplacedRows[];
  /** Segments that are sealed with a record lost. */
  readonly lossy: readonly SegmentPlace[];
  readonly arrivals: number;
  readonly logs: ReadonlyMap<Origin, StagedLog>;
}

/** A log as the commit leaves it so far. */
interface StagedLog extends LogState {
  /** Records of the open segment that this commit brings; they get their rows at its end, unless it seals them. */
  readonly fresh: readonly Uint8Array[];
  readonly arrival: number;
}

/**
 * Plans one commit.
 * @throws RangeError when a write does not continue its log
 */
export const planCommit = async (
  db: Database,
  catalog: LogCatalog,
  writes: readonly LogWrite[],
): Promise<CommitPlan> => {
  const puts: Put[] = [];
  const replaced: ReplacedRows[] = [];
  const lossy: SegmentPlace[] = [];
  const logs = new Map<Origin, StagedLog>();
  let { arrivals } = catalog;
  for (const write of writes) {
    const { origin, tail, arrival } = write;
    const staged = logs.get(origin);
    const before = staged ?? catalog.logs.get(origin);
    assertContinues(before?.tail.manifest, arrivals, write);
    if (staged === undefined && catalog.damaged.has(origin)) {
      const rows = await rowsBeyond(db, origin, before);
      replaced.push({ name: origin, rows });
      puts.push(...rows.map(({ key }) => ({ key, value: undefined })));
    }
    const fresh = [...(staged?.fresh ?? []), ...write.records];
    const sealed = before?.sealed ?? [];
    arrivals = arrival;
    if (!tail.manifest.sealed) {
      logs.set(origin, { tail, sealed, fresh, arrival });
      continue;
    }
    logs.set(origin, { tail, sealed: [...sealed, spanOf(tail.manifest)], fresh: [], arrival });
    const sealing = await planSealing(db, tail.manifest, fresh);
    puts.push(...sealing.puts);
    if (!sealing.lossy) continue;
    const { segment } = tail.manifest;
    lossy.push({ origin, segment });
    replaced.push({ name: `${origin}-${segment}`, rows: sealing.lost });
  }
  for (const [origin, { tail, fresh, arrival }] of logs) {
    puts.push(...openPuts(tail, fresh), ...journalPuts(tail.manifest, arrival, catalog.newest.get(origin)));
  }
  if (logs.size > 0) puts.push(...lossy.map(damagePut), arrivalsPut(arrivals));
  return { puts, replaced, lossy, arrivals, logs };
};

interface Sealing {
  readonly puts: readonly Put[];
  /** Whether a record is missing or damaged. */
  readonly lossy: boolean;
  /** The rows of damaged records. */
  readonly lost: readonly StoredRow[];
}

/** Packs a segment: the rows that it has so far, and the records that come with the commit. */
const planSealing = async (
  db: Database,
  manifest: Manifest,
  fresh: readonly Uint8Array[],
): Promise<Sealing> => {
  const { origin, firstSeq, events } = manifest;
  const lost: StoredRow[] = [];
  const seqs = Array.from({ length: events - fresh.length }, (_, i) => firstSeq + i);
  const stored = seqs.map((seq) => {
    const key = recordKey(origin, seq);
    const value = db.get(key);
    const record = value && unpackRow(key, value);
    if (value !== undefined && record === undefined) lost.push({ key, value });
    return record;
  });
  const removals = seqs.map((seq) => ({ key: recordKey(origin, seq), value: undefined }));
  const puts = [...(await sealedPuts(manifest, [...stored, ...fresh])), ...removals];
  return { puts, lossy: stored.includes(undefined), lost };
};
