import { expect, test } from 'vitest';
import { chartHtml } from '../../../node/simulator/plots/chart.ts';

/** What is written at the x axis of a chart, from left to right. */
const writtenAtX = (html: string): readonly (string | undefined)[] => {
  const [, axis = ''] = /aria-label="x-axis tick label">(.*?)<\/g>/s.exec(html) ?? [];
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
    expect(writtenAtX(html)).toEqual(ticks.map((value) => `${value} devices`));
  },
);
