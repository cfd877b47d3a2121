import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { PlacedEvent } from '../../protocol/event/index.ts';
import { rowPrefix } from '../../protocol/projection/index.ts';
import {
  countsOfView,
  digestOfView,
  foldNaively,
  readyPart,
  unforked,
} from '../../simulations/oracle/index.ts';
import { arrivalOrder, draws, randomHistory, readyOrder, restrictions } from '../support/random-history.ts';
import { Replica, replicaOf } from '../support/replica.ts';

/** Short histories are to fill pages. */
vi.mock(import('../../protocol/projection/limits.ts'), async (original) => {
  const { PROJECTION_LIMITS: real } = await original();
  return { PROJECTION_LIMITS: { ...real, pageWrites: 2 } as unknown as typeof real };
});

const RUNS = { numRuns: 400 };

const hasThree = ({ candidates }: { readonly candidates: readonly string[] }): boolean =>
  candidates.length > 2;

const arrived = (events: readonly PlacedEvent[]): Replica => {
  const replica = new Replica();
  for (const event of events) replica.receive(event);
  return replica;
};

const expectSameState = (replica: Replica, other: Replica): void => {
  expect(replica.rowList()).toEqual(other.rowList());
  expect(replica.counts).toEqual(other.counts);
  expect(replica.digest.toHex()).toBe(other.digest.toHex());
};

/** S2: the state is what the naive fold makes of the events. */
const expectFoldOf = (replica: Replica, events: readonly PlacedEvent[]): void => {
  const view = foldNaively(events);
  expect(replica.view()).toEqual(view);
  expect(replica.counts).toEqual(countsOfView(view, events.length));
  expect(replica.digest.toHex()).toBe(digestOfView(view));
  const places = events.map(({ entityId, origin, seq }) => `${entityId} ${origin} ${seq}`);
  expect(replica.listed()).toEqual(places.sort());
};

describe('random histories', () => {
  test('hold enough of everything that the properties below are about', () => {
    const histories = fc.sample(randomHistory(), { numRuns: 200, seed: 1 });
    const views = histories.map((events) => foldNaively(events));
    const rows = histories.flatMap((events) => [...replicaOf(events).rows.keys()]);
    const closed = views.flatMap((view) => view.closedConflicts);
    const amounts = {
      open: views.flatMap((view) => view.openConflicts).length,
      openOfThree: views.flatMap((view) => view.openConflicts).filter(hasThree).length,
      resolved: closed.filter(({ kind }) => kind === 'resolved').length,
      earlierChosen: closed.filter(({ chosen, candidates }) => chosen && !candidates.includes(chosen)).length,
      pages: rows.filter((key) => key.startsWith(rowPrefix('writes'))).length,
      superseded: closed.filter(({ kind }) => kind === 'superseded').length,
      closedOfThree: closed.filter(hasThree).length,
      invalid: views.flatMap((view) => view.invalidResolutions).length,
      relations: views.flatMap((view) => view.relations).length,
      metrics: views.flatMap((view) => view.metrics).length,
    };
    for (const [what, amount] of Object.entries(amounts)) expect(amount, what).toBeGreaterThanOrEqual(10);
  });
});

describe('the projection', () => {
  test('equals the naive fold of the same events', () => {
    const property = fc.property(randomHistory(), draws, (events, choices) => {
      expectFoldOf(replicaOf(readyOrder(events, choices)), events);
    });
    fc.assert(property, RUNS);
  });

  test('equals the naive fold at every moment', () => {
    const property = fc.property(randomHistory({ eventsMax: 14 }), draws, (events, choices) => {
      const order = readyOrder(events, choices);
      const replica = new Replica();
      for (const [i, event] of order.entries()) {
        replica.apply(event);
        expectFoldOf(replica, order.slice(0, i + 1));
      }
    });
    fc.assert(property, { numRuns: 100 });
  });

  test('does not depend on the order in which ready events are applied', () => {
    const property = fc.property(randomHistory(), draws, draws, (events, one, other) => {
      expectSameState(replicaOf(readyOrder(events, one)), replicaOf(readyOrder(events, other)));
    });
    fc.assert(property, RUNS);
  });

  test('does not depend on the order or repetition of arrivals', () => {
    const property = fc.property(randomHistory(), draws, (events, choices) => {
      const replica = arrived(arrivalOrder(events, choices));
      expect(replica.waiting).toEqual([]);
      expectSameState(replica, replicaOf(events));
    });
    fc.assert(property, RUNS);
  });

  test('holds exactly what is ready while events are missing', () => {
    const property = fc.property(randomHistory(), draws, fc.nat(), (events, choices, mask) => {
      const some = events.filter((_, i) => ((mask >> (i % 31)) & 1) === 0);
      const ready = readyPart(some);
      const replica = arrived(arrivalOrder(some, choices));
      expect(replica.waiting).toHaveLength(some.length - ready.length);
      expectFoldOf(replica, ready);
    });
    fc.assert(property, RUNS);
  });

  test('equals the naive fold where logs are forked or limited, whatever the order of arrivals', () => {
    const property = fc.property(
      randomHistory(),
      draws,
      restrictions(1),
      restrictions(0),
      (events, choices, forks, limits) => {
        const replica = new Replica({ forks, limits });
        for (const event of arrivalOrder(events, choices)) replica.receive(event);
        const view = foldNaively(events, { forks, limits });
        expect(replica.view()).toEqual(view);
        const unforkedEvents = unforked(events, forks);
        const counted = unforkedEvents.filter(({ origin, seq }) => seq <= (limits[origin] ?? seq));
        expect(replica.counts).toEqual(
          countsOfView(view, counted.length, unforkedEvents.length - counted.length),
        );
        expect(replica.digest.toHex()).toBe(digestOfView(view));
      },
    );
    fc.assert(property, RUNS);
  });

  test('goes on after a restart as if there had been none', () => {
    const property = fc.property(randomHistory(), draws, fc.nat(30), (events, choices, at) => {
      const order = readyOrder(events, choices);
      const replica = replicaOf(order.slice(0, at));
      replica.reopen();
      for (const event of order.slice(at)) replica.apply(event);
      expectSameState(replica, replicaOf(order));
    });
    fc.assert(property, RUNS);
  });

  test('is the same on all replicas with equal sets of events, at every moment (S1)', () => {
    const property = fc.property(randomHistory(), fc.array(draws, { maxLength: 4 }), (events, orders) => {
      const table = new Map<string, string>();
      for (const choices of orders) {
        const replica = new Replica();
        for (const event of readyOrder(events, choices)) {
          replica.apply(event);
          const set = replica.appliedSet();
          const state = JSON.stringify([replica.digest.toHex(), replica.counts, replica.rowList()]);
          expect(state).toBe(table.get(set) ?? state);
          table.set(set, state);
        }
      }
    });
    fc.assert(property, { numRuns: 150 });
  });
});
