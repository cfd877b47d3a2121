import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from './level-database.ts';
import { type FileDamage, findFileDamage, repairFiles } from './level-files.ts';
import { auditLogs, type LogAudit } from './log-audit.ts';
import { auditRows } from './row-audit.ts';

/** A record store that is open for reading everything raw, whatever is damaged. */
export interface RecordAudit {
  /** Damaged files, before anything else was read. */
  readonly files: readonly FileDamage[];
  /** Everything that is stored, log by log, as raw bytes and with what cannot be read as a fault. */
  auditLogs(): AsyncIterable<LogAudit>;
  /** Faults of the rows that belong to no log: the store's own, the journal's, and keys that are none of ours. */
  auditRows(): AsyncIterable<string>;
  close(): Promise<void>;
}

/**
 * Opens a record store that need not open as one any more. The folder is left as it is: damaged files are
 * repaired in a copy, so that the rows that they have lost turn up as missing, each in its place.
 * @throws SmoError `home_in_use`
 */
export const openRecordAudit = async (dir: string): Promise<RecordAudit> => {
  const files = await findFileDamage(dir);
  const copyRoot = files.length > 0 ? await mkdtemp(join(tmpdir(), 'smo-verify-')) : undefined;
  const removeCopy = async (): Promise<void> => {
    if (copyRoot !== undefined) await rm(copyRoot, { recursive: true, force: true });
  };
  try {
    const audited = copyRoot === undefined ? dir : await repairedCopy(dir, copyRoot);
    const db = await openDatabase(audited, 'records', false);
    return {
      files,
      auditLogs: () => auditLogs(db),
      auditRows: () => auditRows(db),
      async close() {
        await db.close();
        await removeCopy();
      },
    };
  } catch (error) {
    await removeCopy();
    throw error;
  }
};

const repairedCopy = async (dir: string, copyRoot: string): Promise<string> => {
  const copy = join(copyRoot, 'records');
  await cp(dir, copy, { recursive: true });
  await repairFiles(copy);
  return copy;
};
