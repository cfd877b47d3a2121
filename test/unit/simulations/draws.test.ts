import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EXPONENTIAL, STEPS, UNIT } from '../../../simulations/draws/exponential.ts';
import { CONCERNS, Draws } from '../../../simulations/draws/index.ts';
import { philox, type Words } from '../../../simulations/draws/philox.ts';

const hex = (words: readonly number[]): string =>
  words.map((word) => word.toString(16).padStart(8, '0')).join(' ');

describe('Philox4x32-10', () => {
  // The known answers of Random123, the reference implementation of the paper.
  test.each([
    [[0, 0], [0, 0, 0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [
      [0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      '408f276d 41c83b0e a20bc7c6 6d5451fd',
    ],
    [
      [0xa4093822, 0x299f31d0],
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      'd16cfe09 94fdcceb 5001e420 24126ea1',
    ],
  ] as const)('key %j, counter %j', (key, counter, words) => {
    expect(hex(philox(key, counter as Words))).toBe(words);
  });
});

describe('draws', () => {
  test('are a function of seed, concern, entity and number, and of nothing else', () => {
    const first = new Draws(7n).stream('latency', 3);
    const words = [first.word(), first.word(), first.word()];
    const draws = new Draws(7n);
    const [other, again] = [draws.stream('loss', 3), draws.stream('latency', 3)];
    expect([again.word(), other.word() === words[0], again.word(), again.word()]).toEqual([
      words[0],
      false,
      words[1],
      words[2],
    ]);
    expect(again.count).toBe(3);
  });

  test('differ with the seed, in all of its 64 bits, with the concern and with the entity', () => {
    const seeds = Array.from({ length: 64 }, (_, bit) => new Draws(1n << BigInt(bit)).stream('ties').word());
    const concerns = CONCERNS.map((concern) => new Draws(0n).stream(concern).word());
    const entities = [1, 2, 2 ** 32 - 1].map((entity) => new Draws(0n).stream('ties', entity).word());
    const all = [...seeds, ...concerns, ...entities];
    expect(new Set(all).size).toBe(all.length);
    expect(() => new Draws(0n).stream('ties', 2 ** 32)).toThrow(RangeError);
  });

  test('lie in their range, up to the largest', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.integer({ min: 1, max: 2 ** 32 }),
        (seed, count) => {
          const drawn = new Draws(seed).stream('engine').below(count);
          // The exact upper half of the product.
          const word = new Draws(seed).stream('engine').word();
          expect(drawn).toBe(Number((BigInt(word) * BigInt(count)) >> 32n));
        },
      ),
    );
    const stream = new Draws(1n).stream('engine');
    for (const count of [0, -1, 1.5, 2 ** 32 + 1]) expect(() => stream.below(count)).toThrow(RangeError);
    const seen = new Set(Array.from({ length: 200 }, () => stream.between(-1, 1)));
    expect([...seen].sort()).toEqual([-1, 0, 1]);
    expect([stream.chance(0), stream.chance(1_000_000)]).toEqual([false, true]);
  });

  test('a shuffle keeps everything, and a pick takes one', () => {
    const stream = new Draws(2n).stream('topology');
    const items = Array.from({ length: 50 }, (_, i) => i);
    const shuffled = stream.shuffled(items);
    expect(shuffled).not.toEqual(items);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
    expect(items).toContain(stream.pick(items));
    const { count } = stream;
    expect(stream.pick([])).toBeUndefined();
    expect(stream.count).toBe(count);
  });
});

describe('exponential draws', () => {
  test('follow the logarithm, to a millionth', () => {
    for (const [i, value] of EXPONENTIAL.entries()) {
      const exact = -Math.log((STEPS - i - 0.5) / STEPS);
      expect(Math.abs(value / UNIT - exact)).toBeLessThan(2 / UNIT);
    }
  });

  test('have the mean that is asked for, to two in a hundred', () => {
    const stream = new Draws(3n).stream('latency');
    const count = 100_000;
    const sum = Array.from({ length: count }, () => stream.exponential(10_000)).reduce((a, b) => a + b, 0);
    expect(Math.abs(sum / count / 10_000 - 1)).toBeLessThan(0.02);
    expect(stream.exponential(0)).toBe(0);
  });
});
