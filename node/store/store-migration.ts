import type { Database, Put } from './level-database.ts';
import { type LogCatalog, RECORD_FORMAT } from './log-catalog.ts';
import type { Quarantine, StoredRow } from './quarantine.ts';
import { kindRange, parseKey, storeKey } from './record-key.ts';
import { storePut } from './record-puts.ts';
import { unpackRow } from './row.ts';

/**
 * Brings a store to the present format, in one batch; a copy of every row that goes is kept before.
 *
 * From format 1: of the arrival journal each log keeps its newest entry alone. A program that knows format 1 only
 * would take the others for lost, and would not look at evidence.
 *
 * From format 2: nothing but the format. Blocks of sealed segments stay as they are, and are read as such for ever, so
 * that no start is a long one; what is written from now on is compressed, which a program that knows format 2 only would
 * take for damage.
 */
export const migrateStore = async (
  db: Database,
  { format, storeId, newest }: LogCatalog,
  quarantine: Quarantine,
): Promise<void> => {
  if (format === RECORD_FORMAT) return;
  const older = format === 1 ? await olderArrivals(db, newest) : [];
  const named = db.get(storeKey());
  const replaced = named === undefined ? older : [{ key: storeKey(), value: named }, ...older];
  await quarantine.keep(`format-${format}`, replaced);
  await db.write([storePut(storeId), ...older.map(({ key }): Put => ({ key, value: undefined }))], true);
};

/** Entries of the journal that newer ones of their logs have taken the place of. */
const olderArrivals = async (db: Database, newest: LogCatalog['newest']): Promise<readonly StoredRow[]> => {
  const kept = new Set(newest.values());
  const rows: StoredRow[] = [];
  for await (const [key, value] of db.entries(kindRange('journal'))) {
    const name = parseKey(key);
    // What cannot be read stays, as any damage does until it is repaired.
    if (name?.kind !== 'journal' || kept.has(name.number) || unpackRow(key, value) === undefined) continue;
    rows.push({ key, value });
  }
  return rows;
};
