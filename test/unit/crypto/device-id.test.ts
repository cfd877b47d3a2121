import { publicKeyFromRaw } from '@libp2p/crypto/keys';
import { peerIdFromPublicKey } from '@libp2p/peer-id';
import { describe, expect, test } from 'vitest';
import { base58Encode } from '../../../protocol/bytes/index.ts';
import {
  deviceIdFromForeignKey,
  deviceIdFromPublicKey,
  parseDeviceId,
  publicKeyOf,
} from '../../../protocol/crypto/index.ts';
import { fromHex } from '../../support/read-vectors.ts';
import { numberedSigner } from '../../support/test-signer.ts';

const KEY = fromHex('1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e');

describe('device ids', () => {
  test('are the PeerIds of libp2p', () => {
    const peerId = peerIdFromPublicKey(publicKeyFromRaw(KEY));
    expect(deviceIdFromPublicKey(KEY)).toBe(peerId.toString());
  });

  test('hold the public key', () => {
    expect(publicKeyOf(deviceIdFromPublicKey(KEY))).toEqual(KEY);
  });

  test('of a key from elsewhere are the same, unless anyone could sign for it', () => {
    const weak = Uint8Array.of(1, ...new Uint8Array(31));
    // Twice: what was worked out once is kept.
    for (let times = 0; times < 2; times += 1) {
      expect(deviceIdFromForeignKey(KEY)).toBe(deviceIdFromPublicKey(KEY));
      expect(deviceIdFromForeignKey(weak)).toBeUndefined();
    }
  });

  test('are made of 32 bytes, no fewer and no more', () => {
    for (const length of [31, 33]) {
      expect(() => deviceIdFromPublicKey(new Uint8Array(length))).toThrow(RangeError);
    }
  });

  test.each([
    ['nothing', ''],
    ['a name', 'laptop'],
    ['a character that base58 lacks', '12D3KooW0'],
    ['one character less', numberedSigner(1).device.slice(0, -1)],
    ['white space around it', ` ${numberedSigner(1).device}`],
    ['a leading 1 more', `1${numberedSigner(1).device}`],
    ['a key of another type', base58Encode(Uint8Array.from([0x00, 0x24, 0x08, 0x02, 0x12, 0x20, ...KEY]))],
    [
      'a key of 31 bytes',
      base58Encode(Uint8Array.from([0x00, 0x24, 0x08, 0x01, 0x12, 0x20, ...KEY.slice(1)])),
    ],
    ['a text longer than any id', '1'.repeat(100_000)],
  ])('parsing refuses %s', (_, text) => {
    expect(parseDeviceId(text)).toMatchObject({ ok: false, fault: { code: 'bad_device_id' } });
  });
});
