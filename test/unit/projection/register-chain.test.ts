import { expect, it } from 'vitest';
import type { JsonValue } from '../../../protocol/bytes/index.ts';
import { placeParts, rowKey } from '../../../protocol/projection/keys.ts';
import { extendChain, lastWriteUpTo } from '../../../protocol/projection/register-chain.ts';
import type { ChainEnd, ChainLink } from '../../../protocol/projection/rows.ts';
import { ORIGINS } from '../../support/authored-history.ts';

const WRITES = 300;

const origin = ORIGINS.A;

/** A log that writes a register with every third event: its rows, its links, and its end after each write. */
const chained = () => {
  const rows = new Map<string, JsonValue>();
  const context = {
    reads: 0,
    get(key: string) {
      this.reads += 1;
      return rows.get(key);
    },
  };
  const links = new Map<number, ChainLink>();
  const ends: ChainEnd[] = [];
  for (let seq = 3; seq <= 3 * WRITES; seq += 3) {
    const { link, end } = extendChain(ends.at(-1), seq);
    links.set(seq, link);
    ends.push(end);
    rows.set(rowKey('event', 'e', ...placeParts({ origin, seq })), { writes: { f: link } });
  }
  return { context, links, ends };
};

it('links each write to the one before and to one further back, by the skew-binary rule', () => {
  const { links } = chained();
  const depthOf = (seq: number): number => seq / 3;
  const jumpOf = (seq: number): number => links.get(seq)?.[1] ?? 0;
  for (const [seq, [previous, jump]] of links) {
    expect(previous).toBe(seq - 3);
    const second = jumpOf(previous);
    const isBalanced = depthOf(previous) - depthOf(second) === depthOf(second) - depthOf(jumpOf(second));
    expect(jump).toBe(isBalanced ? jumpOf(second) : previous);
  }
  expect(links.size).toBe(WRITES);
});

it('keeps at its end the length, the newest write and where one comes by jumping from it, and no more', () => {
  const { links, ends } = chained();
  for (const [i, end] of ends.entries()) {
    const met = [];
    for (let seq = 3 * (i + 1); seq > 0; seq = links.get(seq)?.[1] ?? 0) met.push(seq);
    expect(end).toEqual([i + 1, ...met]);
    expect(end.length).toBeLessThanOrEqual(2 + 2 * Math.log2(i + 1));
  }
});

it('finds any earlier write in a logarithmic number of reads', () => {
  const { context, ends } = chained();
  const end = ends.at(-1) as ChainEnd;
  for (let bound = 0; bound <= end[1]; bound += 1) {
    context.reads = 0;
    const found = lastWriteUpTo(context, { entityId: 'e', field: 'f', origin, end }, bound);
    expect(found).toBe(bound - (bound % 3));
    expect(context.reads).toBeLessThanOrEqual(3 * Math.log2(WRITES));
  }
});
