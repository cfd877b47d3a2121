import { writeVarint } from '../bytes/index.ts';
import { type DeviceId, HASH_BYTES } from '../crypto/index.ts';
import { EMPTY_COMMITMENT } from '../manifest/index.ts';
import { ByteCursor } from './byte-cursor.ts';
import type { ToldEntry } from './frame.ts';
import { readLogName, writeLogName } from './log-name-codec.ts';

const SEALED = 1;
const FROZEN = 2;

/**
 * Packs a frontier entry:
 *
 * | part             | bytes                                 |
 * |------------------|---------------------------------------|
 * | log              | its name (log-name-codec.ts)          |
 * | flags            | 1: 1 sealed, 2 frozen, 0 neither      |
 * | segment, events  | varints; not there when frozen        |
 * | seq              | varint                                |
 * | commitment       | 32; not there when frozen             |
 *
 * @param devices those that were spelled out in this frame so far, to which a new one is added
 */
export const encodeEntry = (entry: ToldEntry, devices: DeviceId[]): Uint8Array => {
  const out: number[] = [];
  writeLogName(out, entry.log, devices);
  if (entry.frozen) {
    out.push(FROZEN);
    writeVarint(out, entry.seq);
  } else {
    out.push(entry.sealed ? SEALED : 0);
    for (const value of [entry.segment, entry.events, entry.seq]) writeVarint(out, value);
    out.push(...entry.commitment);
  }
  return Uint8Array.from(out);
};

/** Reads a packed entry; undefined when it is malformed. */
export const decodeEntry = (bytes: Uint8Array, devices: DeviceId[]): ToldEntry | undefined => {
  const cursor = new ByteCursor(bytes);
  const log = readLogName(cursor, devices);
  const flags = cursor.bytes(1)?.[0];
  const frozen = flags === FROZEN;
  if (log === undefined || flags === undefined || flags > FROZEN) return undefined;
  const [segment, events] = frozen ? [0, 0] : [cursor.varint(), cursor.varint()];
  const seq = cursor.varint();
  const commitment = frozen ? EMPTY_COMMITMENT : cursor.bytes(HASH_BYTES);
  if (segment === undefined || events === undefined || seq === undefined || !commitment || !cursor.done) {
    return undefined;
  }
  // A copy: a view would keep the whole frame for as long as the entry is remembered.
  const own = Uint8Array.from(commitment);
  return { log, segment, events, seq, sealed: flags === SEALED, frozen, commitment: own };
};
