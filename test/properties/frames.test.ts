import fc from 'fast-check';
import { expect, test } from 'vitest';
import { portableCrypto as crypto } from '../../protocol/portable-crypto/index.ts';
import { decodeFrame, encodeFrame, frontierDigest, type SyncFrame } from '../../protocol/sync/index.ts';
import { entry, FRAMES, mutated } from '../support/arbitrary-frames.ts';
import { testLog } from '../support/test-log.ts';

test.each(Object.keys(FRAMES) as SyncFrame['type'][])('a %s frame is read back as it was written', (type) => {
  fc.assert(
    fc.property(FRAMES[type], (value) => {
      expect(decodeFrame(encodeFrame(value))).toEqual({ ok: true, value });
    }),
  );
});

test('decodeFrame gives a verdict on any bytes, and what it accepts can be written again', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (hostile) => {
      const verdict = decodeFrame(hostile);
      if (!verdict.ok) expect(verdict.fault.code).toBe('bad_frame');
      else expect(decodeFrame(encodeFrame(verdict.value))).toEqual(verdict);
    }),
    { numRuns: 6000 },
  );
});

test('the digest of a frontier does not depend on the order of its entries', () => {
  const entries = fc.uniqueArray(
    entry(fc.nat(40).map((n) => testLog(1 + (n % 9), `aaaaaa${'abcdefg'[n % 7]}a`).origin)),
    {
      selector: (each) => each.origin,
      maxLength: 8,
    },
  );
  fc.assert(
    fc.property(
      entries.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      ),
      ([list, shuffled]) => {
        expect(frontierDigest(crypto, shuffled)).toEqual(frontierDigest(crypto, list));
      },
    ),
    { numRuns: 50 },
  );
});
