import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BACKOFF_MAX_MS, BACKOFF_MIN_MS, backoffMs } from '../../../transports/backoff.ts';

test('back-off doubles from its shortest to its longest wait', () => {
  const waits = Array.from({ length: 9 }, (_, failures) => backoffMs(failures, () => 0));
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 40_000, 40_000]);
  expect(backoffMs(0, () => 0.5)).toBe(625);
});

test('back-off stays within its bounds, whatever the failures and the jitter', () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (failures, jitter) => {
      const wait = backoffMs(failures, () => jitter);
      expect(wait).toBeGreaterThanOrEqual(BACKOFF_MIN_MS);
      expect(wait).toBeLessThanOrEqual(BACKOFF_MAX_MS);
    }),
  );
});
