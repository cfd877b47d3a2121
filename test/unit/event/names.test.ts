import { describe, expect, test } from 'vitest';
import { base32 } from '../../../protocol/bytes/index.ts';
import {
  deviceOf,
  eventIdFromLeaf,
  INCARNATION_BYTES,
  leafFromEventId,
  makeOrigin,
  parseOrigin,
} from '../../../protocol/event/index.ts';
import { numberedSigner } from '../../support/test-signer.ts';

const { device } = numberedSigner(1);

describe('origins', () => {
  test('join a device and an incarnation, and part again', () => {
    const origin = makeOrigin(device, base32.encode(new Uint8Array(INCARNATION_BYTES).fill(0xff)));
    expect(origin).toBe(`${device}.77777777`);
    expect(parseOrigin(origin)).toEqual({ ok: true, value: origin });
    expect(deviceOf(origin)).toBe(device);
  });

  test.each(['', 'aaaaaaa', 'aaaaaaaaa', 'AAAAAAAA', 'aaaaaaa1', 'aaaaaaaa\n'])(
    'take no incarnation "%s"',
    (incarnation) => {
      expect(() => makeOrigin(device, incarnation)).toThrow(TypeError);
      expect(parseOrigin(`${device}.${incarnation}`)).toMatchObject({ fault: { code: 'bad_origin' } });
    },
  );

  test.each([
    ['nothing', ''],
    ['a device alone', device],
    ['an incarnation alone', '.aaaaaaaa'],
    ['the legacy origin', 'legacy'],
    ['two incarnations', `${device}.aaaaaaaa.aaaaaaaa`],
    ['another device id', `${device.slice(1)}.aaaaaaaa`],
  ])('are not %s', (_, text) => {
    expect(parseOrigin(text)).toMatchObject({ ok: false, fault: { code: 'bad_origin' } });
  });
});

describe('event ids', () => {
  const leaf = Uint8Array.from({ length: 32 }, (_, i) => i * 8);
  const id = eventIdFromLeaf(leaf);

  test('hold the leaf hash', () => {
    expect(id).toHaveLength(3 + 52);
    expect(leafFromEventId(id)).toEqual(leaf);
  });

  test.each([
    ['nothing', ''],
    ['a prefix alone', 'ev1'],
    ['an id of another version', id.replace('ev1', 'ev2')],
    ['an id in upper case', id.toUpperCase()],
    ['an id cut short', id.slice(0, -1)],
    ['the id of a longer hash', `ev1${base32.encode(new Uint8Array(33))}`],
    ['an id whose last character has bits to spare', `${id.slice(0, -1)}b`],
  ])('are not %s', (_, text) => {
    expect(leafFromEventId(text)).toBeUndefined();
  });
});
