import { describe, expect, it } from 'vitest';
import { base32, type JsonValue } from '../../../protocol/bytes/index.ts';
import type { EventId } from '../../../protocol/event/index.ts';
import {
  extendChain,
  isNamed,
  lastWriteUpTo,
  registerWrites,
} from '../../../protocol/projection/register-chain.ts';
import type { ChainEnd } from '../../../protocol/projection/rows.ts';
import { ORIGINS } from '../../support/authored-history.ts';

const WRITES = 300;

const chain = { entityId: 'e', field: 'f', origin: ORIGINS.A };

const idOf = (seq: number): EventId =>
  `ev1${base32.encode(new Uint8Array(32).fill(seq % 251, 0, 3))}` as EventId;

/** A log that writes a register with every third event: its rows, and the end of its chain after each write. */
const chained = () => {
  const rows = new Map<string, JsonValue>();
  const context = {
    reads: 0,
    get(key: string) {
      this.reads += 1;
      return rows.get(key);
    },
    put(key: string, row: JsonValue) {
      // A page is written once.
      expect(rows.has(key)).toBe(false);
      rows.set(key, row);
    },
  };
  const ends: ChainEnd[] = [];
  for (let seq = 3; seq <= 3 * WRITES; seq += 3) {
    ends.push(extendChain(context, chain, ends.at(-1), { seq, id: idOf(seq) }));
  }
  return { context, rows, ends };
};

describe('the chain of the writes of a log to a register', () => {
  it('keeps a few of the newest ones at its end, and the others on pages', () => {
    const { rows, ends } = chained();
    for (const end of ends) expect(end.length).toBeLessThanOrEqual(2 + 8);
    expect(rows.size).toBe(Math.ceil(WRITES / 8) - 1);
  });

  it('finds the newest write up to any bound, in a logarithmic number of reads', () => {
    const { context, ends } = chained();
    for (const [i, end] of ends.entries()) {
      const written = 3 * (i + 1);
      for (const bound of [0, 1, 2, 3, 4, 23, 24, 25, 26, 27, 28, 400, written - 1, written, written + 1]) {
        context.reads = 0;
        const found = lastWriteUpTo(context, chain, end, bound);
        expect(found).toBe(Math.max(0, Math.min(written, bound - (bound % 3))));
        expect(context.reads).toBeLessThanOrEqual(2 + Math.log2(i + 1));
      }
    }
  });

  it('gives all writes, the newest ones first, each with what tells its id from others', () => {
    const { context, ends } = chained();
    for (const [i, end] of ends.entries()) {
      const writes = [...registerWrites(context, chain, { chains: { [ORIGINS.A]: end } })];
      expect(writes.map(({ seq }) => seq)).toEqual(Array.from({ length: i + 1 }, (_, n) => 3 * (i + 1 - n)));
    }
    for (const write of registerWrites(context, chain, {
      chains: { [ORIGINS.A]: ends.at(-1) as ChainEnd },
    })) {
      const id = idOf(write.seq);
      for (const length of [0, 2, 3, 5, 9, 12, id.length]) {
        expect(isNamed(write, id.slice(0, length))).toBe(true);
      }
      expect(isNamed(write, idOf(write.seq + 1))).toBe(false);
    }
  });

  it('says which page of it is missing, and what to do then', () => {
    const { context, rows, ends } = chained();
    const [page = ''] = rows.keys();
    rows.delete(page);
    const list = () => [
      ...registerWrites(context, chain, { chains: { [ORIGINS.A]: ends.at(-1) as ChainEnd } }),
    ];
    expect(list).toThrow(
      expect.objectContaining({
        code: 'state_damaged',
        message: expect.stringMatching(/^page 0 .* field "f" of e is missing/),
        hint: expect.stringContaining('smo doctor'),
      }),
    );
  });
});
