import type { Crypto } from '../../protocol/crypto/index.ts';
import { type Origin, type PlacedEvent, parseOrigin } from '../../protocol/event/index.ts';
import { placeRecord } from '../../protocol/log/index.ts';
import {
  decodeManifest,
  formatHash,
  type Manifest,
  type SpaceId,
  type VerifiedRange,
  verifySegment,
} from '../../protocol/manifest/index.ts';
import { compactTreeFromPeaks, treeRoot } from '../../protocol/segment/index.ts';
import type { VerifyFinding, VerifyReport } from '../api/index.ts';
import {
  type FileDamage,
  findFileDamage,
  type LogAudit,
  type SegmentAudit,
  type Stored,
} from '../store/index.ts';
import type { Device } from './device.ts';

/** Counts of what was looked at, and what was found wrong. */
interface Progress {
  logs: number;
  segments: number;
  events: number;
  readonly findings: VerifyFinding[];
}

/** What a verification reads, and what it holds that against. */
export interface VerifySource {
  readonly crypto: Crypto;
  readonly space: SpaceId;
  /** Whether a log belongs to a member; absent when the membership cannot be known. */
  readonly accepts?: (origin: Origin) => boolean;
  readonly files: readonly FileDamage[];
  /** Is given each event that verifies. */
  readonly onEvent?: (event: PlacedEvent) => void;
  auditRows(): AsyncIterable<string>;
  auditLogs(): AsyncIterable<LogAudit>;
}

/** Verifies the store of an open device. Its commits wait meanwhile. */
export const verifyDevice = (device: Device): Promise<VerifyReport> =>
  device.host.exclusively(async () => {
    const { crypto, space, records, host } = device;
    const source: VerifySource = {
      crypto,
      space,
      accepts: (origin) => host.engine.membership.accepts(origin),
      files: await findFileDamage(device.recordsDir),
      auditRows: () => records.auditRows(),
      auditLogs: () => records.auditLogs(),
    };
    return verifyStored(source, host.engine.replica.digest.toHex());
  });

/**
 * Checks everything that is stored against hashes and signatures alone: each file, each row, each record, each
 * manifest, the chain, the peaks, and the membership of each log's device. Reads only; names the place of
 * each finding.
 *
 * @param digest of the state that was derived from the records; null when there is none
 */
export const verifyStored = async (source: VerifySource, digest: string | null): Promise<VerifyReport> => {
  const progress: Progress = { logs: 0, segments: 0, events: 0, findings: [] };
  const { findings } = progress;
  for (const { file, offset, what } of source.files) {
    findings.push({ code: 'store_damaged', message: `file ${file}, at byte ${offset}: ${what}` });
  }
  for await (const message of source.auditRows()) findings.push({ code: 'store_damaged', message });
  for await (const log of source.auditLogs()) verifyLog(source, log, progress);
  const { logs, segments, events } = progress;
  return { ok: findings.length === 0, logs, segments, events, digest, findings };
};

const verifyLog = (source: VerifySource, audit: LogAudit, progress: Progress): void => {
  progress.logs += 1;
  const origin = parseOrigin(audit.origin);
  if (!origin.ok) {
    progress.findings.push({ ...origin.fault, origin: audit.origin });
    return;
  }
  if (source.accepts?.(origin.value) === false) {
    const message = `log ${audit.origin} belongs to a device that is not a member`;
    progress.findings.push({ code: 'not_member', message, origin: audit.origin });
  }
  for (const message of audit.strays) {
    progress.findings.push({ code: 'store_damaged', message, origin: audit.origin });
  }
  let previous: Manifest | undefined;
  for (const segment of audit.segments()) {
    progress.segments += 1;
    previous = verifyStoredSegment(source, origin.value, segment, previous, progress);
  }
  verifyPeaks(source, audit, progress);
};

/** @returns the segment's manifest if it can be read: the next segment is held against it */
const verifyStoredSegment = (
  { crypto, space, onEvent }: VerifySource,
  origin: Origin,
  audit: SegmentAudit,
  previous: Manifest | undefined,
  progress: Progress,
): Manifest | undefined => {
  const place = { origin, segment: audit.segment };
  const records = audit.records.flatMap((record, i) => {
    const seq = audit.firstSeq === undefined ? undefined : audit.firstSeq + i;
    return takeStored(record, { ...place, ...(seq !== undefined && { seq }) }, progress);
  });
  const [bytes] = takeStored(audit.manifest, place, progress);
  const manifest = bytes && decodeManifest(bytes);
  if (manifest === undefined) return undefined;
  if (!manifest.ok) {
    progress.findings.push({ ...manifest.fault, ...place });
    return undefined;
  }
  // With a record missing the root cannot match; the missing one is the finding.
  if (records.length === audit.records.length) {
    const claim = { space, previous, manifest: manifest.value, records };
    const verified = verifySegment(crypto, claim);
    if (!verified.ok) progress.findings.push({ ...verified.fault, ...place });
    else for (const event of verifyRecords(origin, verified.value, place, progress)) onEvent?.(event);
  }
  return manifest.value;
};

const verifyRecords = (
  origin: Origin,
  { firstSeq, ids, records }: VerifiedRange,
  place: { readonly origin: string; readonly segment: number },
  progress: Progress,
): readonly PlacedEvent[] => {
  progress.events += records.length;
  return ids.flatMap((id, i): readonly PlacedEvent[] => {
    const event = placeRecord(origin, firstSeq + i, id, records[i] ?? new Uint8Array());
    if (event.ok) return [event.value];
    progress.findings.push({ ...event.fault, ...place, seq: firstSeq + i });
    return [];
  });
};

/** The peaks that appending builds on must make the root that the newest manifest signs. */
const verifyPeaks = ({ crypto }: VerifySource, audit: LogAudit, progress: Progress): void => {
  const [tail] = takeStored(audit.tail, { origin: audit.origin }, progress);
  const manifest = tail && decodeManifest(tail.manifest);
  if (tail === undefined || !manifest?.ok || manifest.value.sealed) return;
  const tree = compactTreeFromPeaks(manifest.value.events, tail.peaks);
  if (tree.ok && formatHash(treeRoot(crypto, tree.value)) === manifest.value.root) return;
  const message = `the peaks of log ${audit.origin} do not make the root that its head signs`;
  progress.findings.push({ code: 'tail_damaged', message, origin: audit.origin });
};

const takeStored = <T>(
  stored: Stored<T>,
  place: Omit<VerifyFinding, 'code' | 'message'>,
  { findings }: Progress,
): readonly T[] => {
  if (stored.ok) return [stored.value];
  findings.push({ ...stored.fault, ...place });
  return [];
};
