import { describe, expect, test } from 'vitest';
import type { PlacedEvent } from '../../../protocol/event/index.ts';
import { countsOfView, digestOfView, foldNaively } from '../../../simulations/oracle/index.ts';
import { AuthoredHistory, LOG_NAMES, type LogName } from '../../support/authored-history.ts';
import { replicaOf } from '../../support/replica.ts';

/** Largest histories that are exhausted. 4 take seconds, SMO_SMALL_SCOPE=5 minutes. */
const EVENTS_MAX = Number(process.env.SMO_SMALL_SCOPE ?? 4);

/** One write: its log, and what it states of the others. */
interface Write {
  readonly log: LogName;
  readonly seen: Partial<Record<LogName, number>>;
}

/**
 * All causal graphs of so many writes: each in any log (a log is used only after those before it, for logs
 * are alike), each stating for every other log any length from none to all that there is.
 */
function* graphs(events: number, writes: readonly Write[] = []): Generator<readonly Write[]> {
  if (writes.length === events) {
    yield writes;
    return;
  }
  const used = new Set(writes.map(({ log }) => log)).size;
  for (const log of LOG_NAMES.slice(0, used + 1)) {
    const others = LOG_NAMES.slice(0, used).filter((other) => other !== log);
    for (const seen of statements(others, writes)) yield* graphs(events, [...writes, { log, seen }]);
  }
}

function* statements(logs: readonly LogName[], writes: readonly Write[]): Generator<Write['seen']> {
  const [first, ...rest] = logs;
  if (first === undefined) {
    yield {};
    return;
  }
  const length = writes.filter(({ log }) => log === first).length;
  for (const seen of statements(rest, writes)) {
    yield seen;
    for (let seq = 1; seq <= length; seq += 1) yield { ...seen, [first]: seq };
  }
}

/** All orders of the events in which each comes after all that it has seen. */
function* readyOrders(
  events: readonly PlacedEvent[],
  order: readonly PlacedEvent[] = [],
): Generator<readonly PlacedEvent[]> {
  if (order.length === events.length) yield order;
  const holds = (origin: string, seq: number): boolean =>
    seq === 0 || order.some((event) => event.origin === origin && event.seq === seq);
  for (const event of events) {
    const ready =
      !order.includes(event) &&
      holds(event.origin, event.seq - 1) &&
      Object.entries(event.seen ?? {}).every(([origin, seq]) => holds(origin, seq));
    if (ready) yield* readyOrders(events, [...order, event]);
  }
}

/** All ways in which each event after the first writes a value of its own or resolves by an earlier event. */
function* choices(events: number): Generator<readonly (number | undefined)[]> {
  if (events === 0) {
    yield [];
    return;
  }
  for (const before of choices(events - 1)) {
    yield [...before, undefined];
    for (let chosen = 0; chosen < before.length; chosen += 1) yield [...before, chosen];
  }
}

/** What the writes write. */
const VALUES = {
  'all different': (i: number) => i,
  'two alternating': (i: number) => i % 2,
  'the first against the others': (i: number) => Math.min(i, 1),
} as const;

/** Timestamps that say nothing, or say the contrary of causality. */
const TIMESTAMPS = { equal: () => 1, descending: (i: number) => 9 - i } as const;

const author = (
  writes: readonly Write[],
  valueAt: (i: number) => number,
  timestampAt: (i: number) => number,
  chosenAt: readonly (number | undefined)[] = [],
): readonly PlacedEvent[] => {
  const history = new AuthoredHistory();
  for (const [i, { log, seen }] of writes.entries()) {
    const chosen = history.events[chosenAt[i] ?? -1];
    const stated = { seen, timestamp: timestampAt(i) };
    if (chosen === undefined) history.update(log, { field: valueAt(i) }, stated);
    else history.resolve(log, 'field', chosen, stated);
  }
  return history.events;
};

/** Runs one history in all its ready orders. Returns how many there are. */
const exhaust = (events: readonly PlacedEvent[]): number => {
  const view = foldNaively(events);
  const expected = { counts: countsOfView(view, events.length), digest: digestOfView(view) };
  let firstRows: string | undefined;
  let orders = 0;
  for (const order of readyOrders(events)) {
    const replica = replicaOf(order);
    const rows = JSON.stringify(replica.rowList());
    if (firstRows === undefined) expect(replica.view()).toEqual(view);
    firstRows ??= rows;
    expect(rows).toBe(firstRows);
    expect({ counts: replica.counts, digest: replica.digest.toHex() }).toEqual(expected);
    orders += 1;
  }
  return orders;
};

/** [events, ready orders of all their causal graphs]: known, so that the enumeration cannot run dry unnoticed. */
const SCOPES = [
  [1, 1],
  [2, 4],
  [3, 43],
  [4, 1098],
  [5, 62084],
].filter(([events = 0]) => events <= EVENTS_MAX);

/** The same with every choice of writes and resolutions. */
const RESOLUTION_SCOPES = [
  [2, 8],
  [3, 258],
  [4, 26352],
];

describe('all writes to one register in all causal graphs and ready orders equal the naive fold', () => {
  describe.each(Object.entries(VALUES))('values: %s', (_, valueAt) => {
    test.each(SCOPES)(
      '%i events: %i orders',
      (events, expected) => {
        for (const timestampAt of Object.values(TIMESTAMPS)) {
          let orders = 0;
          for (const writes of graphs(events)) orders += exhaust(author(writes, valueAt, timestampAt));
          expect(orders).toBe(expected);
        }
      },
      3_600_000,
    );
  });

  test.each(RESOLUTION_SCOPES)(
    '%i events, resolutions among them: %i orders',
    (events, expected) => {
      let orders = 0;
      for (const writes of graphs(events)) {
        for (const chosenAt of choices(events)) {
          orders += exhaust(author(writes, VALUES['all different'], TIMESTAMPS.equal, chosenAt));
        }
      }
      expect(orders).toBe(expected);
    },
    60_000,
  );
});
