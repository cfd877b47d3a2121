import { describe, expect, test } from 'vitest';
import { JUDGED_FROM_MS, judgeMemory, type MemorySample } from '../../../scripts/soak/memory.ts';

const MB = 1024 * 1024;
const ALLOWANCE = { bytesPerEvent: 100, heldSlackBytes: MB, residentSlackBytes: 2 * MB };

type Taken = Omit<MemorySample, 'atMs'>;

const STILL: Taken = { heldBytes: 10 * MB, residentBytes: 50 * MB, events: 0 };

/** Nine samples over the whole time. */
const samples = (of: (index: number) => Partial<Taken>) =>
  Array.from({ length: 9 }, (_, index) => ({ atMs: (index * JUDGED_FROM_MS) / 9, ...STILL, ...of(index) }));

const judge = (of: (index: number) => Partial<Taken>, totalMs = JUDGED_FROM_MS) =>
  judgeMemory(samples(of), totalMs, ALLOWANCE);

/** What a process takes that has grown by so many bytes when the last third begins. */
const grown = (kind: 'heldBytes' | 'residentBytes', bytes: number) =>
  judge((index) => ({ [kind]: STILL[kind] + (index < 6 ? 0 : bytes) }));

describe('the memory of a process', () => {
  test('is flat when only the first third grew', () => {
    const verdict = judge((index) => ({ residentBytes: Math.min(index, 3) * 50 * MB }));
    expect(verdict).toMatchObject({
      flat: true,
      resident: { middleBytes: 150 * MB, lastBytes: 150 * MB },
    });
  });

  test('may hold more by the slack and not by a byte more', () => {
    expect(grown('heldBytes', MB)).toMatchObject({ flat: true, held: { allowedBytes: 11 * MB } });
    expect(grown('heldBytes', MB + 1)).toMatchObject({ flat: false });
  });

  test('may take more of the machine by the slack and not by a byte more', () => {
    expect(grown('residentBytes', 2 * MB)).toMatchObject({ flat: true, resident: { allowedBytes: 52 * MB } });
    expect(grown('residentBytes', 2 * MB + 1)).toMatchObject({ flat: false });
  });

  test('may grow with the events that came', () => {
    const verdict = judge((index) => ({ events: index * 10 }));
    expect(verdict).toMatchObject({
      events: 30,
      held: { allowedBytes: 11 * MB + 3_000 },
      resident: { allowedBytes: 52 * MB + 3_000 },
    });
  });

  test('is that of the median: one peak is none', () => {
    const verdict = judge((index) => ({ residentBytes: index === 8 ? 900 * MB : 50 * MB }));
    expect(verdict).toMatchObject({ flat: true, resident: { lastBytes: 50 * MB } });
  });

  test('is not judged after a short time, or without samples', () => {
    const still = () => STILL;
    expect(judge(still)).toBeDefined();
    expect(judge(still, JUDGED_FROM_MS - 1)).toBeUndefined();
    expect(judgeMemory(samples(still).slice(0, 6), JUDGED_FROM_MS)).toBeUndefined();
    expect(judgeMemory(samples(still).slice(6), JUDGED_FROM_MS)).toBeUndefined();
  });
});
