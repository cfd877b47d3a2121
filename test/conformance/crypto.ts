import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type Crypto,
  type DeviceId,
  HASH_BYTES,
  parseDeviceId,
  SIGNATURE_BYTES,
  type Signer,
} from '../../protocol/crypto/index.ts';
import { fromHex, readVectors, toHex, type Vector } from '../support/read-vectors.ts';

interface SignatureVector extends Vector {
  readonly device: DeviceId;
  readonly message: string;
  readonly signature: string;
  readonly valid: boolean;
}

const { signatures } = readVectors<{ readonly signatures: readonly SignatureVector[] }>('ed25519');

/** RFC 8032, section 7.1, test 2: seed, device, message and signature. */
const SEED = '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb';
const PUBLISHED = signatures.find(({ comment }) => comment === 'RFC 8032, section 7.1, test 2');

/** Lengths around the block and padding borders of SHA-256, and larger than any buffer within. */
const LENGTHS = [0, 1, 55, 56, 63, 64, 65, 127, 128, 1000, 300_000];

/**
 * What every implementation of the {@link Crypto} and {@link Signer} ports must do: the same, to the bit.
 * @param signerFromSeed the implementation's signer for an Ed25519 seed of 32 bytes
 */
export const cryptoConformance = (
  name: string,
  crypto: Crypto,
  signerFromSeed: (seed: Uint8Array) => Signer,
): void => {
  describe(`crypto port: ${name}`, () => {
    test.each(LENGTHS)('SHA-256 of %i bytes', (length) => {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 7) % 251);
      const hash = crypto.sha256(bytes);
      expect(hash).toHaveLength(HASH_BYTES);
      expect(toHex(hash)).toBe(createHash('sha256').update(bytes).digest('hex'));
    });

    test.each(['', 'plain', 'é €', '\u{1f331}\u0000', 'x'.repeat(300_000)])(
      'SHA-256 of a text is that of its UTF-8',
      (text) => {
        const expected = createHash('sha256').update(Buffer.from(text, 'utf8')).digest('hex');
        expect(toHex(crypto.sha256Text(text))).toBe(expected);
      },
    );

    test('hashes a view by its own bytes, not those of the buffer behind it', () => {
      const buffer = Uint8Array.of(1, 2, 3, 4, 5);
      expect(crypto.sha256(buffer.subarray(1, 4))).toEqual(crypto.sha256(Uint8Array.of(2, 3, 4)));
    });

    test('gives a hash of its own each time', () => {
      const first = crypto.sha256(Uint8Array.of(1));
      const text = toHex(first);
      crypto.sha256(Uint8Array.of(2));
      expect(toHex(first)).toBe(text);
    });

    test.each(signatures)('the verdict on a signature: $comment, $valid', (vector) => {
      const { device, message, signature, valid } = vector;
      expect(crypto.verify(device, fromHex(message), fromHex(signature))).toBe(valid);
    });

    test('verify never throws', () => {
      const signature = new Uint8Array(SIGNATURE_BYTES);
      for (const text of ['', 'x', '0', '12D3KooW']) {
        expect(crypto.verify(text as DeviceId, new Uint8Array(), signature)).toBe(false);
      }
    });

    test('signs as published, the same each time', () => {
      const signer = signerFromSeed(fromHex(SEED));
      expect(signer.device).toBe(PUBLISHED?.device);
      for (let i = 0; i < 2; i += 1) {
        expect(toHex(signer.sign(fromHex('72')))).toBe(PUBLISHED?.signature);
      }
    });

    test('verifies what it signs, and nothing else', () => {
      const signer = signerFromSeed(new Uint8Array(32).fill(3));
      const message = Uint8Array.from({ length: 900 }, (_, i) => i % 256);
      const signature = signer.sign(message);
      expect(signature).toHaveLength(SIGNATURE_BYTES);
      expect(parseDeviceId(signer.device).ok).toBe(true);
      expect(crypto.verify(signer.device, message, signature)).toBe(true);
      expect(crypto.verify(signer.device, message.subarray(1), signature)).toBe(false);
      const other = signerFromSeed(new Uint8Array(32).fill(4));
      expect(crypto.verify(other.device, message, signature)).toBe(false);
    });
  });
};
