import { EVENT_LIMITS, type Origin } from '../event/index.ts';
import { accept, type Fault, refuse, type Verdict } from '../fault/index.ts';
import {
  commitmentOf,
  describeSegment,
  EMPTY_COMMITMENT,
  formatHash,
  type Manifest,
  parseHash,
  verifyManifest,
} from '../manifest/index.ts';
import { leafSpan, rootNode } from '../segment/index.ts';
import {
  askManifest,
  askNodes,
  askRecords,
  type Inquiry,
  type InquiryContext,
  type InquiryFault,
  type KnownNode,
} from './inquiry-steps.ts';
import { SYNC_LIMITS } from './limits.ts';
import { SegmentCopy } from './segment-copy.ts';

/** How an attempt to heal a segment from one remote ends. */
export type HealingVerdict =
  /** A whole segment, verified against its manifest, to be stored in place of what is there. */
  | { readonly type: 'restored'; readonly manifest: Manifest; readonly records: readonly Uint8Array[] }
  /** Nothing is wrong with the stored segment, as it was read. */
  | { readonly type: 'intact'; readonly manifest: Manifest; readonly records: readonly Uint8Array[] }
  /** The remote does not hold this segment, or another history of it. */
  | { readonly type: 'no-help'; readonly fault: Fault<'withheld' | 'other_history'> }
  /** What the remote sent is not what it had shown hashes of. */
  | { readonly type: 'remote-fault'; readonly fault: Fault<InquiryFault> };

/**
 * Heals a segment of the own store with the help of one remote. Records that cannot be read and records that are
 * not what was signed are asked for; where those of a part of the segment are all there and yet wrong, the hashes
 * of the remote's tree, verified against the own signed root, lead to them. A manifest that cannot be read is
 * asked for first and is held against its signature and the segments on both sides.
 *
 * A record that cannot be read costs one answer with the record. One that can be and is wrong costs three more, with
 * 36 hashes together.
 */
export function* heal(context: InquiryContext, origin: Origin, segment: number): Inquiry<HealingVerdict> {
  const own = ownManifest(context, origin, segment);
  const found = own === undefined ? yield* fetchManifest(context, origin, segment) : accept(own);
  if (!found.ok) return failed(found.fault);
  const manifest = found.value;
  const copy = new SegmentCopy(context, manifest);
  if (yield* fillGaps(copy)) return { type: 'restored', manifest, records: copy.records };
  const bad = yield* findBadParts(context, copy);
  if (!bad.ok) return failed(bad.fault);
  if (bad.value.length === 0 && own !== undefined) return { type: 'intact', manifest, records: copy.records };
  const fault = yield* fetchParts(copy, bad.value);
  if (fault !== undefined) return failed(fault);
  return { type: 'restored', manifest, records: copy.records };
}

const failed = (fault: Fault<InquiryFault | 'other_history'>): HealingVerdict => {
  const { code, message } = fault;
  return code === 'withheld' || code === 'other_history'
    ? { type: 'no-help', fault: { code, message } }
    : { type: 'remote-fault', fault: { code, message } };
};

/** The stored manifest of a segment, if it is one that was signed and that the segments around it allow. */
const ownManifest = (context: InquiryContext, origin: Origin, segment: number): Manifest | undefined => {
  const { crypto, space, logs } = context;
  const manifest = logs.manifest(origin, segment);
  const isSound =
    manifest && verifyManifest(crypto, manifest, { space }).ok && fitsNeighbours(context, manifest);
  return isSound ? manifest : undefined;
};

/** Whether a manifest follows the stored one before it and is followed by the one after it, as far as these are there. */
const fitsNeighbours = ({ crypto, logs }: InquiryContext, manifest: Manifest): boolean => {
  const { origin, segment, prev } = manifest;
  const before = logs.manifest(origin, segment - 1);
  const after = logs.manifest(origin, segment + 1);
  if (segment === 0 && prev !== formatHash(EMPTY_COMMITMENT)) return false;
  if (before !== undefined && prev !== formatHash(commitmentOf(crypto, before))) return false;
  return (
    after === undefined || (manifest.sealed && after.prev === formatHash(commitmentOf(crypto, manifest)))
  );
};

function* fetchManifest(
  context: InquiryContext,
  origin: Origin,
  segment: number,
): Inquiry<Verdict<Manifest, InquiryFault | 'other_history'>> {
  const manifest = yield* askManifest(context, origin, segment);
  if (!manifest.ok) return manifest;
  const name = describeSegment({ origin, segment });
  if (manifest.value === undefined) return refuse('withheld', `does not hold ${name}`);
  return fitsNeighbours(context, manifest.value)
    ? accept(manifest.value)
    : refuse('other_history', `holds another history of ${name}`);
}

/**
 * Asks for a few records that cannot be read, without any hashes: together with the others they make the root that
 * is signed, or somebody is at fault, which it takes the hashes to find out. Even a remote that holds another
 * history of the log can give what both have in common.
 */
function* fillGaps(copy: SegmentCopy): Inquiry<boolean> {
  const { origin, segment, firstSeq, events, bytes } = copy.manifest;
  const { gaps } = copy;
  if (gaps.length === 0 || gaps.length === events || gaps.length > SYNC_LIMITS.askRecordsMax) return false;
  const records: Uint8Array[] = [];
  while (records.length < gaps.length) {
    const seqs = gaps.slice(records.length).map((index) => firstSeq + index);
    const more = yield* askRecords(origin, segment, seqs);
    if (!more.ok) return false;
    records.push(...more.value);
    // More than the whole segment, or no records at all: what comes cannot be what was signed.
    const size = records.reduce((sum, { length }) => sum + length, 0);
    if (size > bytes || records.some(({ length }) => length === 0)) return false;
  }
  for (const [i, index] of gaps.entries()) copy.put(index, records[i] ?? new Uint8Array());
  return copy.isWhole && copy.bytes === bytes;
}

/**
 * Goes down the signed tree to the parts whose records all have to come from elsewhere: single records, and nodes
 * of which nothing is there.
 */
function* findBadParts(
  context: InquiryContext,
  copy: SegmentCopy,
): Inquiry<Verdict<readonly KnownNode[], InquiryFault | 'other_history'>> {
  const { manifest } = copy;
  const bad: KnownNode[] = [];
  const open: KnownNode[] = [
    { node: rootNode(manifest.events), hash: parseHash(manifest.root) ?? new Uint8Array() },
  ];
  for (let part = open.pop(), asked = 0; part !== undefined; part = open.pop()) {
    const state = copy.judge(part);
    if (state === 'right') continue;
    if (state === 'missing' || part.node.level === 0) {
      bad.push(part);
      continue;
    }
    const below = yield* askNodes(context, manifest, part);
    // Hashes that do not make the root which is signed here are those of another history, or damaged as well.
    if (!below.ok && below.fault.code === 'nodes_mismatch' && asked === 0) {
      return refuse('other_history', below.fault.message);
    }
    if (!below.ok) return below;
    asked += 1;
    open.push(...below.value.toReversed());
  }
  return accept(bad);
}

/** Asks for the records of the parts, and verifies each part. */
function* fetchParts(
  copy: SegmentCopy,
  parts: readonly KnownNode[],
): Inquiry<Fault<InquiryFault> | undefined> {
  const { origin, segment, firstSeq, events, bytes } = copy.manifest;
  const name = describeSegment({ origin, segment });
  const due: number[] = [];
  for (const { node } of parts) {
    const span = leafSpan(events, node);
    for (let index = span?.from ?? 0; index < (span?.to ?? 0); index += 1) due.push(index);
  }
  let received = 0;
  for (let at = 0; at < due.length; ) {
    const places = due.slice(at, at + SYNC_LIMITS.askRecordsMax);
    const records = yield* askRecords(
      origin,
      segment,
      places.map((index) => firstSeq + index),
    );
    if (!records.ok) return records.fault;
    for (const [i, record] of records.value.entries()) {
      received += record.length;
      if (record.length === 0 || record.length > EVENT_LIMITS.recordBytesMax || received > bytes) {
        return { code: 'record_mismatch', message: `records of ${name} that are too long or too short` };
      }
      copy.put(places[i] ?? 0, record);
    }
    at += records.value.length;
  }
  if (!parts.every((part) => copy.judge(part) === 'right')) {
    return {
      code: 'record_mismatch',
      message: `records of ${name} that do not make the hashes shown of them`,
    };
  }
  // A manifest states the bytes of its records beside their root.
  return copy.bytes === bytes
    ? undefined
    : { code: 'bytes_mismatch', message: `${name} has ${copy.bytes} bytes` };
}
