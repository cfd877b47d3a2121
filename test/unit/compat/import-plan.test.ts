import { describe, expect, it } from 'vitest';
import {
  type ImportChain,
  type ImportPlan,
  type MergedSmoOsEvents,
  planImport,
  type SmoOsEvent,
  supersedes,
} from '../../../protocol/compat/index.ts';
import { errorFromFault } from '../../../protocol/fault/index.ts';
import { merged, write } from '../../fixtures/smo-os/events.ts';
import { NativeLogs } from '../../fixtures/smo-os/native-sight.ts';

const plan = (events: MergedSmoOsEvents, imported: readonly ImportChain[] = []): ImportPlan => {
  const verdict = planImport(events, imported);
  if (!verdict.ok) throw errorFromFault(verdict.fault);
  return verdict.value;
};

const steps = ({ steps: all }: ImportPlan) =>
  all.map(({ chain, event, seen }) =>
    [chain, event.id, ...seen.map((sight) => `${sight.chain}:${sight.count}`)].join(' '),
  );

const chains = ({ chains: all }: ImportPlan) =>
  all.map(({ origin, events }) => [origin, ...events.map(({ id }) => id)].join(' '));

/** Whether the plan keeps exactly what `supersedes` says. */
const keepsAll = (done: ImportPlan, events: readonly SmoOsEvent[]): boolean => {
  const logs = new NativeLogs();
  logs.carryOut(done);
  return events.every((a) => events.every((b) => logs.sees(a, b) === supersedes(a, b)));
};

const bare = (id: string, timestamp: number) => ({
  id,
  type: 'plos.core/StateUpdated',
  entityId: 'task',
  payload: {},
  timestamp,
});

describe('planning an import', () => {
  it('gives each origin a chain, and each event all that it has seen', () => {
    const events = merged(
      write({ at: 'A1', time: 10 }, 1),
      write({ at: 'A2', time: 20, seen: { A: 1, B: 1 } }, 2),
      write({ at: 'A3', time: 30 }, 3),
      write({ at: 'B1', time: 15 }, 4),
      write({ at: 'B2', time: 25, seen: { A: 1, B: 1 } }, 5),
    );
    const done = plan(events);
    expect(chains(done)).toEqual(['A A1 A2 A3', 'B B1 B2']);
    // A3 states nothing, yet comes after A2, which has seen B1.
    expect(steps(done)).toEqual(['0 A1', '1 B1', '0 A2 1:1', '1 B2 0:1', '0 A3 1:1']);
    expect(done.late).toEqual([]);
  });

  it('leaves a chain alone that has ended, and goes on in another one that has seen it', () => {
    const events = merged(
      write({ at: 'A1', time: 10 }, 1),
      write({ at: 'A2', time: 20 }, 2),
      write({ at: 'A3', time: 30 }, 3),
      write({ at: 'A4', time: 40 }, 4),
    );
    const [whole] = plan(events).chains;
    const ended = { origin: 'A', events: whole?.events.slice(0, 2) ?? [], ended: true };
    const done = plan(events, [ended]);
    expect(chains(done)).toEqual(['A A1 A2', 'A A3 A4']);
    expect(steps(done)).toEqual(['1 A3 0:2', '1 A4 0:2']);
    expect(chains(plan(events, done.chains))).toEqual(chains(done));
  });

  it('appends what was seen first, though its timestamp be later', () => {
    const events = merged(
      write({ at: 'A1', time: 10, seen: { B: 1 } }, 1),
      write({ at: 'B1', time: 50, seen: { C: 1 } }, 2),
      write({ at: 'C1', time: 90 }, 3),
    );
    expect(steps(plan(events))).toEqual(['0 C1', '1 B1 0:1', '2 A1 0:1 1:1']);
  });

  it('takes holes in an origin as they are', () => {
    const events = merged(
      write({ at: 'A2', time: 10 }, 1),
      write({ at: 'A7', time: 20 }, 2),
      write({ at: 'B1', time: 30, seen: { A: 5 } }, 3),
      write({ at: 'B2', time: 40, seen: { A: 9 } }, 4),
    );
    expect(steps(plan(events))).toEqual(['0 A2', '0 A7', '1 B1 0:1', '1 B2 0:2']);
  });

  it('puts events without a place into one chain in the total order, seen by all others', () => {
    const events = merged(bare('x', 30), bare('y', 10), bare('z', 20), write({ at: 'A1', time: 1 }, 1));
    const done = plan(events);
    expect(chains(done)).toEqual(['legacy y z x', 'A A1']);
    expect(steps(done)).toEqual(['0 y', '0 z', '0 x', '1 A1 0:3']);
    expect(keepsAll(done, events)).toBe(true);
  });

  it('lets an old event come after what it and that have seen of each other', () => {
    const events = merged(
      write({ at: 'A1', time: 10 }, 1),
      { ...bare('x', 20), seen: { A: 1 } },
      bare('y', 5),
    );
    const done = plan(events);
    expect(steps(done)).toEqual(['0 y', '1 A1 0:1', '0 x 1:1']);
    expect(keepsAll(done, events)).toBe(true);
  });

  it('passes over what is planned already where an old event has seen more', () => {
    const seen = { A: 1 };
    const events = merged(
      write({ at: 'A1', time: 10 }, 1),
      { ...bare('x', 20), seen },
      write({ at: 'A0', time: 30, seen }, 2),
    );
    expect(steps(plan(events))).toEqual(['0 A1', '1 x 0:1', '0 A0 1:1']);
  });

  it('keeps both of two events that share their origin and seq', () => {
    const twin = { ...write({ at: 'A1', time: 20 }, 2), id: 'twin' };
    const after = write({ at: 'B1', time: 30, seen: { A: 1 } }, 3);
    const events = merged(twin, after, write({ at: 'A1', time: 10 }, 1), write({ at: 'A2', time: 11 }, 4));
    const done = plan(events);
    expect(chains(done)).toEqual(['A A1 twin A2', 'B B1']);
    expect(keepsAll(done, events)).toBe(true);
  });

  it('takes a circle in the total order, after what all of it has seen and before what has seen it', () => {
    const events = merged(
      write({ at: 'A1', time: 10, seen: { B: 1, X: 1 } }, 1),
      write({ at: 'B1', time: 20, seen: { C: 1 } }, 2),
      write({ at: 'C1', time: 30, seen: { A: 1 } }, 3),
      write({ at: 'X1', time: 90 }, 4),
      write({ at: 'Y1', time: 1, seen: { B: 1 } }, 5),
    );
    // A1 loses B1, B1 loses C1.
    expect(steps(plan(events))).toEqual(['0 X1', '1 A1 0:1', '2 B1', '3 C1 0:1 1:1', '4 Y1 2:1']);
  });

  it('takes one circle after the other that it has seen', () => {
    const events = merged(
      write({ at: 'A1', time: 1, seen: { B: 1 } }, 1),
      write({ at: 'B1', time: 2, seen: { C: 1 } }, 2),
      write({ at: 'C1', time: 3, seen: { A: 1, X: 1 } }, 3),
      write({ at: 'X1', time: 7, seen: { Y: 1 } }, 4),
      write({ at: 'Y1', time: 8, seen: { Z: 1 } }, 5),
      write({ at: 'Z1', time: 9, seen: { X: 1 } }, 6),
    );
    expect(plan(events).steps.map(({ event }) => event.id)).toEqual(['X1', 'Y1', 'Z1', 'A1', 'B1', 'C1']);
  });
});

describe('importing again', () => {
  const first = merged(
    write({ at: 'A1', time: 10 }, 1),
    write({ at: 'A3', time: 30 }, 3),
    write({ at: 'B1', time: 15, seen: { A: 2 } }, 4),
  );

  it('does nothing with what is there', () => {
    const done = plan(first);
    expect(plan(first, done.chains)).toEqual({ chains: done.chains, steps: [], late: [] });
  });

  it('appends what is new to the chains that are there', () => {
    const done = plan(first);
    const more = merged(write({ at: 'A4', time: 40, seen: { B: 1 } }, 5), write({ at: 'C1', time: 1 }, 6));
    const next = plan(more, done.chains);
    expect(chains(next)).toEqual(['A A1 A3 A4', 'B B1', 'C C1']);
    expect(steps(next)).toEqual(['2 C1', '0 A4 1:1']);
    const logs = new NativeLogs();
    logs.carryOut(done);
    logs.carryOut(next);
    const everything = [...first, ...more];
    for (const a of everything) for (const b of everything) expect(logs.sees(a, b)).toBe(supersedes(a, b));
  });

  it('gives an event a chain of its own that belongs before imported ones, and tells who had seen it', () => {
    const next = plan(merged(write({ at: 'A2', time: 20 }, 2)), plan(first).chains);
    expect(chains(next)).toEqual(['A A1 A3', 'B B1', 'A A2']);
    expect(steps(next)).toEqual(['2 A2 0:1']);
    expect(next.late.map(({ event, seenBy }) => [event.id, seenBy.id])).toEqual([['A2', 'B1']]);
    const after = plan(merged(write({ at: 'A4', time: 50 }, 4)), next.chains);
    expect(steps(after)).toEqual(['0 A4 2:1']);
  });

  it('refuses an imported id with another content', () => {
    const changed = merged(write({ at: 'A1', time: 10 }, 'other'));
    expect(planImport(changed, plan(first).chains)).toEqual({
      ok: false,
      fault: {
        code: 'id_collision',
        message: 'the earlier import and this one hold different events of the same id "A1"',
      },
    });
  });

  it('does not take the order of keys for another content', () => {
    const [original] = first;
    const turned = Object.fromEntries(Object.entries(original?.original ?? {}).reverse());
    expect(plan(merged(turned), plan(first).chains).steps).toEqual([]);
  });
});
