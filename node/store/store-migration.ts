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
 */
export const migrateStore = async (
  db: Database,
  { format, storeId, newest }: LogCatalog,
  quarantine: Quarantine,
): Promise<void> => {
  if (format === RECORD_FORMAT) return;
  const kept = new Set(newest.values());
  const rows: StoredRow[] = [];
  const puts: Put[] = [storePut(storeId)];
  const old = db.get(storeKey());
  if (old !== undefined) rows.push({ key: storeKey(), value: old });
  for await (const [key, value] of db.entries(kindRange('journal'))) {
    const name = parseKey(key);
    // What cannot be read stays, as any damage does until it is repaired.
    if (name?.kind !== 'journal' || kept.has(name.number) || unpackRow(key, value) === undefined) continue;
    rows.push({ key, value });
    puts.push({ key, value: undefined });
  }
  await quarantine.keep(`format-${format}`, rows);
  await db.write(puts, true);
};
