import type { Crypto } from '../../protocol/crypto/index.ts';
import type { LogTail } from '../../protocol/engine/index.ts';
import { type Origin, parseOrigin, type Seq } from '../../protocol/event/index.ts';
import {
  decodeManifest,
  type Manifest,
  type SpaceId,
  type VerifiedRange,
  verifySegment,
} from '../../protocol/manifest/index.ts';
import { lockFolder } from './folder-lock.ts';
import type { LogAudit, SegmentAudit } from './log-audit.ts';
import { lengthAt } from './log-state.ts';
import { openRecordAudit, type RecordAudit } from './record-audit.ts';
import { type LevelRecordStore, openRecordStore } from './record-store.ts';
import { replaceStore } from './store-replacement.ts';

/** What a salvage holds the rows against. */
export interface SalvageInput {
  readonly crypto: Crypto;
  readonly space: SpaceId;
}

/** What a salvage keeps of one log. */
export interface SalvagedLog {
  readonly origin: Origin;
  /** Length that is kept: up to the end of the last segment before any damage. */
  readonly kept: Seq;
  /** Length as far as what is stored tells it. */
  readonly stored: Seq;
}

/** What became of a store. */
export interface SalvageReport {
  readonly logs: readonly SalvagedLog[];
  /** Folder of the store as it was; undefined when there was none. */
  readonly keptAs: string;
}

/** What a salvage of a store would keep. Nothing is changed. */
export const planSalvage = async (
  audit: Pick<RecordAudit, 'auditLogs'>,
  input: SalvageInput,
): Promise<readonly SalvagedLog[]> => {
  const logs: SalvagedLog[] = [];
  for await (const log of audit.auditLogs()) {
    const origin = parseOrigin(log.origin);
    if (!origin.ok) continue;
    let kept: Seq = 0;
    for (const { manifest } of soundSegments(log, origin.value, input)) kept = lengthAt(manifest);
    logs.push({ origin: origin.value, kept, stored: Math.max(kept, storedLength(log)) });
  }
  return logs;
};

/**
 * Makes a new store of what is sound in an old one: of each log, the segments from the first on that verify, chain,
 * signatures and records. The old store is moved away as it is. The new one has an id of its own, as others must not
 * rely on what they knew of the old one.
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
): Promise<SalvageReport> => {
  const unlock = await lockFolder(dir);
  try {
    const audit = await openRecordAudit(dir, `${dir}.copy`);
    try {
      const logs = await replaceStore(dir, keepAs, async (folder) => {
        const plan = await planSalvage(audit, input);
        await buildStore(folder, audit, input);
        await before(plan);
        return plan;
      });
      return { logs, keptAs: keepAs };
    } finally {
      await audit.close();
    }
  } finally {
    await unlock();
  }
};

const buildStore = async (folder: string, audit: RecordAudit, input: SalvageInput): Promise<void> => {
  const store = await openRecordStore(folder, { create: true });
  try {
    for await (const log of audit.auditLogs()) {
      const origin = parseOrigin(log.origin);
      if (!origin.ok) continue;
      for (const range of soundSegments(log, origin.value, input)) await writeSegment(store, range);
    }
    await store.write([], { durable: true, evidence: await audit.evidence() });
  } finally {
    await store.close();
  }
};

const writeSegment = (
  store: LevelRecordStore,
  { manifest, firstSeq, records, tree }: VerifiedRange,
): Promise<void> => {
  const tail: LogTail = { manifest, peaks: tree.peaks };
  const arrival = store.arrivals() + 1;
  return store.write([{ origin: manifest.origin, firstSeq, records, tail, arrival }], { durable: false });
};

/** The segments of a log from the first on, each verified against the one before, up to the first that is damaged. */
function* soundSegments(log: LogAudit, origin: Origin, input: SalvageInput): Iterable<VerifiedRange> {
  let previous: Manifest | undefined;
  for (let segment = 0; ; segment += 1) {
    // An old tail may have come to light again: what is sealed counts, whatever the tail says.
    const range = verifyAudit(log.sealed(segment), origin, previous, input);
    if (range === undefined) break;
    yield range;
    previous = range.manifest;
  }
  for (const audit of log.segments()) {
    if (audit.sealed || audit.segment !== (previous === undefined ? 0 : previous.segment + 1)) continue;
    const range = verifyAudit(audit, origin, previous, input);
    if (range !== undefined) yield range;
  }
}

const verifyAudit = (
  audit: SegmentAudit,
  origin: Origin,
  previous: Manifest | undefined,
  { crypto, space }: SalvageInput,
): VerifiedRange | undefined => {
  const manifest = audit.manifest.ok ? decodeManifest(audit.manifest.value) : undefined;
  const records = audit.records.flatMap((record) => (record.ok ? [record.value] : []));
  if (!manifest?.ok || manifest.value.origin !== origin || records.length !== audit.records.length) {
    return undefined;
  }
  const verified = verifySegment(crypto, { space, previous, manifest: manifest.value, records });
  return verified.ok ? verified.value : undefined;
};

const storedLength = (log: LogAudit): Seq => {
  let length = 0;
  for (const { firstSeq, records } of log.segments()) {
    if (firstSeq !== undefined) length = Math.max(length, firstSeq + records.length - 1);
  }
  return length;
};
