import type { Crypto } from '../../protocol/crypto/index.ts';
import { type Origin, parseOrigin, type Seq } from '../../protocol/event/index.ts';
import {
  decodeManifest,
  type Manifest,
  type SpaceId,
  type VerifiedRange,
  verifyManifest,
  verifySegment,
  verifySuccession,
} from '../../protocol/manifest/index.ts';
import type { LogAudit, SegmentAudit } from './log-audit.ts';
import { lengthAt } from './log-state.ts';
import type { RecordAudit } from './record-audit.ts';

/** What a salvage holds the rows against. */
export interface SalvageInput {
  readonly crypto: Crypto;
  readonly space: SpaceId;
}

/** What a salvage keeps of one log. */
export interface SalvagedLog {
  readonly origin: Origin;
  /** Length that is kept: up to the end of the last sound segment that signed manifests lead to. */
  readonly kept: Seq;
  /** Length as far as what is stored tells it. */
  readonly stored: Seq;
  /** Segments before that end of which records are damaged or missing. */
  readonly holes: readonly number[];
}

/** A segment that is kept. */
export type SalvagedSegment =
  | ({ readonly type: 'whole' } & VerifiedRange)
  /** Its records do not verify together; those that are undefined are lost. */
  | {
      readonly type: 'hole';
      readonly manifest: Manifest;
      readonly records: readonly (Uint8Array | undefined)[];
    };

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
    const holes: number[] = [];
    for (const { type, manifest } of salvageLog(log, origin.value, input)) {
      kept = lengthAt(manifest);
      if (type === 'hole') holes.push(manifest.segment);
    }
    logs.push({ origin: origin.value, kept, stored: Math.max(kept, storedLength(log)), holes });
  }
  return logs;
};

/**
 * The segments of a log that are worth keeping, from the first on: as far as one signed manifest follows another,
 * and a segment that verifies is still to come. The last one is always whole.
 */
export function* salvageLog(log: LogAudit, origin: Origin, input: SalvageInput): Iterable<SalvagedSegment> {
  let previous: Manifest | undefined;
  let holes: readonly number[] = [];
  for (const audit of candidates(log)) {
    const manifest = verifiedManifest(audit, origin, previous, input);
    if (manifest === undefined) return;
    const whole = verifiedRange(audit, previous, manifest, input);
    if (whole === undefined) holes = [...holes, audit.segment];
    else {
      // Read again: a hole may be large, and there may be many before it is known that anything follows.
      for (const segment of holes) yield holeOf(log.sealed(segment));
      holes = [];
      yield { type: 'whole', ...whole };
    }
    previous = manifest;
  }
}

/** An old tail may have come to light again, so what is sealed counts, whatever the tail says; then the open segment. */
function* candidates(log: LogAudit): Iterable<SegmentAudit> {
  let segment = 0;
  for (let audit = log.sealed(0); audit.manifest.ok; audit = log.sealed(segment)) {
    yield audit;
    segment += 1;
  }
  for (const audit of log.segments()) if (!audit.sealed && audit.segment === segment) yield audit;
}

const verifiedManifest = (
  { manifest: stored }: SegmentAudit,
  origin: Origin,
  previous: Manifest | undefined,
  { crypto, space }: SalvageInput,
): Manifest | undefined => {
  const manifest = stored.ok ? decodeManifest(stored.value) : undefined;
  const fits =
    manifest?.ok &&
    manifest.value.origin === origin &&
    verifyManifest(crypto, manifest.value, { space }).ok &&
    verifySuccession(crypto, previous, manifest.value).ok;
  return fits ? manifest.value : undefined;
};

const verifiedRange = (
  audit: SegmentAudit,
  previous: Manifest | undefined,
  manifest: Manifest,
  { crypto, space }: SalvageInput,
): VerifiedRange | undefined => {
  const records = audit.records.flatMap((record) => (record.ok ? [record.value] : []));
  if (records.length !== audit.records.length) return undefined;
  const verified = verifySegment(crypto, { space, previous, manifest, records });
  return verified.ok ? verified.value : undefined;
};

const holeOf = ({ manifest: stored, records }: SegmentAudit): SalvagedSegment => {
  const manifest = stored.ok ? decodeManifest(stored.value) : undefined;
  if (!manifest?.ok) throw new TypeError('a segment has changed while it was being salvaged');
  // Where every record looks sound and they do not make the root together, none of them can be trusted.
  const isSuspect = records.length !== manifest.value.events || records.every((record) => record.ok);
  return {
    type: 'hole',
    manifest: manifest.value,
    records: isSuspect
      ? Array.from({ length: manifest.value.events }, () => undefined)
      : records.map((record) => (record.ok ? record.value : undefined)),
  };
};

const storedLength = (log: LogAudit): Seq => {
  let length = 0;
  for (const { firstSeq, records } of log.segments()) {
    if (firstSeq !== undefined) length = Math.max(length, firstSeq + records.length - 1);
  }
  return length;
};
