import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareStrings } from '../../protocol/bytes/index.ts';
import {
  conformanceView,
  type ImportChain,
  type ImportPlan,
  mergeSmoOsEvents,
  parseSmoOsEvent,
  parseSmoOsLines,
  planImport,
  type SmoOsEvent,
  supersedes,
  verifySmoOsFolder,
  writeSmoOsBundle,
} from '../../protocol/compat/index.ts';
import { errorFromFault, type Verdict } from '../../protocol/fault/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';
import { asLines, merged } from '../fixtures/smo-os/events.ts';
import { NativeLogs } from '../fixtures/smo-os/native-sight.ts';

const RUNS = { numRuns: 300 };

type Json = Record<string, unknown>;

const accepted = <T>(verdict: Verdict<T>): T => {
  if (!verdict.ok) throw errorFromFault(verdict.fault);
  return verdict.value;
};

const HEADER = { bundleId: 'b', createdAt: 1, origin: 'a' };

const ORIGINS = ['a', 'B', 'legacy', '__proto__'];

const entry = <T>(value: fc.Arbitrary<T>) => fc.tuple(fc.constantFrom(...ORIGINS), value);

/** An object whose keys may be anything, `__proto__` included. */
const objectOf = (entries: readonly (readonly [string, unknown])[]) => Object.fromEntries(entries);

/** Events that nobody could have written honestly: any vectors, shared seqs, no places, odd names. */
const hostileEvents = fc
  .array(
    fc.record(
      {
        type: fc
          .constantFrom(
            'EntityCreated',
            'StateUpdated',
            'StateUpdated',
            'RelationAdded',
            'RelationRemoved',
            'MetricRecorded',
            'Other',
          )
          .map((name) => `plos.core/${name}`),
        entityId: fc.constantFrom('e', '__proto__'),
        payload: fc
          .array(
            fc.tuple(fc.constantFrom('f', 'id', '__proto__', 'relations'), fc.constantFrom(1, 'x', null)),
            {
              maxLength: 2,
            },
          )
          .map(objectOf),
        timestamp: fc.integer({ min: 0, max: 5 }),
        origin: fc.constantFrom(...ORIGINS, ''),
        seq: fc.integer({ min: 0, max: 4 }),
        seen: fc.array(entry(fc.integer({ min: 0, max: 4 })), { maxLength: 4 }).map(objectOf),
      },
      { requiredKeys: ['type', 'entityId', 'payload', 'timestamp'] },
    ),
    { maxLength: 14 },
  )
  .chain((events) =>
    // Some of them become resolutions of others.
    fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 4 }).map((choices) => {
      const named: Json[] = events.map((event, at) => ({ id: `id-${at}`, ...event }));
      for (const [at, chosen] of choices) {
        const event = named[at];
        if (event === undefined) continue;
        event.type = 'plos.core/ConflictResolved';
        event.payload = { field: 'f', chosenEventId: `id-${chosen}` };
      }
      return named;
    }),
  );

/** One act in an honest mesh: a device writes, or learns all that another one knows. */
const acts = fc.array(
  fc.record({ device: fc.nat(3), from: fc.option(fc.nat(3)), skew: fc.integer({ min: -3, max: 3 }) }),
  { maxLength: 30 },
);

/** What the devices of an honest mesh write; old events without a place are known to all from the start. */
const honestEvents = fc.tuple(acts, fc.nat(3)).map(([history, olds]) => {
  const events: Json[] = Array.from({ length: olds }, (_, at) => honest(`old-${at}`, -5));
  const known = ORIGINS.map(() => new Map<string, number>());
  for (const [at, { device, from, skew }] of history.entries()) {
    const mine = known[device];
    const origin = ORIGINS[device];
    if (mine === undefined || origin === undefined) continue;
    if (from !== null) {
      for (const [other, seq] of known[from] ?? []) mine.set(other, Math.max(seq, mine.get(other) ?? 0));
      continue;
    }
    const seq = (mine.get(origin) ?? 0) + 1;
    // Smo.OS takes the vector before it counts the event itself; others state the own seq as well.
    const before = objectOf([...mine]);
    mine.set(origin, seq);
    events.push({
      ...honest(`id-${at}`, at + skew),
      origin,
      seq,
      seen: at % 2 ? before : objectOf([...mine]),
    });
  }
  return events;
});

const honest = (id: string, timestamp: number): Json => ({
  id,
  type: 'plos.core/StateUpdated',
  entityId: 'e',
  payload: { f: id },
  timestamp,
});

/** The events in another order, some of them repeated with their keys turned round, over several files. */
const scattered = (events: readonly Json[]) =>
  fc.tuple(
    fc.shuffledSubarray([...events], { minLength: events.length }),
    fc.shuffledSubarray(events.map((event) => objectOf(Object.entries(event).reverse()))),
    fc.nat(events.length),
  );

const files = (first: readonly Json[], again: readonly Json[], cut: number) =>
  [first.slice(0, cut), again, first.slice(cut)].map((part, at) => ({
    name: `${at}`,
    events: asLines(part),
  }));

const withScattered = hostileEvents.chain((events) => fc.tuple(fc.constant(events), scattered(events)));

describe('the conformance view', () => {
  it('does not depend on the order, the repetition or the files of the events', () => {
    const property = fc.property(withScattered, ([events, [order, again, cut]]) => {
      const one = merged(...events, ...again);
      const other = accepted(mergeSmoOsEvents(files(order, again, cut)));
      expect(JSON.stringify(conformanceView(other))).toBe(JSON.stringify(conformanceView(one)));
      // To the byte, although the copies of an event may differ in the order of their keys.
      expect(writeSmoOsBundle(HEADER, other)).toBe(writeSmoOsBundle(HEADER, one));
    });
    fc.assert(property, RUNS);
  });

  it('equals a fold that compares every write with every other', () => {
    const property = fc.property(hostileEvents, (events) => {
      const all = merged(...events);
      const plain = all.filter(({ type }) => !type.endsWith('Resolved'));
      const view = conformanceView(merged(...plain.map(({ original }) => original)));
      for (const entityId of new Set(plain.map((event) => event.entityId))) {
        const writes = plain.filter(
          (event) =>
            event.entityId === entityId &&
            /Created|Updated/.test(event.type) &&
            Object.hasOwn(event.payload, 'f'),
        );
        const heads = writes.filter((write) => !writes.some((other) => supersedes(other, write)));
        const values = new Set(heads.map(({ payload }) => payload.f));
        const open = view.conflicts.find(
          (conflict) => conflict.entityId === entityId && conflict.field === 'f',
        );
        expect(open?.candidates.map(({ eventId }) => eventId)).toEqual(
          values.size > 1 ? heads.map(({ id }) => id) : undefined,
        );
        expect(new Map(Object.entries(view.entities)).get(entityId)).toMatchObject(
          writes.length > 0 ? { f: (heads.at(-1) ?? writes.at(-1))?.payload.f } : {},
        );
      }
    });
    fc.assert(property, RUNS);
  });

  it('has conflicts only of different origins and different values, with the winner among what is known', () => {
    const property = fc.property(hostileEvents, (events) => {
      for (const { candidates, winner, resolved, chosenEventId } of conformanceView(merged(...events))
        .conflicts) {
        expect(new Set(candidates.map(({ origin }) => origin)).size).toBe(candidates.length);
        expect(new Set(candidates.map(({ value }) => JSON.stringify(value))).size).toBeGreaterThan(1);
        expect(winner.eventId).toBe(resolved ? chosenEventId : candidates.at(-1)?.eventId);
      }
    });
    fc.assert(property, RUNS);
  });
});

describe('a bundle', () => {
  it('brings back every event as it was', () => {
    const property = fc.property(hostileEvents, (events) => {
      const all = merged(...events);
      const text = writeSmoOsBundle(HEADER, all);
      const read = accepted(parseSmoOsLines(text)).events.map(({ event }) => event);
      expect(read).toEqual([...all]);
      expect(JSON.stringify(read.map(({ original }) => original))).toBe(
        JSON.stringify(all.map(({ original }) => original)),
      );
    });
    fc.assert(property, RUNS);
  });
});

describe('an import', () => {
  const planned = (events: readonly unknown[], imported: readonly ImportChain[] = []): ImportPlan =>
    accepted(planImport(merged(...events), imported));

  const expectSameCausality = (logs: NativeLogs, events: readonly SmoOsEvent[]): void => {
    for (const a of events) for (const b of events) expect(logs.sees(a, b)).toBe(supersedes(a, b));
  };

  it('keeps the causality of an honest mesh, each origin in one chain', () => {
    const property = fc.property(honestEvents, (events) => {
      const plan = planned(events);
      const logs = new NativeLogs();
      logs.carryOut(plan);
      expectSameCausality(logs, merged(...events));
      const origins = plan.chains.map(({ origin }) => origin);
      expect(new Set(origins).size).toBe(origins.length);
    });
    fc.assert(property, RUNS);
  });

  it('keeps it in two imports as well, where the first holds all that its events have seen', () => {
    const property = fc.property(honestEvents, fc.nat(30), (events, cut) => {
      const first = planned(events.slice(0, cut));
      const second = planned(events, first.chains);
      const logs = new NativeLogs();
      logs.carryOut(first);
      logs.carryOut(second);
      expect(second.late).toEqual([]);
      expectSameCausality(logs, merged(...events));
    });
    fc.assert(property, RUNS);
  });

  it('keeps any relation that is a partial order', () => {
    const property = fc.property(hostileEvents, (events) => {
      const all = merged(...events);
      const partialOrder = all.every((a) =>
        all.every((b) => !supersedes(a, b) || all.every((c) => !supersedes(b, c) || supersedes(a, c))),
      );
      fc.pre(partialOrder);
      const logs = new NativeLogs();
      logs.carryOut(planned(events));
      expectSameCausality(logs, all);
    });
    fc.assert(property, RUNS);
  });

  it('keeps at least what is seen wherever there is no circle', () => {
    const property = fc.property(hostileEvents, (events) => {
      const all = merged(...events);
      fc.pre(!hasCircle(all));
      const logs = new NativeLogs();
      logs.carryOut(planned(events));
      for (const a of all) for (const b of all) if (supersedes(a, b)) expect(logs.sees(a, b)).toBe(true);
    });
    fc.assert(property, RUNS);
  });

  it('appends every event of any history once, in whatever batches it comes, and then no more', () => {
    const property = fc.property(withScattered, fc.nat(14), ([events, [order]], cut) => {
      const first = planned(order.slice(0, cut));
      const second = planned(order, first.chains);
      const logs = new NativeLogs();
      logs.carryOut(first);
      logs.carryOut(second);
      const imported = second.chains.flatMap((chain) => chain.events.map(({ id }) => id));
      expect(imported.sort(compareStrings)).toEqual(events.map(({ id }) => String(id)).sort(compareStrings));
      expect(planned(events, second.chains).steps).toEqual([]);
    });
    fc.assert(property, RUNS);
  });

  it('tells as late exactly what an imported event had seen', () => {
    const property = fc.property(withScattered, fc.nat(14), ([, [order]], cut) => {
      const before = merged(...order.slice(0, cut));
      const second = planned(order, planned(order.slice(0, cut)).chains);
      const late = merged(...order.slice(cut)).flatMap((event) => {
        const seenBy = before.find((other) => supersedes(other, event));
        return seenBy ? [[event.id, seenBy.id]] : [];
      });
      expect(second.late.map(({ event, seenBy }) => [event.id, seenBy.id])).toEqual(late);
    });
    fc.assert(property, RUNS);
  });

  it('does not depend on the order or the files of the events', () => {
    const property = fc.property(withScattered, ([events, [order, again, cut]]) => {
      const other = accepted(planImport(accepted(mergeSmoOsEvents(files(order, again, cut)))));
      expect(other).toEqual(planned([...events, ...again]));
    });
    fc.assert(property, RUNS);
  });
});

describe('hostile input', () => {
  it('never throws', () => {
    const jsonText = fc.oneof(
      fc.json(),
      fc.string(),
      fc.constant(`${'['.repeat(20_000)}${']'.repeat(20_000)}`),
    );
    const property = fc.property(fc.array(jsonText), fc.jsonValue(), (lines, value) => {
      const text = lines.join('\n');
      parseSmoOsEvent(value);
      parseSmoOsLines(text);
      const files = { name: 'seg-000001', events: text, manifest: lines[0] };
      verifySmoOsFolder(portableCrypto, { segments: [files], publicKeys: new Map() });
    });
    fc.assert(property, RUNS);
  });
});

/** Whether following what events supersede leads back to one of them. */
const hasCircle = (events: readonly SmoOsEvent[]): boolean => {
  const left = new Set(events);
  for (let free: readonly SmoOsEvent[] = [...left]; free.length > 0; ) {
    free = [...left].filter((event) => ![...left].some((other) => supersedes(event, other)));
    for (const event of free) left.delete(event);
  }
  return left.size > 0;
};
