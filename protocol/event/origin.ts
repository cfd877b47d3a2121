import { type DeviceId, parseDeviceId } from '../crypto/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';

/** The id of one log: `<device>.<incarnation>`. A device can own several logs; a log has one device. */
export type Origin = string & { readonly __brand: 'Origin' };

/** Characters of an incarnation: base32 lower case. */
const INCARNATION = /^[a-z2-7]{8}$/;

/** Bytes of randomness from which an incarnation is made; their base32 has exactly 8 characters. */
export const INCARNATION_BYTES = 5;

/** Joins a device and an incarnation (8 base32 characters) to the id of a log. */
export const makeOrigin = (device: DeviceId, incarnation: string): Origin => {
  if (!INCARNATION.test(incarnation)) {
    throw new TypeError(`"${incarnation}" is no incarnation: 8 base32 characters`);
  }
  return `${device}.${incarnation}` as Origin;
};

/** The device that owns a log and alone may write to it. */
export const deviceOf = (origin: Origin): DeviceId => origin.slice(0, origin.indexOf('.')) as DeviceId;

/** Parses the id of a log. */
export const parseOrigin = (text: string): Verdict<Origin, 'bad_origin'> => {
  const dot = text.indexOf('.');
  const valid = dot > 0 && parseDeviceId(text.slice(0, dot)).ok && INCARNATION.test(text.slice(dot + 1));
  return valid
    ? accept(text as Origin)
    : refuse('bad_origin', `"${text.slice(0, 80)}" is not the id of a log: <device>.<incarnation>`);
};
