import type { EvidenceRow, LogWrite, RecordStore, WholeSegment } from '../../protocol/engine/index.ts';
import type { Origin } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import type { Database, Put } from './level-database.ts';
import type { LogCatalog } from './log-catalog.ts';
import { assertContinues, type LogState, spanOf } from './log-state.ts';
import type { Quarantine, StoredRow } from './quarantine.ts';
import { recordKey } from './record-key.ts';
import { arrivalsPut, evidencePut, journalPuts, openPuts, sealedPuts } from './record-puts.ts';
import type { RecordReader } from './record-reader.ts';
import { unpackRow } from './row.ts';
import { planRestore } from './segment-restore.ts';
import { rowsBeyond } from './stored-rows.ts';

/** What the writing half works on. */
export interface WriterParts {
  readonly db: Database;
  readonly catalog: LogCatalog;
  readonly reader: RecordReader;
  readonly quarantine: Quarantine;
}

/** The writing half of the record store: one write after the other, in the order of the calls. */
export const recordWriter = (parts: WriterParts): Pick<RecordStore, 'write' | 'restore'> => {
  let last: Promise<void> = Promise.resolve();
  let failed: SmoError | undefined;

  /** Keeps copies of what is about to go, then writes. */
  const perform = async (puts: readonly Put[], replaced: readonly ReplacedRows[], sync: boolean) => {
    try {
      for (const { name, rows } of replaced) await parts.quarantine.keep(name, rows);
      await parts.db.write(puts, sync || replaced.length > 0);
    } catch (error) {
      // What reached the disk is unknown until the database is opened again; going on could skip a record.
      failed = new SmoError(
        'store_write_failed',
        `the record store cannot be written: ${error instanceof Error ? error.message : String(error)}`,
        'Check the free space and the health of the disk, then start again; nothing acknowledged is lost.',
      );
      throw failed;
    }
  };

  const commit = async (
    logs: readonly LogWrite[],
    evidence: readonly EvidenceRow[],
    durable: boolean,
  ): Promise<void> => {
    if (failed !== undefined) throw failed;
    const { catalog } = parts;
    const plan = await planCommit(parts, logs);
    const puts = [...plan.puts, ...evidence.map(evidencePut)];
    if (puts.length === 0) return;
    await perform(puts, plan.replaced, durable);
    catalog.arrivals = plan.arrivals;
    for (const [origin, { tail, sealed, arrival }] of plan.logs) {
      catalog.logs.set(origin, { tail, sealed });
      catalog.newest.set(origin, arrival);
      catalog.damaged.delete(origin);
    }
  };

  const restore = async (segment: WholeSegment): Promise<void> => {
    if (failed !== undefined) throw failed;
    const { db, catalog, reader } = parts;
    const { origin, manifest } = segment;
    const { puts, rows, log } = planRestore(db, catalog.logs.get(origin), segment);
    await perform(puts, [{ name: `${origin}-${manifest.segment}`, rows }], true);
    catalog.logs.set(origin, log);
    reader.forget(origin, manifest.segment);
  };

  const inTurn = (task: () => Promise<void>): Promise<void> => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };

  return {
    write: (logs, { durable, evidence = [] }) => inTurn(() => commit(logs, evidence, durable)),
    restore: (segment) => inTurn(() => restore(segment)),
  };
};

/** Rows that a write changes or removes although they are no part of what it continues. */
interface ReplacedRows {
  readonly name: string;
  readonly rows: readonly StoredRow[];
}

/** Everything that one commit changes, on the disk and in the catalog. */
interface CommitPlan {
  readonly puts: readonly Put[];
  readonly replaced: readonly ReplacedRows[];
  readonly arrivals: number;
  readonly logs: ReadonlyMap<Origin, StagedLog>;
}

/** A log as the commit leaves it so far. */
interface StagedLog extends LogState {
  /** Records of the open segment that this commit brings; they get their rows at its end, unless it seals them. */
  readonly fresh: readonly Uint8Array[];
  readonly arrival: number;
}

const planCommit = async (parts: WriterParts, writes: readonly LogWrite[]): Promise<CommitPlan> => {
  const { db, catalog } = parts;
  const puts: Put[] = [];
  const replaced: ReplacedRows[] = [];
  const logs = new Map<Origin, StagedLog>();
  let { arrivals } = catalog;
  for (const write of writes) {
    const { origin, tail, arrival } = write;
    const before = logs.get(origin) ?? catalog.logs.get(origin);
    assertContinues(before?.tail.manifest, arrivals, write);
    if (catalog.damaged.has(origin) && !logs.has(origin)) {
      const rows = await rowsBeyond(db, origin, before);
      replaced.push({ name: origin, rows });
      puts.push(...rows.map(({ key }) => ({ key, value: undefined })));
    }
    const fresh = [...(logs.get(origin)?.fresh ?? []), ...write.records];
    const sealed = before?.sealed ?? [];
    if (tail.manifest.sealed) {
      const { puts: sealing, damaged } = sealSegment(db, write, fresh);
      puts.push(...sealing);
      if (damaged.length > 0) replaced.push({ name: `${origin}-${tail.manifest.segment}`, rows: damaged });
      logs.set(origin, { tail, sealed: [...sealed, spanOf(tail.manifest)], fresh: [], arrival });
    } else {
      logs.set(origin, { tail, sealed, fresh, arrival });
    }
    arrivals = arrival;
  }
  for (const [origin, log] of logs) {
    const { tail, fresh, arrival } = log;
    puts.push(...openPuts(tail, fresh), ...journalPuts(tail.manifest, arrival, catalog.newest.get(origin)));
  }
  if (logs.size > 0) puts.push(arrivalsPut(arrivals));
  return { puts, replaced, arrivals, logs };
};

/** Packs a segment: the rows that it has so far, and the records that come with the commit. */
const sealSegment = (
  db: Database,
  { origin, tail: { manifest } }: LogWrite,
  fresh: readonly Uint8Array[],
): { readonly puts: readonly Put[]; readonly damaged: readonly StoredRow[] } => {
  const damaged: StoredRow[] = [];
  const seqs = Array.from({ length: manifest.events - fresh.length }, (_, i) => manifest.firstSeq + i);
  const stored = seqs.map((seq) => {
    const key = recordKey(origin, seq);
    const value = db.get(key);
    const record = value && unpackRow(key, value);
    if (value !== undefined && record === undefined) damaged.push({ key, value });
    return record;
  });
  const removals = seqs.map((seq) => ({ key: recordKey(origin, seq), value: undefined }));
  return { puts: [...sealedPuts(manifest, [...stored, ...fresh]), ...removals], damaged };
};
