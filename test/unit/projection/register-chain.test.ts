import { expect, it } from 'vitest';
import type { JsonValue } from '../../../protocol/bytes/index.ts';
import { placeParts, rowKey } from '../../../protocol/projection/keys.ts';
import { lastWriteUpTo, nextLink } from '../../../protocol/projection/register-chain.ts';
import type { ChainLink } from '../../../protocol/projection/rows.ts';
import { ORIGINS } from '../../support/authored-history.ts';

const WRITES = 300;

const origin = ORIGINS.A;

/** Rows of a log that writes a register with every third event, and how often a row was read. */
const chained = () => {
  const rows = new Map<string, JsonValue>();
  const context = {
    reads: 0,
    get(key: string) {
      this.reads += 1;
      return rows.get(key);
    },
  };
  const links = new Map<number, ChainLink>([[0, [0, 0, 0]]]);
  let [last, readsMost] = [0, 0];
  for (let seq = 3; seq <= 3 * WRITES; seq += 3) {
    context.reads = 0;
    const link = nextLink(context, { entityId: 'e', field: 'f', origin, last });
    readsMost = Math.max(readsMost, context.reads);
    links.set(seq, link);
    rows.set(rowKey('event', 'e', ...placeParts({ origin, seq })), { writes: { f: link } });
    last = seq;
  }
  return { context, links, last, readsMost };
};

it('links each write to the one before and to one further back, by the skew-binary rule', () => {
  const { links, readsMost } = chained();
  const linkAt = (seq: number): ChainLink => links.get(seq) ?? [0, 0, 0];
  for (const [seq, [depth, previous, jump]] of links) {
    if (seq === 0) continue;
    expect([depth, previous]).toEqual([seq / 3, seq - 3]);
    const [before, , jumpBefore] = linkAt(previous);
    const [second, , jumpOfJump] = linkAt(jumpBefore);
    const isBalanced = before - second === second - linkAt(jumpOfJump)[0];
    expect(jump).toBe(isBalanced ? jumpOfJump : previous);
  }
  expect(readsMost).toBe(2);
});

it('finds any earlier write in a logarithmic number of reads', () => {
  const { context, last } = chained();
  for (let bound = 0; bound <= last; bound += 1) {
    context.reads = 0;
    const found = lastWriteUpTo(context, { entityId: 'e', field: 'f', origin, last }, bound);
    expect(found).toBe(bound - (bound % 3));
    expect(context.reads).toBeLessThanOrEqual(3 * Math.log2(WRITES));
  }
});
