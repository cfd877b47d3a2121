import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Agenda,
  channelThread,
  deviceThread,
  type TiePolicy,
  tiesOf,
} from '../../../simulations/agenda/index.ts';
import { Draws } from '../../../simulations/draws/index.ts';
import { Network } from '../../../simulations/network/index.ts';

const SPAN = { fromUs: 0, toUs: 1_000 };
const SEEDS = Array.from({ length: 200 }, (_, i) => BigInt(i));

const agendaOf = (policy: TiePolicy, seed: bigint, span = SPAN): Agenda =>
  new Agenda(tiesOf(policy, new Draws(seed), span));

const finish = (agenda: Agenda): void => {
  for (let next = agenda.next(); next !== undefined; next = agenda.next()) next();
};

/** In how many of the seeds something is found. */
const found = (policy: TiePolicy, isFound: (policy: TiePolicy, seed: bigint) => boolean): number =>
  SEEDS.filter((seed) => isFound(policy, seed)).length;

describe('priorities', () => {
  const WINDOW_US = 50;

  test('put nothing off for a window, and keep the order of each thread; the world is not put off', () => {
    const entry = fc.record({ atUs: fc.nat(999), thread: fc.option(fc.nat(5), { nil: undefined }) });
    fc.assert(
      fc.property(
        fc.array(entry),
        fc.bigInt(0n, 2n ** 64n - 1n),
        fc.integer({ min: 1, max: 6 }),
        (all, seed, pct) => {
          const agenda = agendaOf({ pct, windowUs: WINDOW_US }, seed);
          const last = new Map<number, number>();
          for (const { atUs, thread } of all) {
            const happening = (): void => {
              const lateUs = agenda.nowUs - atUs;
              if (thread === undefined) {
                expect(lateUs).toBe(0);
                return;
              }
              expect(lateUs >= 0 && lateUs < WINDOW_US).toBe(true);
              expect(last.get(thread) ?? 0).toBeLessThanOrEqual(atUs);
              last.set(thread, atUs);
            };
            agenda.at(atUs, happening, thread);
          }
          finish(agenda);
        },
      ),
    );
  });

  test('keep the order of a thread also where things that happen put down more, while it falls behind', () => {
    for (const seed of SEEDS) {
      const agenda = agendaOf({ pct: 9, windowUs: WINDOW_US }, seed);
      const told: number[][] = [[], [], []];
      const put = (thread: number, n: number): void => {
        if (n >= 40) return;
        const happening = (): void => {
          told[thread]?.push(n);
          if (n % 4 === 3) for (const more of [1, 2, 3, 4]) put(thread, n + more);
        };
        agenda.at(Math.max(agenda.nowUs, n * 11), happening, thread);
      };
      for (const thread of [0, 1, 2]) for (const n of [0, 1, 2, 3]) put(thread, n);
      finish(agenda);
      const inOrder = Array.from({ length: 40 }, (_, n) => n);
      expect(told).toEqual([inOrder, inOrder, inOrder]);
    }
  });

  test('are the same with one seed, and others with another', () => {
    const orderOf = (seed: bigint): string => {
      const agenda = agendaOf({ pct: 2, windowUs: WINDOW_US }, seed);
      const told: number[] = [];
      for (let thread = 0; thread < 8; thread += 1)
        agenda.at(5 + thread, () => void told.push(thread), thread);
      finish(agenda);
      return told.join();
    };
    expect(orderOf(7n)).toBe(orderOf(7n));
    expect(new Set(SEEDS.map(orderOf)).size).toBeGreaterThan(100);
  });
});

describe('a planted race', () => {
  /** A device that takes its first word for that of the nearer of two peers, which by its link always comes first. */
  const isMistaken = (ties: TiePolicy, seed: bigint): boolean => {
    const agenda = agendaOf(ties, seed);
    const heard: number[] = [];
    const link = { bytesPerSecond: 1_000_000, lossPpm: 0, meanExtraUs: 0 };
    const links = [
      { ...link, a: 0, b: 2, minUs: 1_000 },
      { ...link, a: 1, b: 2, minUs: 1_500 },
    ];
    const network = new Network(agenda, new Draws(seed), 3, links, {
      mayConnect: () => true,
      connected: () => undefined,
      disconnected: () => undefined,
      frame: (_, from) => void heard.push(from),
      gossip: () => false,
    });
    for (const device of [0, 1]) network.seek(device);
    agenda.at(5_000_000, () => {
      for (const device of [0, 1]) network.send(device, 2, Uint8Array.of(1));
    });
    finish(agenda);
    expect(heard).toHaveLength(2);
    return heard[0] === 1;
  };

  test('between two links is found by priorities, and neither by the order of time nor by that of ties', () => {
    expect(found('fifo', isMistaken)).toBe(0);
    expect(found('random', isMistaken)).toBe(0);
    // 1,000 and 1,500 us after 5 s are in one window of 2 ms.
    const times = found({ pct: 1, windowUs: 2_000 }, isMistaken);
    expect(times).toBeGreaterThan(60);
    expect(times).toBeLessThan(140);
    expect(found({ pct: 1, windowUs: 100 }, isMistaken)).toBe(0);
  });

  /** A device reads a value and writes it back; another one's write in between is lost. */
  const isLost = (ties: TiePolicy, seed: bigint): boolean => {
    const agenda = agendaOf(ties, seed);
    let value = 0;
    const add = (device: number, atUs: number): void => {
      const thread = deviceThread(device);
      const read = (): void => {
        const before = value;
        const write = (): void => {
          value = before + 1;
        };
        agenda.after(0, write, thread);
      };
      agenda.at(atUs, read, thread);
    };
    add(0, 410);
    add(1, 420);
    // Another one, which has nothing to do with it.
    const tick = (): void => (agenda.nowUs < 900 ? agenda.after(40, tick, channelThread(0)) : undefined);
    tick();
    finish(agenda);
    return value === 1;
  };

  test('that takes a change in its midst needs priorities that change', () => {
    expect(found('fifo', isLost)).toBe(0);
    expect(found('random', isLost)).toBe(0);
    expect(found({ pct: 1, windowUs: 100 }, isLost)).toBe(0);
    expect(found({ pct: 2, windowUs: 100 }, isLost)).toBeGreaterThan(0);
  });
});
