import { describe, expect, test } from 'vitest';
import { type GroupReport, groupText } from '../../../scripts/bench/frame/report.ts';
import { measureRounds } from '../../../scripts/bench/frame/rounds.ts';
import type { Figures, Subject } from '../../../scripts/bench/frame/subject.ts';
import { summarise, withAims } from '../../../scripts/bench/frame/summary.ts';

const FIGURES = [{ key: 'perS', title: 'events/s' }] as const;
const RATIOS = [{ figure: 'perS', of: 'floor' }] as const;

const measured = (ours: readonly number[], floor: readonly number[]) => [
  { subject: 'ours', samples: ours.map((perS) => ({ perS })) },
  { subject: 'floor', samples: floor.map((perS) => ({ perS })) },
];

const ratiosOf = (ours: readonly number[], floor: readonly number[]) =>
  summarise(measured(ours, floor), FIGURES, RATIOS).map(({ ratios }) => ratios['perS of floor']);

describe('what rounds come to', () => {
  test('is the median of each figure, and how far it goes', () => {
    const [ours] = summarise(measured([3, 1, 100, 2, 50], []), FIGURES, []);
    expect(ours).toMatchObject({ medians: { perS: 3 }, ranges: { perS: [1, 100] } });
  });

  test('leaves out rounds in which a figure was not taken', () => {
    const samples: Figures[] = [{ perS: 4 }, {}, { perS: 8 }];
    const [ours] = summarise([{ subject: 'ours', samples }], FIGURES, []);
    expect(ours?.medians).toEqual({ perS: 6 });
  });

  test('compares what was measured in the same round', () => {
    // The machine was slow in the second and the third round, for both of them.
    expect(ratiosOf([50, 5, 5], [100, 10, 10])).toEqual([0.5, 1]);
    // The ratio of the medians would be 5 / 100.
    expect(ratiosOf([50, 5, 5], [100, 10, 100])).toEqual([0.5, 1]);
  });

  test('has no ratio where there is nothing to divide by', () => {
    expect(ratiosOf([50], []).at(0)).toBeNaN();
    expect(ratiosOf([50], [0]).at(0)).toBeNaN();
  });
});

describe('rounds', () => {
  test('measure every subject once each, and begin with another one each time', async () => {
    const order: string[] = [];
    const subjects = ['a', 'b', 'c'].map(
      (name): Subject => ({
        name,
        async measure() {
          order.push(name);
          return { at: order.length };
        },
      }),
    );
    const found = await measureRounds(subjects, 3, () => undefined);
    expect(order.join('')).toBe('abcbcacab');
    expect(found[0]).toEqual({ subject: 'a', samples: [{ at: 1 }, { at: 6 }, { at: 8 }] });
  });
});

test('a table has a row for each subject, with the numbers at the right', async () => {
  const report: GroupReport = {
    title: 'Appends',
    figures: FIGURES,
    ratios: RATIOS,
    rows: summarise(measured([1_000, 1_200, 900], [20_000, 20_000, 20_000]), FIGURES, RATIOS),
  };
  expect(await groupText(report)).toBe(
    [
      'Appends',
      '  SUBJECT  EVENTS/S     LEAST - MOST  × FLOOR',
      '  ours        1,000      900 - 1,200    0.050',
      '  floor      20,000  20,000 - 20,000     1.00',
    ].join('\n'),
  );
});

test('a table says of each subject what it aims at, and whether that is held', async () => {
  const aims: readonly Subject[] = [
    { name: 'ours', aim: { text: '> 950', held: ({ perS = 0 }) => perS > 950 }, measure: async () => ({}) },
    { name: 'floor', measure: async () => ({}) },
  ];
  const tableOf = (perS: number): Promise<string> => {
    const rows = withAims(summarise(measured([perS], [20_000]), FIGURES, []), aims);
    return groupText({ title: 'Appends', figures: FIGURES, ratios: [], rows }, true);
  };
  expect(await tableOf(1_000)).toBe(
    [
      'Appends',
      '  SUBJECT  EVENTS/S  AIM    HELD',
      '  ours        1,000  > 950  yes',
      '  floor      20,000',
    ].join('\n'),
  );
  expect(await tableOf(950)).toContain('950  > 950  NO');
});
