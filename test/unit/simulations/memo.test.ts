import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../protocol/bytes/index.ts';
import { type EngineWork, plainWork } from '../../../protocol/engine/index.ts';
import { type EventId, encodeRecord, type PlacedEvent } from '../../../protocol/event/index.ts';
import { encodeManifest } from '../../../protocol/manifest/index.ts';
import { portableCrypto } from '../../../protocol/portable-crypto/index.ts';
import { noCounts, type ProjectionContext, projectEvent } from '../../../protocol/projection/index.ts';
import { memoisedWork } from '../../../simulations/memo/index.ts';
import { KnownProjections } from '../../../simulations/memo/known-projections.ts';
import { ORIGINS } from '../../support/authored-history.ts';
import { ControlSpace } from '../../support/control-space.ts';
import { update } from '../../support/drafts.ts';
import { signRange, TEST_SPACE, testLog } from '../../support/test-log.ts';

const log = testLog(1);
const records = [1, 2, 3].map((n) => encodeRecord({ ...update('e', { n }), timestamp: n }));
const { manifest } = signRange(log, undefined, records);

/** As it comes from the wire: other arrays with the same bytes. */
const copied = (all: readonly Uint8Array[]) => all.map((bytes) => bytes.slice());

describe('ranges', () => {
  const claim = { space: TEST_SPACE, tail: undefined, manifest, firstSeq: 1 };

  test('that are equal are verified once, and held in one copy', () => {
    const work = memoisedWork(portableCrypto);
    const [first, second] = [records, copied(records)].map((all) =>
      work.verifyRange({ ...claim, records: all }),
    );
    expect(second).toBe(first);
    expect(first).toEqual(plainWork(portableCrypto).verifyRange({ ...claim, records }));
    if (first?.ok) expect(work.readEvents(first.value)).toBe(work.readEvents(first.value));
  });

  test('that differ by one bit, or stand elsewhere, are looked at', () => {
    const work = memoisedWork(portableCrypto);
    work.verifyRange({ ...claim, records });
    const spoilt = copied(records);
    spoilt[1]?.set([1], 5);
    expect(work.verifyRange({ ...claim, records: spoilt })).toMatchObject({
      fault: { code: 'root_mismatch' },
    });
    expect(work.verifyRange({ ...claim, firstSeq: 2, records })).toMatchObject({
      fault: { code: 'count_mismatch' },
    });
    expect(work.verifyRange({ ...claim, records: records.slice(1) }).ok).toBe(false);
  });

  test('have one manifest for the same bytes, and none for others', () => {
    const work = memoisedWork(portableCrypto);
    const bytes = encodeManifest(manifest);
    const read = work.decodeManifest(bytes);
    expect(work.decodeManifest(bytes.slice())).toBe(read);
    expect(read).toEqual({ ok: true, value: manifest });
    expect(work.decodeManifest(bytes.subarray(1)).ok).toBe(false);
  });
});

describe('memberships', () => {
  /** Who is a member after each event, as objects: one a fold. */
  const folded = (work: EngineWork, events: readonly PlacedEvent[]) => {
    const fold = work.foldMembership(events[0] as PlacedEvent, ({ origin, seq }, of) =>
      origin === of ? seq : 0,
    );
    return events.map((control) => {
      fold.take(control);
      return fold.membership;
    });
  };

  test('that the founder makes by letting others in are folded once, and each engine has its own', () => {
    const space = new ControlSpace();
    for (const name of ['B', 'C', 'D'] as const) space.add('A', name, 'writer');
    const work = memoisedWork(portableCrypto);
    const [first, second] = [folded(work, space.history.events), folded(work, space.history.events)];
    expect(first.map(({ size }) => size)).toEqual([1, 2, 3, 4]);
    for (const [i, membership] of second.entries()) {
      expect([...membership.values()]).toEqual([...(first[i]?.values() ?? [])]);
      // What is in it is there once.
      for (const [at, member] of [...membership.values()].entries())
        expect(member).toBe([...(first[i]?.values() ?? [])][at]);
      expect(membership).not.toBe(first[i]);
    }
  });

  test('are made apart from the first event on that is another one, or takes something away', () => {
    const space = new ControlSpace();
    space.add('A', 'B', 'writer');
    space.add('A', 'C', 'writer');
    const shared = [...space.history.events];
    const revoked = [...shared, space.revoke('A', 'B')];
    const work = memoisedWork(portableCrypto);
    folded(work, shared);
    expect(folded(work, revoked).map(({ size }) => size)).toEqual([1, 2, 3, 2]);
    const skipped = [shared[0], shared[2]] as PlacedEvent[];
    expect(folded(work, skipped).map(({ size }) => size)).toEqual([1, 2]);
    expect(folded(work, shared).map(({ size }) => size)).toEqual([1, 2, 3]);
  });
});

describe('projections', () => {
  /** A device: rows, and what its digest was told. */
  const newDevice = (sees: (other: number) => boolean = () => true) => {
    const rows = new Map<string, JsonValue>();
    const items: unknown[] = [];
    const context: ProjectionContext = {
      get: (key) => rows.get(key),
      put: (key, row) => void (row === null ? rows.delete(key) : rows.set(key, row)),
      sees: (_, { seq }) => sees(seq),
      seenSeq: () => 0,
      event: () => {
        throw new Error('nothing is read back');
      },
      digest: { replace: (...item) => void items.push(item) },
      counts: noCounts(),
    };
    return { rows, items, context };
  };

  const event = (seq: number, value: JsonValue): PlacedEvent => ({
    ...update('e', { field: value }),
    id: `ev1${seq}` as EventId,
    origin: ORIGINS.A,
    seq,
    timestamp: seq,
  });

  const counting = () => {
    const applied: EventId[] = [];
    const known = new KnownProjections((context, placed) => {
      applied.push(placed.id);
      projectEvent(context, placed);
    });
    return { known, applied };
  };

  test('are made once for devices that hold the same, with one copy of each row', () => {
    const { known, applied } = counting();
    const [one, two] = [newDevice(), newDevice()];
    for (const { context } of [one, two]) {
      known.project(context, event(1, 'a'));
      known.project(context, event(2, 'b'));
    }
    expect(applied).toEqual(['ev11', 'ev12']);
    expect([two.rows, two.items, two.context.counts]).toEqual([one.rows, one.items, one.context.counts]);
    expect(two.context.counts).toMatchObject({ events: 2, entities: 1 });
    for (const [key, row] of one.rows) expect(two.rows.get(key)).toBe(row);
  });

  test('are made anew where a row is another one, or another answer is given', () => {
    const { known, applied } = counting();
    const [one, other, unseeing] = [newDevice(), newDevice(), newDevice(() => false)];
    for (const { context } of [one, unseeing]) known.project(context, event(1, 'a'));
    known.project(other.context, event(3, 'x'));
    const before = applied.length;
    known.project(one.context, event(2, 'b'));
    known.project(other.context, event(2, 'b'));
    known.project(unseeing.context, event(2, 'b'));
    expect(applied.slice(before)).toEqual(['ev12', 'ev12', 'ev12']);
    expect([one, unseeing].map(({ context }) => context.counts.openConflicts)).toEqual([0, 1]);
  });

  test('that came in another order lead to the same rows, and are the same from there on', () => {
    const { known, applied } = counting();
    const [one, two] = [newDevice(() => false), newDevice(() => false)];
    const [a, b] = [event(1, 'a'), { ...event(1, 'b'), origin: ORIGINS.B, id: 'ev1b' as EventId }];
    for (const placed of [a, b]) known.project(one.context, placed);
    for (const placed of [b, a]) known.project(two.context, placed);
    for (const [key, row] of one.rows) expect(two.rows.get(key)).toBe(row);
    const before = applied.length;
    for (const { context } of [one, two]) known.project(context, event(2, 'c'));
    expect(applied.slice(before)).toEqual(['ev12']);
  });

  test('of which there are too many ways are forgotten, and made anew', () => {
    const { known, applied } = counting();
    for (let i = 0; i < 200; i += 1) {
      const device = newDevice();
      known.project(device.context, { ...event(1, i), id: `ev1-${i}` as EventId });
      known.project(device.context, event(2, 'b'));
      expect(device.context.counts.events).toBe(2);
    }
    expect(applied.filter((id) => id === 'ev12')).toHaveLength(200);
  });
});
