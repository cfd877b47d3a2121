import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { type Chart, chartHtml } from '../../../node/simulator/plots/chart.ts';
import { pageHtml, tableHtml } from '../../../node/simulator/plots/html.ts';

/** What is written at an axis of a chart, from the least on. */
const writtenAt = (html: string, name: 'x' | 'y'): readonly (string | undefined)[] => {
  const [, axis = ''] =
    new RegExp(`aria-label="${name}-axis tick label"[^>]*>(.*?)</g>`, 's').exec(html) ?? [];
  return [...axis.matchAll(/<text[^>]*?(?:\/>|>([^<]*)<\/text>)/g)].map(([, text]) => text);
};

test.each([[[10, 20, 40, 80, 160, 320, 640]], [[1, 3, 7, 9, 10, 70, 99, 900, 5_000, 80_000]]])(
  'every value that an axis is to show is written, also where it is logarithmic: %j',
  (ticks) => {
    const html = chartHtml({
      title: 'a title',
      caption: 'a caption',
      x: { label: 'x', scale: 'log', ticks, format: (value) => `${value} devices` },
      y: { label: 'y' },
      series: [{ name: 'a', kind: 'line-and-dots', points: ticks.map((x) => ({ x, y: x })) }],
    });
    expect(writtenAt(html, 'x')).toEqual(ticks.map((value) => `${value} devices`));
  },
);

/** Marks of one kind in the drawing of a chart, beside those of its axes and keys, or what is in them. */
const drawn = (
  html: string,
  mark: string,
  within?: string,
): readonly { readonly getAttribute: (name: string) => string | null }[] => {
  const selector = `figure > svg [aria-label="${mark}"]`;
  const { document } = parseHTML(html);
  return [...document.querySelectorAll(within === undefined ? selector : `${selector} ${within}`)];
};

const chartOf = (chart: Partial<Chart>): string =>
  chartHtml({ title: 't', caption: 'c', x: { label: 'x' }, y: { label: 'y' }, series: [], ...chart });

/** A line from the least to the most. */
const lineOf = (...values: readonly number[]): Chart['series'] => [
  { name: 'a', kind: 'line', points: values.map((y, x) => ({ x: x + 1, y })) },
];

test('nothing but nought lies at the bottom of an axis that has numbers', () => {
  const html = chartOf({
    series: [{ name: 'a', kind: 'dots', points: [{ x: 1, y: 0 }], bars: [{ x: 1, low: 0, high: 0 }] }],
  });
  const written = writtenAt(html, 'y');
  expect(written[0]).toMatch(/^0(\.0+)?$/);
  expect(written.at(-1)).toMatch(/^1(\.0+)?$/);
  // An interval without an extent is none to be seen.
  const bar = drawn(html, 'rule', 'line')[0];
  expect(bar?.getAttribute('y1')).toBe('256');
  expect(bar?.getAttribute('y2')).toBe('256');
});

test.each([
  [
    [0.01, 30],
    ['0.01', '0.02', '0.05', '0.1', '0.2', '0.5', '1', '2', '5', '10', '20'],
  ],
  [
    [4_000, 380_000],
    ['5,000', '10,000', '20,000', '50,000', '100,000', '200,000'],
  ],
  [
    [1, 1e7],
    ['1', '10', '100', '1,000', '10,000', '100,000', '1,000,000', '10,000,000'],
  ],
  [
    [3, 8],
    ['3', '4', '5', '6', '7', '8'],
  ],
])('a logarithmic axis over %j has labels as on a ruler', (values, labels) => {
  const html = chartOf({ y: { label: 'y', scale: 'log' }, series: lineOf(...values) });
  expect(writtenAt(html, 'y').filter((text) => text !== '' && text !== undefined)).toEqual(labels);
});

test('a logarithmic axis with one value has a label as well', () => {
  const html = chartOf({ y: { label: 'y', scale: 'log' }, series: lineOf(7) });
  expect(writtenAt(html, 'y')).toContain('7');
});

test('marks that are near each other have their names in different rows, within the figure', () => {
  const marks = [1, 99, 99.5].map((x) => ({ x, name: `at ${x}` }));
  const html = chartOf({
    x: { label: 'x', domain: [0, 100] },
    series: [{ name: 'a', kind: 'line', points: [0, 100].map((x) => ({ x, y: 1 })) }],
    marks,
  });
  const names = drawn(html, 'text');
  expect(names.map((name) => name.getAttribute('text-anchor'))).toEqual(['start', 'end', 'end']);
  const rows = names.map((name) => /translate\(\S+,(\S+)\)/.exec(name.getAttribute('transform') ?? '')?.[1]);
  expect(rows).not.toContain(undefined);
  expect(new Set(rows).size).toBe(3);
});

test('names that have no place side by side are tilted', () => {
  const tilted = (count: number): boolean =>
    /rotate\(-45/.test(
      chartOf({
        x: {
          label: 'x',
          domain: [0, count],
          ticks: Array.from({ length: count }, (_, i) => i),
          format: (value) => `${value}0s to 300s`,
        },
        series: lineOf(1, 2),
      }),
    );
  expect([tilted(4), tilted(9)]).toEqual([false, true]);
});

test('the edges of a band are drawn as its line is', () => {
  const html = chartOf({
    series: [
      { name: 'a', kind: 'line', points: [] },
      { name: 'b', kind: 'line', points: [{ x: 0, y: 1 }], band: [{ x: 0, low: 0, high: 2 }] },
    ],
  });
  const lines = drawn(html, 'line').map((line) => line.getAttribute('stroke-dasharray'));
  expect(lines.filter((dashes) => dashes === '7 3')).toHaveLength(3);
});

test('a page can be printed: figures and tables stay whole, below what they are about, on white', () => {
  const html = pageHtml('t', [tableHtml(['n'], [['1']], { caption: 'c', kind: 'numbers' })]);
  const [, style = ''] = /<style>(.*?)<\/style>/s.exec(html) ?? [];
  expect(style).toMatch(/^figure \{[^}]*break-inside: avoid/m);
  expect(style).toMatch(/^table \{[^}]*break-inside: avoid/m);
  expect(style).toMatch(/^h1, h2, h3, caption \{ break-after: avoid/m);
  // What is dark on a screen is so there alone.
  expect(style).toMatch(/@media screen and \(prefers-color-scheme: dark\)/);
  expect(style).toMatch(/^figure \{[^}]*background: #fff/m);
  expect(html).toContain('<table class="numbers">');
});
