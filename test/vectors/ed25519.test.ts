import { expect, test } from 'vitest';
import {
  type DeviceId,
  deviceIdFromPublicKey,
  parseDeviceId,
  publicKeyOf,
} from '../../protocol/crypto/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';
import { fromHex, readVectors, type Vector } from '../support/read-vectors.ts';
import { referenceVerify } from '../support/reference.ts';

interface Ed25519Vectors {
  readonly signatures: readonly (Vector & {
    readonly publicKey: string;
    readonly device: DeviceId;
    readonly message: string;
    readonly signature: string;
    readonly valid: boolean;
  })[];
  readonly weakKeys: readonly (Vector & {
    readonly publicKey: string;
    readonly device: DeviceId;
    readonly code: string;
  })[];
}

const { signatures, weakKeys } = readVectors<Ed25519Vectors>('ed25519');

test.each(signatures)('a signature: $comment, $valid', ({ publicKey, device, message, signature, valid }) => {
  const args = [fromHex(message), fromHex(signature)] as const;
  expect(deviceIdFromPublicKey(fromHex(publicKey))).toBe(device);
  expect(parseDeviceId(device)).toEqual({ ok: true, value: device });
  expect(publicKeyOf(device)).toEqual(fromHex(publicKey));
  expect(portableCrypto.verify(device, ...args)).toBe(valid);
  expect(referenceVerify(fromHex(publicKey), ...args)).toBe(valid);
});

test('twisted signatures of both verdicts are among the vectors', () => {
  const twisted = signatures.filter(({ comment }) => comment.includes('twisted'));
  expect(new Set(twisted.map(({ valid }) => valid))).toEqual(new Set([true, false]));
});

test.each(weakKeys)('a weak key is no device: $publicKey', ({ publicKey, device, code }) => {
  expect(deviceIdFromPublicKey(fromHex(publicKey))).toBe(device);
  expect(parseDeviceId(device)).toMatchObject({ ok: false, fault: { code } });
});
