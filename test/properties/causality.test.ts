import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CausalIndex } from '../../protocol/causality/index.ts';
import { compareEvents, type PlacedEvent } from '../../protocol/event/index.ts';
import { nextTimestamp, observeForeign, observeOwn, startOfTime } from '../../protocol/log/index.ts';
import { pastsOf } from '../../simulations/oracle/index.ts';
import { LOG_NAMES, ORIGINS } from '../support/authored-history.ts';
import { draws, randomHistory, readyOrder } from '../support/random-history.ts';
import { Replica, replicaOf } from '../support/replica.ts';

const RUNS = { numRuns: 200 };

const origins = LOG_NAMES.map((name) => ORIGINS[name]);

/** All that an index answers about some events, and about what comes after them. */
const answers = (index: CausalIndex, events: readonly PlacedEvent[]) => ({
  lengths: origins.map((origin) => index.applied(origin)),
  vectors: events.map((event) => index.seenVector(event)),
  seen: events.map((event) => origins.map((origin) => index.seenSeq(event, origin))),
  missing: origins.map((origin) => index.missing({ origin, seq: 99 }, undefined)),
});

describe('sees', () => {
  test('is what the events state, closed by brute force', () => {
    const property = fc.property(randomHistory(), draws, (events, choices) => {
      const { index } = replicaOf(readyOrder(events, choices));
      const pasts = pastsOf(events);
      const matrix = (sees: (one: PlacedEvent, other: PlacedEvent) => boolean | undefined) =>
        events.map((one) => events.map((other) => sees(one, other)));
      expect(matrix((one, other) => index.sees(one, other))).toEqual(
        matrix((one, other) => one === other || pasts.get(one)?.has(other)),
      );
    });
    fc.assert(property, RUNS);
  });

  test('is a partial order (C3)', () => {
    const property = fc.property(randomHistory({ eventsMax: 12 }), (events) => {
      const { index } = replicaOf(events);
      for (const a of events) {
        const seen = events.filter((b) => index.sees(a, b));
        expect(seen).toContain(a);
        expect(seen.filter((b) => index.sees(b, a))).toEqual([a]);
        const seenThrough = seen.flatMap((b) => events.filter((c) => index.sees(b, c)));
        expect(new Set(seenThrough)).toEqual(new Set(seen));
      }
    });
    fc.assert(property, RUNS);
  });
});

describe('the causal index', () => {
  test('states in seen vectors exactly what is seen, and only applied events (C2)', () => {
    const property = fc.property(randomHistory(), (events) => {
      const { index } = replicaOf(events);
      for (const event of events) {
        const others = origins.filter(
          (origin) => index.seenSeq(event, origin) > 0 && origin !== event.origin,
        );
        const vector = index.seenVector(event);
        expect(vector).toEqual(
          Object.fromEntries(others.map((origin) => [origin, index.seenSeq(event, origin)])),
        );
        for (const origin of others) expect(vector[origin]).toBeLessThanOrEqual(index.applied(origin));
      }
    });
    fc.assert(property, RUNS);
  });

  test('gives the same answers whatever the order of application', () => {
    const property = fc.property(randomHistory(), draws, draws, (events, one, other) => {
      const indexes = [one, other].map((choices) => replicaOf(readyOrder(events, choices)).index);
      const [first, second] = indexes.map((index) => answers(index, events));
      expect(first).toEqual(second);
    });
    fc.assert(property, RUNS);
  });

  test('gives the same answers when it is made again from its steps, and goes on as before', () => {
    const property = fc.property(randomHistory(), draws, fc.nat(30), (events, choices, at) => {
      const order = readyOrder(events, choices);
      const whole = replicaOf(order);
      const replica = replicaOf(order.slice(0, at));
      const before = answers(replica.index, order.slice(0, at));
      replica.reopen();
      expect(answers(replica.index, order.slice(0, at))).toEqual(before);
      for (const event of order.slice(at)) replica.apply(event);
      expect(answers(replica.index, events)).toEqual(answers(whole.index, events));
    });
    fc.assert(property, RUNS);
  });

  test('calls an event ready exactly when all of its past is applied (S5)', () => {
    const property = fc.property(randomHistory(), draws, (events, choices) => {
      const pasts = pastsOf(events);
      const replica = new Replica();
      const applied = new Set<PlacedEvent>();
      for (const next of readyOrder(events, choices)) {
        for (const event of events.filter((each) => !applied.has(each))) {
          const ready = [...(pasts.get(event) ?? [])].every((seen) => applied.has(seen));
          expect(replica.index.missing(event, event.seen) === undefined).toBe(ready);
        }
        replica.apply(next);
        applied.add(next);
      }
    });
    fc.assert(property, RUNS);
  });
});

describe('the total order', () => {
  test('extends causality when authors stamp with the hybrid clock, whatever their wall clocks say', () => {
    const walls = fc.array(fc.nat(50), { minLength: 1, maxLength: 30 });
    const property = fc.property(randomHistory({ sparse: false }), walls, (events, wallMs) => {
      const pasts = pastsOf(events);
      const stamped = new Map<PlacedEvent, PlacedEvent>();
      for (const [i, event] of events.entries()) {
        const nowMs = wallMs[i % wallMs.length] ?? 0;
        let clock = startOfTime;
        for (const seen of pasts.get(event) ?? []) {
          const timestamp = stamped.get(seen)?.timestamp ?? 0;
          if (seen.origin === event.origin) clock = observeOwn(clock, timestamp);
          else clock = observeForeign(clock, timestamp, nowMs);
        }
        stamped.set(event, { ...event, timestamp: nextTimestamp(clock, nowMs) });
      }
      for (const [event, past] of pasts) {
        for (const seen of past) {
          const [one, other] = [stamped.get(seen), stamped.get(event)];
          if (one === undefined || other === undefined) throw new Error('an event was not stamped');
          expect(compareEvents(one, other)).toBeLessThan(0);
        }
      }
    });
    fc.assert(property, RUNS);
  });
});
