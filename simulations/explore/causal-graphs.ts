import { CausalIndex } from '../../protocol/causality/index.ts';
import {
  CORE_TYPE,
  encodeRecord,
  eventIdFromLeaf,
  leafHash,
  type Origin,
  type PlacedEvent,
} from '../../protocol/event/index.ts';
import { placeRecord } from '../../protocol/log/index.ts';
import {
  hashItem,
  noCounts,
  type ProjectionContext,
  projectEvent,
  StateDigest,
} from '../../protocol/projection/index.ts';
import { Identity, type RunCrypto } from '../device/index.ts';
import { Draws } from '../draws/index.ts';
import { countsOfView, digestOfView, foldNaively } from '../oracle/index.ts';
import { countsText } from './ledger.ts';

/** What came of so many events in all causal graphs. */
export interface GraphCount {
  readonly events: number;
  /** Which of the events before it each event has seen, in all ways. */
  readonly graphs: number;
  /** Orders in which causes come first, of all graphs together. */
  readonly orders: number;
  /** Orders in which the events can arrive; each leads to one of those. */
  readonly arrivals: number;
  /** Graph and order in which the projection has come to something else than the oracle. */
  readonly violations: readonly string[];
}

/** Violations that are told at most. */
const VIOLATIONS_MAX = 10;

/**
 * The projection alone: events of a log each write to one field, every fourth of them the same value, and are applied in
 * all orders in which they can be ready. What comes of each must be what the oracle makes of the set.
 */
export const exploreGraphs = (events: number, machine: RunCrypto): GraphCount => {
  const logs = Array.from({ length: events }, (_, i) => new Identity(machine, new Draws(0n), i).newLog());
  const graphs = 2 ** ((events * (events - 1)) / 2);
  const violations: string[] = [];
  let orders = 0;
  for (let graph = 0; graph < graphs; graph += 1) {
    const parents = parentsOf(graph, events);
    const set = eventsOf(parents, logs, machine);
    const due = expected(set);
    for (const order of readyOrders(parents)) {
      orders += 1;
      const is = projected(
        order.flatMap((i) => set[i] ?? []),
        machine,
      );
      if (is !== due && violations.length < VIOLATIONS_MAX)
        violations.push(`graph ${graph}, order ${order.join(' ')}: ${is}, which should be ${due}`);
    }
  }
  return { events, graphs, orders, arrivals: graphs * factorial(events), violations };
};

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** For each event those before it that it has seen, a bit of the graph for each pair. */
const parentsOf = (graph: number, events: number): readonly (readonly number[])[] => {
  let bit = 0;
  return Array.from({ length: events }, (_, event) => {
    const parents: number[] = [];
    for (let before = 0; before < event; before += 1) {
      if ((graph >> bit) % 2 === 1) parents.push(before);
      bit += 1;
    }
    return parents;
  });
};

/** All orders in which every event comes after those that it has seen. */
function* readyOrders(
  parents: readonly (readonly number[])[],
  taken: readonly number[] = [],
): Iterable<readonly number[]> {
  if (taken.length === parents.length) yield taken;
  for (const [event, seen] of parents.entries()) {
    if (taken.includes(event) || !seen.every((parent) => taken.includes(parent))) continue;
    yield* readyOrders(parents, [...taken, event]);
  }
}

const eventsOf = (
  parents: readonly (readonly number[])[],
  logs: readonly Origin[],
  machine: RunCrypto,
): readonly PlacedEvent[] => {
  const events: PlacedEvent[] = [];
  for (const [i, origin] of logs.entries()) {
    const seen = (parents[i] ?? []).flatMap((parent) => events[parent] ?? []);
    const record = encodeRecord({
      type: CORE_TYPE.stateUpdated,
      entityId: 'note-1',
      payload: { title: i % 4 },
      // Later than all that it has seen, and else the same: ties are part of it.
      timestamp: 1 + Math.max(0, ...seen.map(({ timestamp }) => timestamp)),
      ...(seen.length > 0 && { seen: Object.fromEntries(seen.map((event) => [event.origin, event.seq])) }),
    });
    const event = placeRecord(origin, 1, eventIdFromLeaf(leafHash(machine, origin, 1, record)), record);
    if (!event.ok) throw new TypeError(event.fault.message);
    events.push(event.value);
  }
  return events;
};

const expected = (events: readonly PlacedEvent[]): string => {
  const view = foldNaively(events);
  return `${digestOfView(view)} (${countsText(countsOfView(view, events.length, 0))})`;
};

/** What the projection makes of events that are applied in this order. */
const projected = (order: readonly PlacedEvent[], crypto: RunCrypto): string => {
  const causality = new CausalIndex();
  const rows = new Map<string, Parameters<ProjectionContext['put']>[1]>();
  const events = new Map(order.map((event) => [event.origin, event]));
  const digest = new StateDigest((item) => hashItem(crypto, item));
  const context: ProjectionContext = {
    get: (key) => rows.get(key) ?? undefined,
    put: (key, row) => void rows.set(key, row),
    sees: (place, other) => causality.sees(place, other),
    seenSeq: (place, origin) => causality.seenSeq(place, origin),
    event({ origin }) {
      const event = events.get(origin);
      if (event === undefined) throw new RangeError(`there is no event in ${origin}`);
      return event;
    },
    digest,
    counts: noCounts(),
  };
  for (const event of order) {
    causality.apply(event, event.seen);
    projectEvent(context, event);
  }
  return `${digest.toHex()} (${countsText(context.counts)})`;
};
