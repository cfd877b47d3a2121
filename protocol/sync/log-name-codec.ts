import { base32, writeVarint } from '../bytes/index.ts';
import { deviceIdFromPublicKey, PUBLIC_KEY_BYTES, parseDeviceId, publicKeyOf } from '../crypto/index.ts';
import { deviceOf, INCARNATION_BYTES, type Origin } from '../event/index.ts';
import type { ByteCursor } from './byte-cursor.ts';
import type { LogAlias, LogName } from './frame.ts';

/**
 * A log is named by a varint, and by what follows if that is 0:
 *
 * | varint | names                                                                             |
 * |--------|-----------------------------------------------------------------------------------|
 * | 0      | the log whose device and incarnation (5 bytes) follow                             |
 * | 2n + 1 | the n-th log, from 0, that the sender of this frame spelled out in this session   |
 * | 2n + 2 | the n-th log, from 0, that the receiver of this frame spelled out in this session |
 *
 * Devices stand as the raw public key (32 bytes), or as a varint that counts into the frame's table of keys.
 */
export const writeLogName = (out: number[], log: LogName, table?: DeviceTable): void => {
  if (log.type === 'alias') {
    writeVarint(out, 2 * log.number + (log.by === 'sender' ? 1 : 2));
    return;
  }
  const device = deviceOf(log.origin);
  const key = publicKeyOf(device);
  out.push(0);
  if (table === undefined) out.push(...key);
  else writeVarint(out, table.add(device, key));
  out.push(...(base32.decode(log.origin.slice(device.length + 1)) ?? []));
};

/** Reads the name of a log; undefined when it is malformed. */
export const readLogName = (cursor: ByteCursor, table?: readonly string[]): LogName | undefined => {
  const alias = cursor.varint();
  if (alias === undefined) return undefined;
  if (alias > 0) return aliasOf(alias);
  const device =
    table === undefined ? readDevice(cursor.bytes(PUBLIC_KEY_BYTES)) : table[cursor.varint() ?? -1];
  const incarnation = cursor.bytes(INCARNATION_BYTES);
  if (device === undefined || incarnation === undefined) return undefined;
  return { type: 'origin', origin: `${device}.${base32.encode(incarnation)}` as Origin };
};

/** Reads the alias of a log; undefined when it is malformed or spelled out. */
export const readLogAlias = (cursor: ByteCursor): LogAlias | undefined => {
  const name = readLogName(cursor);
  return name?.type === 'alias' ? name : undefined;
};

const aliasOf = (value: number): LogAlias =>
  value % 2 === 1
    ? { type: 'alias', by: 'sender', number: (value - 1) / 2 }
    : { type: 'alias', by: 'receiver', number: (value - 2) / 2 };

/** The id of a device by its public key; undefined for what is no key of a device. */
export const readDevice = (key: Uint8Array | undefined): string | undefined => {
  if (key?.length !== PUBLIC_KEY_BYTES) return undefined;
  const device = parseDeviceId(deviceIdFromPublicKey(key));
  return device.ok ? device.value : undefined;
};

/** The keys that the entries of one frame count into. */
export class DeviceTable {
  readonly #numbers = new Map<string, number>();
  readonly keys: Uint8Array[] = [];

  /** The number of a device, which is added when it is new. */
  add(device: string, key: Uint8Array): number {
    const known = this.#numbers.get(device);
    if (known !== undefined) return known;
    this.#numbers.set(device, this.keys.length);
    this.keys.push(key);
    return this.keys.length - 1;
  }
}
