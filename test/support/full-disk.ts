import { readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Whether this system has a file to which nothing can be written, as to a full disk. */
export const HAS_FULL_DISK = process.platform === 'linux';

/** Of how many tables that LevelDB may write next the place is taken. */
const TABLES = 20;

/**
 * Lets a database that is closed find a full disk the next time that it is opened: there is no room for the table that
 * LevelDB then makes of its journal.
 *
 * @returns frees the disk again
 */
export const fillDisk = (dir: string): (() => void) => {
  const numbers = readdirSync(dir).map((name) => Number(/\d+/.exec(name)?.[0] ?? 0));
  const next = Math.max(...numbers) + 1;
  const tables = Array.from({ length: TABLES }, (_, i) =>
    join(dir, `${String(next + i).padStart(6, '0')}.ldb`),
  );
  for (const table of tables) symlinkSync('/dev/full', table);
  return () => {
    for (const table of tables) rmSync(table, { force: true });
  };
};
