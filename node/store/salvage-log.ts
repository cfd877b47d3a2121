import type { Crypto, Signer } from '../../protocol/crypto/index.ts';
import type { Origin } from '../../protocol/event/index.ts';
import {
  decodeManifest,
  type Manifest,
  type SpaceId,
  signPart,
  type VerifiedRange,
  type VerifiedTail,
  verifyManifest,
  verifySegment,
  verifySuccession,
} from '../../protocol/manifest/index.ts';
import type { LogAudit, SegmentAudit } from './log-audit.ts';

/** What a salvage holds the rows against. */
export interface SalvageInput {
  readonly crypto: Crypto;
  readonly space: SpaceId;
  /** Signs for this device; without it nothing is kept of a segment of its own that nothing sound follows. */
  readonly signer?: Signer | undefined;
  /** Whether logs of this device end at their first hole, whatever follows it. */
  readonly givesUp?: boolean;
  /** The wall clock, in ms since 1970. */
  readonly nowMs: number;
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

/**
 * The segments of a log that are worth keeping, from the first on: as far as one signed manifest follows another,
 * and a segment that verifies is still to come, unless holes of own logs are given up. The last one is always whole: of a
 * log of this device it may be what comes before the first record that cannot be read, under a head that covers no more.
 */
export function* salvageLog(log: LogAudit, origin: Origin, input: SalvageInput): Iterable<SalvagedSegment> {
  let previous: Manifest | undefined;
  let holes: readonly Hole[] = [];
  for (const audit of candidates(log)) {
    const manifest = verifiedManifest(audit, origin, previous, input);
    if (manifest === undefined) break;
    const whole = verifiedRange(audit, previous, manifest, input);
    if (whole === undefined) {
      holes = [...holes, { segment: audit.segment, manifest, previous }];
      if (input.givesUp && input.signer?.device === manifest.keyId) break;
    } else {
      for (const { segment } of holes) yield holeOf(log.sealed(segment));
      holes = [];
      yield { type: 'whole', ...whole };
    }
    previous = manifest;
  }
  for (const [i, hole] of [...holes.entries()].reverse()) {
    const part = signedPart(log, hole, input);
    if (part === undefined) continue;
    for (const { segment } of holes.slice(0, i)) yield holeOf(log.sealed(segment));
    yield { type: 'whole', ...part };
    return;
  }
}

/** A segment of which nobody knows yet whether anything sound follows. It may be large, so it is read again then. */
interface Hole {
  readonly segment: number;
  readonly manifest: Manifest;
  readonly previous: Manifest | undefined;
}

/** The first records of a segment of this device, as far as they can be read. */
const signedPart = (
  log: LogAudit,
  { segment, manifest, previous }: Hole,
  { crypto, space, signer, nowMs }: SalvageInput,
): VerifiedRange | undefined => {
  if (signer?.device !== manifest.keyId) return undefined;
  const audit = manifest.sealed ? log.sealed(segment) : openOf(log);
  const damagedAt = audit?.records.findIndex((record) => !record.ok) ?? -1;
  if (audit === undefined || damagedAt < 0) return undefined;
  const records = audit.records.slice(0, damagedAt).flatMap((record) => (record.ok ? [record.value] : []));
  const head = signPart(crypto, signer, { segment: manifest, records, tail: tailOf(log) }, nowMs);
  const part = head && verifySegment(crypto, { space, previous, manifest: head, records });
  return part?.ok ? part.value : undefined;
};

const tailOf = ({ tail }: LogAudit): VerifiedTail | undefined => {
  const manifest = tail.ok ? decodeManifest(tail.value.manifest) : undefined;
  return tail.ok && manifest?.ok ? { manifest: manifest.value, peaks: tail.value.peaks } : undefined;
};

/** The open segment of a log. */
const openOf = (log: LogAudit): SegmentAudit | undefined => {
  for (const audit of log.segments()) if (!audit.sealed) return audit;
  return undefined;
};

/** An old tail may have come to light again, so what is sealed counts, whatever the tail says; then the open segment. */
function* candidates(log: LogAudit): Iterable<SegmentAudit> {
  let segment = 0;
  for (let audit = log.sealed(0); audit.manifest.ok; audit = log.sealed(segment)) {
    yield audit;
    segment += 1;
  }
  const open = openOf(log);
  if (open?.segment === segment) yield open;
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
