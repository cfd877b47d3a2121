import { dirname, join } from 'node:path';
import { compareStrings } from '../../protocol/bytes/index.ts';
import type { RecordStore, SegmentPlace } from '../../protocol/engine/index.ts';
import type { Origin } from '../../protocol/event/index.ts';
import { type Database, openDatabase } from './level-database.ts';
import { auditLogs, type LogAudit } from './log-audit.ts';
import { addMark, loadCatalog } from './log-catalog.ts';
import { openQuarantine, type Quarantine } from './quarantine.ts';
import { arrivalsPut, storePut } from './record-puts.ts';
import { recordReader } from './record-reader.ts';
import { recordWriter } from './record-writer.ts';
import { auditRows } from './row-audit.ts';
import { newStoreId } from './store-id.ts';
import { migrateStore } from './store-migration.ts';
import { settleReplacement } from './store-replacement.ts';

/**
 * The record store of a home: LevelDB in the folder `records`.
 *
 * | key                             | value                                               | row of              |
 * |---------------------------------|-----------------------------------------------------|---------------------|
 * | `m`                             | canonical JSON `{format, storeId}`                  | the store           |
 * | `a`                             | uint64be: count of arrivals                         | the store           |
 * | `j` uint64be(arrival)           | uint64be(seq), origin                               | each log, its newest arrival |
 * | `t` origin 0x00                 | varint length, newest manifest, 32 bytes each peak  | each log            |
 * | `e` origin 0x00                 | evidence, as the engine gave it                     | each forked log     |
 * | `x` origin 0x00 uint64be(segment) | nothing                                           | each segment known to be damaged |
 * | `s` origin 0x00 uint64be(segment) | uint64be(firstSeq), uint32be(events), manifest    | each sealed segment |
 * | `b` origin 0x00 uint64be(segment) | all its records, compressed ({@link encodeBlock}) | each sealed segment |
 * | `r` origin 0x00 uint64be(seq)   | record                                              | each open record    |
 *
 * Every value begins with a CRC-32 over its key and itself ({@link packRow}); in a block each chunk of records has
 * one of its own. A record of an open segment is one small row, so that appending writes little. Sealing moves the rows
 * of the segment into one block in the same atomic batch as everything else of the commit; a segment that
 * arrives sealed is written as a block at once.
 *
 * A commit is one batch of LevelDB: all or none, after a crash as well. Commits are written one after the
 * other, in the order of the calls.
 */
export interface LevelRecordStore extends RecordStore {
  /** Marks segments as damaged, so that they are restored, also after a restart. */
  markDamaged(segments: readonly SegmentPlace[]): Promise<void>;
  /** Everything that is stored, log by log, as raw bytes and with what cannot be read as a fault. */
  auditLogs(): AsyncIterable<LogAudit>;
  /** Faults of the rows that belong to no log: the store's own, the journal's, and keys that are none of ours. */
  auditRows(): AsyncIterable<string>;
  close(): Promise<void>;
}

/** How a record store is opened. */
export interface RecordStoreOptions {
  /** Makes a new store of an absent or empty folder, which otherwise is damage. */
  readonly create?: boolean;
  /** Folder for copies of what a repair replaces; `quarantine` beside the store's folder when absent. */
  readonly quarantine?: string;
  /** Is called, never within a call to the store, when there are more damaged segments than before. */
  readonly onDamaged?: () => void;
}

/**
 * Opens the record store in `dir`; one of an older format is brought to the present one.
 *
 * @throws SmoError `home_in_use`, `home_newer`, or `store_damaged` when it cannot be opened as a whole or when
 *   writes have been lost. What is damaged of a single log is told when it is read.
 */
export const openRecordStore = async (
  dir: string,
  options: RecordStoreOptions = {},
): Promise<LevelRecordStore> => {
  const create = options.create ?? false;
  await settleReplacement(dir);
  const quarantine = openQuarantine(options.quarantine ?? join(dirname(dir), 'quarantine'));
  const db = await openDatabase(dir, 'records', create);
  try {
    if (create && (await isNew(db))) await db.write([storePut(newStoreId()), arrivalsPut(0)], true);
    return await buildStore(db, quarantine, options.onDamaged ?? (() => undefined));
  } catch (error) {
    await db.close();
    throw error;
  }
};

const buildStore = async (
  db: Database,
  quarantine: Quarantine,
  onDamaged: () => void,
): Promise<LevelRecordStore> => {
  const catalog = await loadCatalog(db);
  await migrateStore(db, catalog, quarantine);
  const reader = recordReader(db, catalog, (place) => {
    // A write that fails is told by the next one.
    if (addMark(catalog.damagedSegments, place)) mark([place]).catch(() => undefined);
  });
  const writer = recordWriter({ db, catalog, reader, quarantine });
  const mark: LevelRecordStore['markDamaged'] = async (segments) => {
    await writer.mark(segments);
    onDamaged();
  };
  return {
    ...reader,
    write: writer.write,
    restore: writer.restore,
    markDamaged: mark,
    storeId: catalog.storeId,
    arrivals: () => catalog.arrivals,
    tails: async () => byOrigin(catalog.logs).map(([, { tail }]) => tail),
    damagedLogs: () => byOrigin(catalog.damaged).map(([origin, { message }]) => ({ origin, message })),
    damagedSegments: () =>
      byOrigin(catalog.damagedSegments).flatMap(([origin, segments]) =>
        [...segments].sort((a, b) => a - b).map((segment): SegmentPlace => ({ origin, segment })),
      ),
    auditLogs: () => auditLogs(db),
    auditRows: () => auditRows(db),
    close: async () => {
      await writer.settled();
      await db.close();
    },
  };
};

const byOrigin = <T>(map: ReadonlyMap<Origin, T>): readonly (readonly [Origin, T])[] =>
  [...map].sort(([a], [b]) => compareStrings(a, b));

const isNew = async (db: Database): Promise<boolean> => {
  for await (const _ of db.keys({ limit: 1 })) return false;
  return true;
};
