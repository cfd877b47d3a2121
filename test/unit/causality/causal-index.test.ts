import { describe, expect, test } from 'vitest';
import { CausalIndex, type CausalStep } from '../../../protocol/causality/index.ts';
import type { Seq } from '../../../protocol/event/index.ts';
import { type LogName, ORIGINS } from '../../support/authored-history.ts';

const { A, B, C } = ORIGINS;

const at = (log: LogName, seq: Seq) => ({ origin: ORIGINS[log], seq });

/** An index with so many events of a log applied that have seen nothing. */
const withLog = (index: CausalIndex, log: LogName, length: Seq): CausalIndex => {
  for (let seq = index.applied(ORIGINS[log]) + 1; seq <= length; seq += 1)
    index.apply(at(log, seq), undefined);
  return index;
};

describe('an event sees', () => {
  test('itself and its own log up to itself, and nothing later', () => {
    const index = withLog(new CausalIndex(), 'A', 3);
    expect(index.sees(at('A', 2), at('A', 1))).toBe(true);
    expect(index.sees(at('A', 2), at('A', 2))).toBe(true);
    expect(index.sees(at('A', 2), at('A', 3))).toBe(false);
  });

  test('nothing of a log that its own has not stated', () => {
    const index = withLog(withLog(new CausalIndex(), 'A', 1), 'B', 1);
    expect(index.sees(at('A', 1), at('B', 1))).toBe(false);
    expect(index.seenSeq(at('A', 1), B)).toBe(0);
    expect(index.seenSeq(at('C', 1), B)).toBe(0);
  });

  test('exactly what was stated up to it: edges of the binary search', () => {
    // A3 states B2, A6 states B5: A1..A2 see nothing of B, A3..A5 up to B2, A6 and later up to B5.
    const index = withLog(withLog(new CausalIndex(), 'B', 6), 'A', 2);
    index.apply(at('A', 3), { [B]: 2 });
    withLog(index, 'A', 5).apply(at('A', 6), { [B]: 5 });
    withLog(index, 'A', 8);
    const seen = [1, 2, 3, 4, 5, 6, 7, 8].map((seq) => index.seenSeq(at('A', seq), B));
    expect(seen).toEqual([0, 0, 2, 2, 2, 5, 5, 5]);
    expect(index.sees(at('A', 5), at('B', 2))).toBe(true);
    expect(index.sees(at('A', 5), at('B', 3))).toBe(false);
    expect(index.sees(at('A', 6), at('B', 5))).toBe(true);
    expect(index.sees(at('A', 6), at('B', 6))).toBe(false);
  });

  test('each step of a long list of steps', () => {
    const index = withLog(new CausalIndex(), 'B', 100);
    for (let seq = 1; seq <= 100; seq += 1) index.apply(at('A', seq), { [B]: seq });
    for (let seq = 1; seq <= 100; seq += 1) expect(index.seenSeq(at('A', seq), B)).toBe(seq);
  });

  test('what those have seen that it saw, though it does not say so', () => {
    const index = withLog(new CausalIndex(), 'A', 1);
    index.apply(at('B', 1), { [A]: 1 });
    index.apply(at('C', 1), { [B]: 1 });
    expect(index.sees(at('C', 1), at('A', 1))).toBe(true);
    expect(index.seenVector(at('C', 1))).toEqual({ [A]: 1, [B]: 1 });
  });

  test('only what the seen event itself had seen, not what its log saw later', () => {
    const index = withLog(withLog(new CausalIndex(), 'A', 1), 'B', 1);
    index.apply(at('B', 2), { [A]: 1 });
    index.apply(at('C', 1), { [B]: 1 });
    expect(index.sees(at('C', 1), at('A', 1))).toBe(false);
    index.apply(at('C', 2), { [B]: 2 });
    expect(index.sees(at('C', 2), at('A', 1))).toBe(true);
  });

  test('what it saw before, when a later statement is lower', () => {
    const index = withLog(new CausalIndex(), 'B', 3);
    index.apply(at('A', 1), { [B]: 3 });
    expect(index.apply(at('A', 2), { [B]: 1 })).toBeUndefined();
    expect(index.seenSeq(at('A', 2), B)).toBe(3);
  });
});

describe('the seen vector', () => {
  test('is that of the event, its own log left out', () => {
    const index = withLog(withLog(withLog(new CausalIndex(), 'B', 2), 'C', 1), 'A', 1);
    index.apply(at('A', 2), { [B]: 1 });
    index.apply(at('A', 3), { [B]: 2, [C]: 1 });
    expect([1, 2, 3].map((seq) => index.seenVector(at('A', seq)))).toEqual([
      {},
      { [B]: 1 },
      { [B]: 2, [C]: 1 },
    ]);
  });
});

describe('an event is ready', () => {
  test('when its predecessor and all that it states are applied', () => {
    const index = new CausalIndex();
    expect(index.missing(at('A', 1), undefined)).toBeUndefined();
    expect(index.missing(at('A', 3), undefined)).toEqual(at('A', 2));
    expect(index.missing(at('A', 1), { [B]: 2 })).toEqual(at('B', 2));
    withLog(index, 'B', 1);
    expect(index.missing(at('A', 1), { [B]: 2 })).toEqual(at('B', 2));
    withLog(index, 'B', 2);
    expect(index.missing(at('A', 1), { [B]: 2 })).toBeUndefined();
  });

  test.each([
    ['a gap in its log', at('A', 3), undefined],
    ['what it states is not applied', at('A', 2), { [B]: 1 }],
    ['it was applied before', at('A', 1), undefined],
    ['no event has its seq', at('A', 0), undefined],
  ])('and else refused, leaving the index as it was: %s', (_, place, seen) => {
    const index = withLog(new CausalIndex(), 'A', 1);
    expect(() => index.apply(place, seen)).toThrow(RangeError);
    expect([...index.frontier()]).toEqual([[A, 1]]);
    expect(index.seenVector(at('A', 2))).toEqual({});
  });
});

describe('steps kept on disk', () => {
  test('say only what rose, closed', () => {
    const index = withLog(new CausalIndex(), 'A', 2);
    expect(index.apply(at('B', 1), { [A]: 1 })).toEqual({ origin: B, seq: 1, seen: { [A]: 1 } });
    expect(index.apply(at('B', 2), undefined)).toBeUndefined();
    expect(index.apply(at('C', 1), { [B]: 2 })).toEqual({ origin: C, seq: 1, seen: { [A]: 1, [B]: 2 } });
    expect(index.apply(at('C', 2), { [A]: 1 })).toBeUndefined();
    expect(index.apply(at('C', 3), { [A]: 2, [B]: 2 })).toEqual({ origin: C, seq: 3, seen: { [A]: 2 } });
  });

  test('make the same index again', () => {
    const steps: readonly CausalStep[] = [
      { origin: A, seq: 3, seen: { [B]: 2 } },
      { origin: A, seq: 6, seen: { [B]: 5, [C]: 1 } },
    ];
    const index = new CausalIndex();
    index.restoreApplied(A, 7);
    index.restoreApplied(B, 5);
    for (const step of steps) index.restoreStep(step);
    expect(index.seenVector(at('A', 5))).toEqual({ [B]: 2 });
    expect(index.seenVector(at('A', 7))).toEqual({ [B]: 5, [C]: 1 });
    expect(index.missing(at('A', 9), undefined)).toEqual(at('A', 8));
    expect(index.missing(at('A', 8), { [B]: 6 })).toEqual(at('B', 6));
  });
});

describe('the fork of a log', () => {
  const forkedAt = (log: LogName, fork: Seq): CausalIndex =>
    new CausalIndex((origin) => (origin === ORIGINS[log] ? fork - 1 : undefined));

  test('is where it ends: the event before is applied, the one at the fork is not (C4)', () => {
    const index = withLog(forkedAt('A', 3), 'A', 2);
    expect(index.isCutOff(at('A', 2))).toBe(false);
    expect(index.isCutOff(at('A', 3))).toBe(true);
    expect(() => index.apply(at('A', 3), undefined)).toThrow(RangeError);
    expect(index.applied(A)).toBe(2);
  });

  test('bounds what others have seen of it, and what they wait for', () => {
    const index = withLog(forkedAt('A', 3), 'A', 1);
    expect(index.missing(at('B', 1), { [A]: 7 })).toEqual(at('A', 2));
    withLog(index, 'A', 2);
    expect(index.apply(at('B', 1), { [A]: 7 })).toEqual({ ...at('B', 1), seen: { [A]: 2 } });
    expect(index.seenSeq(at('B', 1), A)).toBe(2);
    expect(index.apply(at('B', 2), { [A]: 8 })).toBeUndefined();
  });

  test('at its first event leaves nothing to see or to wait for', () => {
    const index = forkedAt('A', 1);
    expect(index.missing(at('B', 1), { [A]: 7 })).toBeUndefined();
    expect(index.apply(at('B', 1), { [A]: 7 })).toBeUndefined();
    expect(index.seenVector(at('B', 1))).toEqual({});
  });
});
