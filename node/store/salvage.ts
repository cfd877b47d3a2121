import { parseOrigin } from '../../protocol/event/index.ts';
import { lockFolder } from './folder-lock.ts';
import { type Database, openDatabase, type Put } from './level-database.ts';
import { openRecordAudit, type RecordAudit } from './record-audit.ts';
import {
  arrivalsPut,
  damagePut,
  evidencePut,
  journalPuts,
  openPuts,
  sealedPuts,
  storePut,
} from './record-puts.ts';
import { type SalvagedSegment, type SalvageInput, salvageLog } from './salvage-log.ts';
import { planSalvage, type SalvagedLog } from './salvage-plan.ts';
import { newStoreId } from './store-id.ts';
import { replaceStore } from './store-replacement.ts';

/**
 * Makes a new store of what is sound in an old one ({@link planSalvage}). The old store is moved away as it is. The new
 * one has an id of its own, as others must not rely on what they knew of the old one; the holes in it are marked, so
 * that they are restored.
 *
 * Killed at any moment, it leaves the old store or the new one.
 *
 * @param dir folder of the store, which may be damaged, or missing
 * @param keepAs folder that the old one is moved to
 * @param before called when the new store is complete, before it takes over
 * @throws SmoError `home_in_use`
 */
export const salvageStore = async (
  dir: string,
  keepAs: string,
  input: SalvageInput,
  before: (logs: readonly SalvagedLog[]) => Promise<void>,
): Promise<readonly SalvagedLog[]> => {
  const unlock = await lockFolder(dir);
  try {
    const audit = await openRecordAudit(dir, `${dir}.copy`);
    try {
      return await replaceStore(dir, keepAs, async (folder) => {
        await buildStore(folder, audit, input);
        const logs = await planSalvage(audit, input);
        await before(logs);
        return logs;
      });
    } finally {
      await audit.close();
    }
  } finally {
    await unlock();
  }
};

const buildStore = async (folder: string, audit: RecordAudit, input: SalvageInput): Promise<void> => {
  const db = await openDatabase(folder, 'records', true);
  try {
    let arrivals = 0;
    for await (const log of audit.auditLogs()) {
      const origin = parseOrigin(log.origin);
      if (!origin.ok) continue;
      const last = await writeSegments(db, salvageLog(log, origin.value, input));
      if (last === undefined) continue;
      arrivals += 1;
      const tail = { manifest: last.manifest, peaks: last.tree.peaks };
      const fresh = last.manifest.sealed ? [] : last.records;
      await db.write([...openPuts(tail, fresh), ...journalPuts(last.manifest, arrivals, undefined)], false);
    }
    const evidence = await audit.evidence();
    // Without the row that names it, the folder is no store: it comes last.
    await db.write([...evidence.map(evidencePut), arrivalsPut(arrivals), storePut(newStoreId())], true);
  } finally {
    await db.close();
  }
};

/** Writes the sealed segments; gives the last one, sealed or open. */
const writeSegments = async (
  db: Database,
  segments: Iterable<SalvagedSegment>,
): Promise<Extract<SalvagedSegment, { type: 'whole' }> | undefined> => {
  let last: Extract<SalvagedSegment, { type: 'whole' }> | undefined;
  for (const segment of segments) {
    await db.write(await putsOf(segment), false);
    if (segment.type === 'whole') last = segment;
  }
  return last;
};

const putsOf = async ({ type, manifest, records }: SalvagedSegment): Promise<readonly Put[]> => {
  const sealed = manifest.sealed ? await sealedPuts(manifest, records) : [];
  return type === 'whole' ? sealed : [...sealed, damagePut(manifest)];
};
