import { describe, expect, test } from 'vitest';
import { JUDGED_FROM_MS, judgeMemory, type MemorySample } from '../../../scripts/soak/memory.ts';

const MB = 1024 * 1024;
const ALLOWANCE = { bytesPerEvent: 100, slackBytes: MB, slackShare: 0.01 };

/** Nine samples over the whole time, of so many bytes and events each. */
const samples = (of: (index: number) => Pick<MemorySample, 'residentBytes' | 'events'>) =>
  Array.from({ length: 9 }, (_, index) => ({ atMs: (index * JUDGED_FROM_MS) / 9, ...of(index) }));

const judge = (
  of: (index: number) => Pick<MemorySample, 'residentBytes' | 'events'>,
  totalMs = JUDGED_FROM_MS,
) => judgeMemory(samples(of), totalMs, ALLOWANCE);

describe('the memory of a process', () => {
  test('is flat when only the first third grew', () => {
    const verdict = judge((index) => ({ residentBytes: Math.min(index, 3) * 50 * MB, events: 0 }));
    expect(verdict).toMatchObject({ flat: true, middleBytes: 150 * MB, lastBytes: 150 * MB });
  });

  test('may grow by the slack and not by a byte more', () => {
    const grown = (bytes: number) =>
      judge((index) => ({ residentBytes: 50 * MB + (index < 6 ? 0 : bytes), events: 0 }));
    expect(grown(MB)).toMatchObject({ flat: true, allowedBytes: 51 * MB });
    expect(grown(MB + 1)).toMatchObject({ flat: false });
  });

  test('may grow by the share of a large process', () => {
    const verdict = judge(() => ({ residentBytes: 200 * MB, events: 0 }));
    expect(verdict).toMatchObject({ allowedBytes: 202 * MB });
  });

  test('may grow with the events that came', () => {
    const verdict = judge((index) => ({ residentBytes: 50 * MB, events: index * 10 }));
    expect(verdict).toMatchObject({ events: 30, allowedBytes: 51 * MB + 3_000 });
  });

  test('is that of the median: one peak is none', () => {
    const verdict = judge((index) => ({ residentBytes: index === 8 ? 900 * MB : 50 * MB, events: 0 }));
    expect(verdict).toMatchObject({ flat: true, lastBytes: 50 * MB });
  });

  test('is not judged after a short time, or without samples', () => {
    const same = () => ({ residentBytes: MB, events: 0 });
    expect(judge(same)).toBeDefined();
    expect(judge(same, JUDGED_FROM_MS - 1)).toBeUndefined();
    expect(judgeMemory(samples(same).slice(0, 6), JUDGED_FROM_MS)).toBeUndefined();
    expect(judgeMemory(samples(same).slice(6), JUDGED_FROM_MS)).toBeUndefined();
  });
});
