import { readVarint, utf8Decode, utf8Encode, writeVarint } from '../../protocol/bytes/index.ts';
import { HASH_BYTES } from '../../protocol/crypto/index.ts';
import type { Arrival, LogTail } from '../../protocol/engine/index.ts';
import { type Origin, parseOrigin } from '../../protocol/event/index.ts';
import { decodeManifest, encodeManifest, type Manifest } from '../../protocol/manifest/index.ts';
import { type SegmentSpan, spanOf } from './log-state.ts';

/** A tail as it is stored, before its manifest is read. */
export interface StoredTail {
  /** Bytes of the newest manifest. */
  readonly manifest: Uint8Array;
  readonly peaks: readonly Uint8Array[];
}

/** A sealed manifest as it is stored, before it is read. */
export interface StoredManifest {
  readonly manifest: Uint8Array;
  /** Repeats what the manifest says, for a quick start. */
  readonly firstSeq: number;
  readonly events: number;
}

/** Payload of a tail row: varint length of the manifest, manifest, peaks of 32 bytes each. */
export const encodeTail = ({ manifest, peaks }: LogTail): Uint8Array => {
  const bytes = encodeManifest(manifest);
  const head: number[] = [];
  writeVarint(head, bytes.length);
  const payload = new Uint8Array(head.length + bytes.length + peaks.length * HASH_BYTES);
  payload.set(head);
  payload.set(bytes, head.length);
  for (const [index, peak] of peaks.entries()) {
    if (peak.length !== HASH_BYTES)
      throw new RangeError(`a peak has ${HASH_BYTES} bytes, not ${peak.length}`);
    payload.set(peak, head.length + bytes.length + index * HASH_BYTES);
  }
  return payload;
};

/** Parts of a tail row; undefined when they do not fit together. */
export const splitTail = (payload: Uint8Array): StoredTail | undefined => {
  const length = readVarint(payload, 0);
  if (length === undefined) return undefined;
  const peaksAt = length.next + length.value;
  if (peaksAt > payload.length || (payload.length - peaksAt) % HASH_BYTES !== 0) return undefined;
  const peaks: Uint8Array[] = [];
  for (let at = peaksAt; at < payload.length; at += HASH_BYTES)
    peaks.push(payload.slice(at, at + HASH_BYTES));
  return { manifest: payload.subarray(length.next, peaksAt), peaks };
};

/** Reads a tail row; undefined when it is no tail of this log. */
export const decodeTail = (origin: string, payload: Uint8Array): LogTail | undefined => {
  const stored = splitTail(payload);
  const manifest = stored && readManifest(origin, stored.manifest);
  return stored && manifest && { manifest, peaks: stored.peaks };
};

/** Payload of a sealed manifest's row: uint64be first seq, uint32be events, manifest. */
export const encodeSealed = (manifest: Manifest): Uint8Array => {
  const bytes = encodeManifest(manifest);
  const payload = new Uint8Array(SPAN_BYTES + bytes.length);
  const view = new DataView(payload.buffer);
  view.setBigUint64(0, BigInt(manifest.firstSeq));
  view.setUint32(8, manifest.events);
  payload.set(bytes, SPAN_BYTES);
  return payload;
};

/** Parts of a sealed manifest's row; undefined when it is too short. */
export const splitSealed = (payload: Uint8Array): StoredManifest | undefined => {
  if (payload.length < SPAN_BYTES) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  return {
    firstSeq: Number(view.getBigUint64(0)),
    events: view.getUint32(8),
    manifest: payload.subarray(SPAN_BYTES),
  };
};

/** Reads a sealed manifest's row; undefined when it is not that of this segment of this log. */
export const decodeSealed = (origin: string, segment: number, payload: Uint8Array): Manifest | undefined => {
  const stored = splitSealed(payload);
  const manifest = stored && readManifest(origin, stored.manifest);
  if (manifest === undefined || !manifest.sealed || !sameSpan(spanOf(manifest), { ...stored, segment })) {
    return undefined;
  }
  return manifest;
};

/** Payload of a journal row: uint64be seq, origin. */
export const encodeArrival = ({ origin, seq }: Pick<Arrival, 'origin' | 'seq'>): Uint8Array => {
  const name = utf8Encode(origin);
  const payload = new Uint8Array(8 + name.length);
  new DataView(payload.buffer).setBigUint64(0, BigInt(seq));
  payload.set(name, 8);
  return payload;
};

/** Reads a journal row; undefined when it is none. */
export const decodeArrival = (payload: Uint8Array): { origin: Origin; seq: number } | undefined => {
  if (payload.length < 8) return undefined;
  const name = utf8Decode(payload.subarray(8));
  const origin = name === undefined ? undefined : parseOrigin(name);
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  return origin?.ok ? { origin: origin.value, seq: Number(view.getBigUint64(0)) } : undefined;
};

/** Bytes in front of a sealed manifest that repeat its span. */
const SPAN_BYTES = 12;

const readManifest = (origin: string, bytes: Uint8Array): Manifest | undefined => {
  const verdict = decodeManifest(bytes);
  return verdict.ok && verdict.value.origin === origin ? verdict.value : undefined;
};

const sameSpan = (a: SegmentSpan, b: Partial<SegmentSpan>): boolean =>
  a.segment === b.segment && a.firstSeq === b.firstSeq && a.events === b.events;
