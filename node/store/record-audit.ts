import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { EvidenceRow } from '../../protocol/engine/index.ts';
import { openDatabase } from './level-database.ts';
import { type FileDamage, findFileDamage, isEmptyFolder, repairFiles } from './level-files.ts';
import { auditLogs, type LogAudit } from './log-audit.ts';
import { readEvidence } from './record-reader.ts';
import { auditRows } from './row-audit.ts';
import { settleReplacement } from './store-replacement.ts';

/** A record store that is open for reading everything raw, whatever is damaged. */
export interface RecordAudit {
  /** Damaged files, before anything else was read. */
  readonly files: readonly FileDamage[];
  /** Everything that is stored, log by log, as raw bytes and with what cannot be read as a fault. */
  auditLogs(): AsyncIterable<LogAudit>;
  /** Faults of the rows that belong to no log: the store's own, the journal's, and keys that are none of ours. */
  auditRows(): AsyncIterable<string>;
  /** The evidence that can be read. */
  evidence(): Promise<readonly EvidenceRow[]>;
  close(): Promise<void>;
}

/**
 * Opens a record store that need not open as one any more. The folder is left as it is: damaged files are
 * repaired in a copy, so that the rows that they have lost turn up as missing, each in its place. A folder that is
 * missing is a store without rows.
 *
 * @param copyTo makes a copy in any case, in this folder, which nobody else may use meanwhile
 * @throws SmoError `home_in_use`
 */
export const openRecordAudit = async (dir: string, copyTo?: string): Promise<RecordAudit> => {
  await settleReplacement(dir);
  const files = await findFileDamage(dir);
  const copies = files.length > 0 || copyTo !== undefined;
  const copyRoot = copies ? (copyTo ?? (await mkdtemp(join(tmpdir(), 'smo-verify-')))) : undefined;
  const removeCopy = async (): Promise<void> => {
    if (copyRoot !== undefined) await rm(copyRoot, { recursive: true, force: true });
  };
  try {
    await removeCopy();
    const audited = copyRoot === undefined ? dir : await repairedCopy(dir, copyRoot);
    const db = await openDatabase(audited, 'records', copyRoot !== undefined);
    return {
      files,
      auditLogs: () => auditLogs(db),
      auditRows: () => auditRows(db),
      evidence: () => readEvidence(db),
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
  await mkdir(copyRoot, { recursive: true, mode: 0o700 });
  if (await isEmptyFolder(dir)) return copy;
  // Not the lock: to close that file would let go of it.
  await cp(dir, copy, { recursive: true, filter: (path) => basename(path) !== 'LOCK' });
  await repairFiles(copy);
  return copy;
};
