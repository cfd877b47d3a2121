import { base32, writeVarint } from '../bytes/index.ts';
import { type DeviceId, deviceIdFromForeignKey, PUBLIC_KEY_BYTES, publicKeyOf } from '../crypto/index.ts';
import { deviceOf, INCARNATION_BYTES, makeOrigin } from '../event/index.ts';
import type { ByteCursor } from './byte-cursor.ts';
import type { LogAlias, LogName } from './frame.ts';

/**
 * Names a log:
 *
 * | part        | bytes                                                                                          |
 * |-------------|------------------------------------------------------------------------------------------------|
 * | alias       | varint: 0 when the log is spelled out and the rest follows; 2n + 1 for the n-th log, from 0, that the sender of this frame has spelled out, 2n + 2 for that of its receiver |
 * | device      | varint: the n-th device, from 0, that is spelled out in this frame; the next number for a new one |
 * | public key  | 32, when the device is a new one                                                               |
 * | incarnation | 5                                                                                              |
 *
 * @param devices those that were spelled out in this frame so far, to which a new one is added
 */
export const writeLogName = (out: number[], log: LogName, devices: DeviceId[]): void => {
  if (log.type === 'alias') {
    writeVarint(out, 2 * log.number + (log.by === 'sender' ? 1 : 2));
    return;
  }
  const device = deviceOf(log.origin);
  const known = devices.indexOf(device);
  out.push(0);
  writeVarint(out, known < 0 ? devices.length : known);
  if (known < 0) {
    devices.push(device);
    out.push(...publicKeyOf(device));
  }
  out.push(...(base32.decode(log.origin.slice(device.length + 1)) ?? []));
};

/** Reads the name of a log; undefined when it is malformed. */
export const readLogName = (cursor: ByteCursor, devices: DeviceId[]): LogName | undefined => {
  const alias = cursor.varint();
  if (alias === undefined) return undefined;
  if (alias > 0) return aliasOf(alias);
  const number = cursor.varint();
  if (number === devices.length) {
    const key = cursor.bytes(PUBLIC_KEY_BYTES);
    const added = key && deviceIdFromForeignKey(key);
    if (added === undefined) return undefined;
    devices.push(added);
  }
  const device = devices[number ?? -1];
  const incarnation = cursor.bytes(INCARNATION_BYTES);
  if (device === undefined || incarnation === undefined) return undefined;
  return { type: 'origin', origin: makeOrigin(device, base32.encode(incarnation)) };
};

/** Reads the alias of a log; undefined when it is malformed or spelled out. */
export const readLogAlias = (cursor: ByteCursor): LogAlias | undefined => {
  const alias = cursor.varint();
  return alias === undefined || alias === 0 ? undefined : aliasOf(alias);
};

const aliasOf = (value: number): LogAlias =>
  value % 2 === 1
    ? { type: 'alias', by: 'sender', number: (value - 1) / 2 }
    : { type: 'alias', by: 'receiver', number: (value - 2) / 2 };
