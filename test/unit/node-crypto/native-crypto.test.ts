import { ed25519 } from '@noble/curves/ed25519.js';
import { expect, test } from 'vitest';
import { nativeCrypto, signerFromSeed } from '../../../node/crypto/index.ts';
import { type DeviceId, deviceIdFromPublicKey } from '../../../protocol/crypto/index.ts';
import { portableCrypto } from '../../../protocol/portable-crypto/index.ts';
import { cryptoConformance } from '../../conformance/crypto.ts';
import { numberedSigner } from '../../support/test-signer.ts';

cryptoConformance('native', nativeCrypto, signerFromSeed);

const message = new TextEncoder().encode('message');

test('a hash is a plain Uint8Array', () => {
  expect(nativeCrypto.sha256(message)).toEqual(portableCrypto.sha256(message));
});

test('a seed of another length is refused', () => {
  expect(() => signerFromSeed(new Uint8Array(31))).toThrow(RangeError);
  expect(() => signerFromSeed(new Uint8Array(33))).toThrow(RangeError);
});

test('any one flipped bit of a signature gives the portable verdict, before and after the key is known', () => {
  const signer = numberedSigner(9);
  const signature = signer.sign(message);
  for (let round = 0; round < 2; round += 1) {
    for (let bit = 0; bit < signature.length * 8; bit += 37) {
      const changed = signature.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(nativeCrypto.verify(signer.device, message, changed)).toBe(false);
    }
    expect(nativeCrypto.verify(signer.device, message, signature)).toBe(true);
  }
});

test('signatures of wrong length are refused, and never throw', () => {
  const signer = numberedSigner(9);
  const signature = signer.sign(message);
  expect(nativeCrypto.verify(signer.device, message, signature)).toBe(true);
  for (const wrong of [new Uint8Array(), signature.subarray(1), Uint8Array.of(...signature, 0)]) {
    expect(nativeCrypto.verify(signer.device, message, wrong)).toBe(false);
  }
});

/** Each kind of key that is none: the neutral element, one beyond the field, one off the curve. */
test.each([
  ['of small order', Uint8Array.of(1, ...new Uint8Array(31))],
  ['a second spelling', Uint8Array.of(0xee, ...new Uint8Array(30).fill(0xff), 0x7f)],
  ['no point', Uint8Array.of(2, ...new Uint8Array(31))],
])('a key that is %s gets the portable verdict', (_, key) => {
  const device = deviceIdFromPublicKey(key);
  // With the neutral element as key, R = [S]B holds for any message.
  const base = new Uint8Array(64);
  base.set(ed25519.Point.BASE.toBytes());
  base[32] = 1;
  for (const signature of [base, new Uint8Array(64), numberedSigner(9).sign(message)]) {
    const verdict = portableCrypto.verify(device, message, signature);
    expect(nativeCrypto.verify(device, message, signature)).toBe(verdict);
  }
});

test('more devices than the cache holds are all judged rightly', () => {
  const devices: DeviceId[] = [];
  const first = signerFromSeed(new Uint8Array(32).fill(1));
  for (let i = 0; i < 300; i += 1) {
    const seed = new Uint8Array(32);
    seed[0] = i & 0xff;
    seed[1] = i >> 8;
    const signer = signerFromSeed(seed);
    devices.push(signer.device);
    expect(nativeCrypto.verify(signer.device, message, signer.sign(message))).toBe(true);
    expect(nativeCrypto.verify(signer.device, message, first.sign(message))).toBe(false);
  }
  expect(new Set(devices).size).toBe(300);
});
