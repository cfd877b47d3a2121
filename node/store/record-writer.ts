import type {
  EvidenceRow,
  LogWrite,
  RecordStore,
  SegmentPlace,
  WholeSegment,
} from '../../protocol/engine/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import { planCommit, type ReplacedRows } from './commit-plan.ts';
import type { Database, Put } from './level-database.ts';
import { addMark, type LogCatalog } from './log-catalog.ts';
import type { Quarantine } from './quarantine.ts';
import { damagePut, evidencePut } from './record-puts.ts';
import type { RecordReader } from './record-reader.ts';
import { planRestore } from './segment-restore.ts';

/** What the writing half works on. */
export interface WriterParts {
  readonly db: Database;
  readonly catalog: LogCatalog;
  readonly reader: RecordReader;
  readonly quarantine: Quarantine;
}

/** The writing half of the record store. */
export interface RecordWriter extends Pick<RecordStore, 'write' | 'restore'> {
  /** Marks segments as damaged, for now and after a restart. */
  mark(segments: readonly SegmentPlace[]): Promise<void>;
  /** Resolves when everything that was asked for so far is done. */
  settled(): Promise<void>;
}

/** Writes to the store, one write after the other, in the order of the calls. */
export const recordWriter = (parts: WriterParts): RecordWriter => {
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
    const plan = await planCommit(parts.db, catalog, logs);
    const puts = [...plan.puts, ...evidence.map(evidencePut)];
    if (puts.length === 0) return;
    await perform(puts, plan.replaced, durable);
    catalog.arrivals = plan.arrivals;
    for (const [origin, { tail, sealed, arrival }] of plan.logs) {
      catalog.logs.set(origin, { tail, sealed });
      catalog.newest.set(origin, arrival);
      catalog.damaged.delete(origin);
    }
    for (const place of plan.lossy) addMark(catalog.damagedSegments, place);
  };

  const restore = async (segment: WholeSegment): Promise<void> => {
    if (failed !== undefined) throw failed;
    const { db, catalog, reader } = parts;
    const { origin, manifest } = segment;
    const { puts, rows, log } = await planRestore(db, catalog.logs.get(origin), segment);
    await perform(puts, [{ name: `${origin}-${manifest.segment}`, rows }], true);
    catalog.logs.set(origin, log);
    catalog.damagedSegments.get(origin)?.delete(manifest.segment);
    reader.forget(origin, manifest.segment);
  };

  const mark = async (segments: readonly SegmentPlace[]): Promise<void> => {
    if (failed !== undefined) throw failed;
    await perform(segments.map(damagePut), [], true);
    for (const place of segments) addMark(parts.catalog.damagedSegments, place);
  };

  const inTurn = (task: () => Promise<void>): Promise<void> => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };

  return {
    write: (logs, { durable, evidence = [] }) => inTurn(() => commit(logs, evidence, durable)),
    restore: (segment) => inTurn(() => restore(segment)),
    mark: (segments) => inTurn(() => mark(segments)),
    settled: () => inTurn(async () => undefined),
  };
};
