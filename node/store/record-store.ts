import { randomBytes } from 'node:crypto';
import { base32, canonicalBytes, compareStrings } from '../../protocol/bytes/index.ts';
import type { LogTail, RecordStore } from '../../protocol/engine/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import { type Database, openDatabase } from './level-database.ts';
import { auditLogs, type LogAudit } from './log-audit.ts';
import { loadCatalog, RECORD_FORMAT } from './log-catalog.ts';
import { storeKey } from './record-key.ts';
import { recordReader } from './record-reader.ts';
import { arrivalsPut, recordWriter } from './record-writer.ts';
import { packRow } from './row.ts';
import { auditRows } from './row-audit.ts';

/**
 * The record store of a home: LevelDB in the folder `records`.
 *
 * | key                             | value                                               | row of              |
 * |---------------------------------|-----------------------------------------------------|---------------------|
 * | `m`                             | canonical JSON `{format, storeId}`                  | the store           |
 * | `a`                             | uint64be: count of arrivals                         | the store           |
 * | `j` uint64be(arrival)           | uint64be(seq), origin                               | each arrival        |
 * | `t` origin 0x00                 | varint length, newest manifest, 32 bytes each peak  | each log            |
 * | `s` origin 0x00 uint64be(segment) | uint64be(firstSeq), uint32be(events), manifest    | each sealed segment |
 * | `b` origin 0x00 uint64be(segment) | all its records ({@link encodeBlock})             | each sealed segment |
 * | `r` origin 0x00 uint64be(seq)   | record                                              | each open record    |
 *
 * Every value begins with a CRC-32 over its key and itself ({@link packRow}); in a block each record has its
 * own. A record of an open segment is one small row, so that appending writes little. Sealing moves the rows
 * of the segment into one block in the same atomic batch as everything else of the commit; a segment that
 * arrives sealed is written as a block at once.
 *
 * A commit is one batch of LevelDB: all or none, after a crash as well. Commits are written one after the
 * other, in the order of the calls.
 */
export interface LevelRecordStore extends RecordStore {
  /** Everything that is stored, log by log, as raw bytes and with what cannot be read as a fault. */
  auditLogs(): AsyncIterable<LogAudit>;
  /** Faults of the rows that belong to no log: the store's own, the journal's, and keys that are none of ours. */
  auditRows(): AsyncIterable<string>;
  close(): Promise<void>;
}

/**
 * Opens the record store in `dir`.
 *
 * @param options `create` makes a new store of an absent or empty folder, which otherwise is damage
 * @throws SmoError `home_in_use`, `home_newer`, or `store_damaged` when it cannot be opened as a whole or when
 *   writes have been lost. A single damaged log throws `store_damaged` only when it is used.
 */
export const openRecordStore = async (
  dir: string,
  options: { readonly create?: boolean } = {},
): Promise<LevelRecordStore> => {
  const create = options.create ?? false;
  const db = await openDatabase(dir, 'records', create);
  try {
    if (create && (await isNew(db))) await writeStoreRows(db);
    return await buildStore(db);
  } catch (error) {
    await db.close();
    throw error;
  }
};

/** Bytes of randomness in a store id. */
const STORE_ID_BYTES = 15;

const buildStore = async (db: Database): Promise<LevelRecordStore> => {
  const catalog = await loadCatalog(db);
  const reader = recordReader(db, catalog);
  return {
    ...reader,
    storeId: catalog.storeId,
    arrivals: () => catalog.arrivals,
    async tails() {
      return [...catalog.logs]
        .sort(([a], [b]) => compareStrings(a, b))
        .map(([, state]): LogTail => {
          if (state instanceof SmoError) throw state;
          return state.tail;
        });
    },
    write: recordWriter(db, catalog, reader.records),
    auditLogs: () => auditLogs(db),
    auditRows: () => auditRows(db),
    close: () => db.close(),
  };
};

const isNew = async (db: Database): Promise<boolean> => {
  for await (const _ of db.keys({ limit: 1 })) return false;
  return true;
};

const writeStoreRows = async (db: Database): Promise<void> => {
  const storeId = base32.encode(randomBytes(STORE_ID_BYTES));
  const payload = canonicalBytes({ format: RECORD_FORMAT, storeId });
  await db.write([{ key: storeKey(), value: packRow(storeKey(), payload) }, arrivalsPut(0)], true);
};
