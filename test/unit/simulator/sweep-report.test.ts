import { describe, expect, test } from 'vitest';
import { measureOf } from '../../../node/simulator/report/measure.ts';
import { type SweepRow, sweepCharts } from '../../../node/simulator/report/sweep-charts.ts';
import { sweepReport } from '../../../node/simulator/report/sweep-report.ts';

const PEERS = [10, 30, 100, 300, 1_000];
const LOSSES = [0, 10, 50];

/** As a sweep over peers and loss may end. */
const ROWS: readonly SweepRow[] = LOSSES.flatMap((loss) =>
  PEERS.flatMap((peers): readonly SweepRow[] => {
    const us = 1_000_000 * Math.log2(peers) * (1 + loss / 20);
    const params = { peers, 'links.lossPermille': loss, topology: 'full' };
    return [
      { params, metric: 'healedAfterUs', n: 20, median: us, low: 0.8 * us, high: 1.3 * us },
      {
        params,
        metric: 'bytes',
        n: 20,
        median: 900 * peers ** 2,
        low: 800 * peers ** 2,
        high: 950 * peers ** 2,
      },
    ];
  }),
);

describe('the figures of a sweep', () => {
  test('are one for each metric, over the parameter with the most values, a series for each of the others', () => {
    const [healing, bytes, ...more] = sweepCharts(ROWS);
    expect(more).toEqual([]);
    expect(healing).toMatchObject({
      title: 'Healed after over peers',
      x: { label: 'peers', scale: 'log', ticks: PEERS },
      y: { label: 'healed after (s)', scale: 'linear' },
    });
    expect(healing?.series.map(({ name }) => name)).toEqual(
      LOSSES.map((loss) => `links.lossPermille = ${loss}`),
    );
    expect(healing?.series[0]?.points[2]).toEqual({ x: 100, y: expect.closeTo(Math.log2(100), 9) });
    expect(healing?.series[0]?.bars?.[2]).toMatchObject({ low: expect.closeTo(0.8 * Math.log2(100), 9) });
    expect(bytes).toMatchObject({ y: { label: 'bytes (MB)', scale: 'log' } });
  });

  test('are drawn over another parameter if asked', () => {
    const [healing] = sweepCharts(ROWS, { x: 'links.lossPermille' });
    // A logarithm has no place for no loss.
    expect(healing?.x).toMatchObject({ label: 'links.lossPermille', scale: 'linear', ticks: LOSSES });
    expect(healing?.series).toHaveLength(PEERS.length);
  });

  test('have theory beside them, in the same unit', () => {
    const [healing, bytes] = sweepCharts(ROWS, {
      references: [{ metric: 'healedAfterUs', name: 'log2 N', points: [{ x: 10, y: 3_000_000 }] }],
    });
    expect(healing?.series.at(-1)).toEqual({ name: 'log2 N', kind: 'line', points: [{ x: 10, y: 3 }] });
    expect(bytes?.series).toHaveLength(LOSSES.length);
  });

  test('are several where series could not be told apart', () => {
    const rows = ROWS.flatMap((row) =>
      [1, 2, 3].map((degree) => ({ ...row, params: { ...row.params, degree } })),
    );
    const charts = sweepCharts(rows);
    expect(charts.map(({ title, series }) => [title, series.length])).toEqual(
      ['Healed after', 'Bytes'].flatMap((title) =>
        [1, 2, 3].map((degree) => [`${title} over peers, degree = ${degree}`, 3]),
      ),
    );
  });

  test('name values that are none', () => {
    const rows = ['ring', 'star'].map((topology, i) => ({
      params: { topology },
      metric: 'stretch',
      n: 1,
      median: i,
    }));
    const [chart] = sweepCharts(rows);
    expect(chart?.series[0]?.points).toEqual([
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ]);
    const { ticks = [], format } = chart?.x ?? {};
    expect(typeof format === 'function' && ticks.map(format)).toEqual(['ring', 'star']);
  });

  test('put numbers one after the other that would lie upon each other, and say so', () => {
    const over = (values: readonly number[], references: boolean) =>
      sweepCharts(
        values.map((loss) => ({ params: { loss }, metric: 'bytes', n: 1, median: 1 })),
        references ? { references: [{ metric: 'bytes', name: 'theory', points: [] }] } : {},
      )[0];
    const close = over([200, 0, 1, 50], false);
    expect(close?.x).toMatchObject({ label: 'loss (not to scale)', ticks: [0, 1, 2, 3] });
    expect(close?.series[0]).toMatchObject({
      kind: 'line-and-dots',
      points: [{ x: 0 }, { x: 1 }, { x: 2 }, { x: 3 }],
    });
    const { ticks = [], format } = close?.x ?? {};
    expect(typeof format === 'function' && ticks.map(format)).toEqual(['0', '1', '50', '200']);
    expect(over([200, 0, 10, 50], false)?.x).toMatchObject({ label: 'loss', ticks: [0, 10, 50, 200] });
    // Theory is drawn to scale.
    expect(over([200, 0, 1, 50], true)?.x).toMatchObject({ label: 'loss' });
  });

  test('say of how many runs a point is', () => {
    const over = (...counts: readonly number[]) =>
      sweepCharts(counts.map((n, i) => ({ params: { peers: i }, metric: 'us', n, median: 1 })))[0];
    expect(over(1, 1)).toMatchObject({
      caption: expect.stringMatching(/^One run for each value\./),
      series: [{ name: 'value' }],
    });
    expect(over(5, 5)).toMatchObject({
      caption: expect.stringMatching(/^Medians of 5 runs /),
      series: [{ name: 'median' }],
    });
    expect(over(1, 5)?.caption).toMatch(/^Medians of 1 to 5 runs /);
  });

  test('leave out what did not come about', () => {
    const rows: readonly SweepRow[] = [
      { params: { peers: 2 }, metric: 'us', n: 10, median: 1, low: 1, high: Number.POSITIVE_INFINITY },
      { params: { peers: 4 }, metric: 'us', n: 10, median: Number.POSITIVE_INFINITY },
    ];
    expect(sweepCharts(rows)[0]?.series).toMatchObject([{ points: [{ x: 2, y: 1 }], bars: [] }]);
    expect(sweepReport({ title: 't', rows })).toContain('<td>never</td>');
  });
});

test('the report of a sweep needs nothing but itself, and is the same for the same rows', () => {
  const input = { title: 'A <study>', facts: [['runs', '300: 299 pass, 1 unknown']] as const, rows: ROWS };
  const html = sweepReport(input);
  expect(sweepReport(input)).toBe(html);
  expect(html).not.toMatch(/<script|<link|@import|url\(|\b(?:src|href)\s*=/i);
  expect(html).not.toMatch(/NaN|Infinity|undefined/);
  for (const text of ['A &#60;study&#62;', '299 pass', 'healedAfterUs (s)', 'links.lossPermille'])
    expect(html).toContain(text);
  expect(html.match(/<figure>/g)).toHaveLength(2);
});

test.each([
  ['convergedAfterUs', 3_000_000, 'converged after', 's', 1e6],
  ['time_to_visibility_us', 99_999, 'time to visibility', 'ms', 1e3],
  ['wallMs', 1_000, 'wall', 's', 1e3],
  ['wallMs', 999, 'wall', 'ms', 1],
  ['peakMemoryBytes', 2e10, 'peak memory', 'GB', 1e9],
  ['bytes', 20_000_000, 'bytes', 'MB', 1e6],
  ['bytes_per_peer', 81_250, 'bytes per peer', 'kB', 1e3],
  ['messages_per_peer', 81_250, 'messages per peer', undefined, 1],
  ['bytes', Number.POSITIVE_INFINITY, 'bytes', 'kB', 1e3],
  ['convergedAt', 60_000_000, 'converged at', 's', 1e6],
  ['conflicts.open', 7, 'conflicts open', undefined, 1],
])('%s of %d is shown as %s in %s', (metric, value, words, unit, size) => {
  expect(measureOf(metric, [1, value])).toEqual({ words, unit, factor: 1 / size });
});
