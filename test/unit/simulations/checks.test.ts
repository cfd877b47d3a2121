import { expect, it } from 'vitest';
import type { JsonObject } from '../../../protocol/bytes/index.ts';
import {
  ENGINE_LIMITS,
  type Engine,
  type EngineEffect,
  type EngineInput,
  readEngineImage,
  type StateWrite,
  type UntimedInput,
} from '../../../protocol/engine/index.ts';
import { eventIdFromLeaf, type Origin, type PlacedEvent } from '../../../protocol/event/index.ts';
import { rowPrefix } from '../../../protocol/projection/index.ts';
import { SYNC_LIMITS } from '../../../protocol/sync/index.ts';
import type { Invariant } from '../../../simulations/checks/index.ts';
import { reunite } from '../../support/agreement.ts';
import { type CheckedWorld, checked } from '../../support/checked-world.ts';
import { update } from '../../support/drafts.ts';
import { forkedWorld } from '../../support/forked-world.ts';
import { MeshWorld, seededRandom, type WorldDevice } from '../../support/mesh-world.ts';
import { evidenceBetween } from '../../support/stored-history.ts';

/** Three devices that hold the same, among it a conflict that is open and one that is closed. */
const meshed = async (): Promise<CheckedWorld> => {
  const run = checked(await MeshWorld.create(3, seededRandom(1)));
  const { world } = run;
  await reunite(world);
  for (const field of ['open', 'closed']) {
    for (const [a, b] of PAIRS) world.disconnect(a, b);
    for (const number of [1, 2]) await world.write(number, update('note', { [field]: number }));
    for (const [a, b] of PAIRS) world.connect(a, b);
    await world.settle();
  }
  await world.write(0, update('note', { closed: 3 }));
  await reunite(world);
  expect(run.violations).toEqual([]);
  return run;
};

const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

/** The invariants that were violated so far, each once. */
const brokenIn = ({ violations }: CheckedWorld): readonly Invariant[] => [
  ...new Set(violations.map(({ invariant }) => invariant)),
];

/** An object that has some members of its own and all others of another one. */
const instead = <T extends object>(of: T, members: Partial<Record<keyof T, unknown>>): T =>
  new Proxy(of, {
    get: (target, name) => {
      if (Object.hasOwn(members, name)) return members[name as keyof T];
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

/** What checks are to see of the engine of a device. */
const disguise = (
  { seen, world }: CheckedWorld,
  number: number,
  members: Partial<Record<keyof Engine, unknown>>,
): void => {
  const engine = instead(world.device(number).engine, members);
  const device = seen[number];
  if (device !== undefined) device.engine = () => engine;
};

const lastOf = ({ world }: CheckedWorld, number: number): PlacedEvent => {
  const { origin, applied } = world.device(number);
  const event = applied.findLast((each) => each.origin === origin);
  if (event === undefined) throw new Error(`device ${number} has written nothing`);
  return event;
};

const changed = (record: Uint8Array = new Uint8Array(1)): Uint8Array => record.map((byte) => byte ^ 1);

it('say nothing of devices that do as they should', async () => {
  const run = await meshed();
  const { checks, world } = run;
  for (const [a, b] of PAIRS) checks.idle(a, b);
  expect(checks.connected([0, 1, 2], 1)).toBe(0);
  await world.crash(2);
  await world.crash(0);
  await reunite(world);
  await checks.finished();
  expect(run.violations).toEqual([]);
});

it('say nothing of a log that forks because its device was set back, if they are told of that and the proof is stored', async () => {
  for (const isTold of [true, false]) {
    const run = await meshed();
    const { checks, world } = run;
    const copy = await world.device(2).copy();
    await world.write(2, update('note', { forked: 'first' }));
    await world.settle();
    if (isTold) checks.excuse(2);
    await world.restore(2, copy);
    await world.settle();
    await world.write(2, update('note', { forked: 'second' }));
    await reunite(world);
    await checks.finished();
    for (const { engine } of world.devices) expect([...engine.forks()]).toHaveLength(1);
    if (isTold) {
      expect(run.violations).toEqual([]);
      const { records } = world.device(0);
      (run.seen[0] ?? {}).records = instead(records, { evidence: async () => [] });
      await checks.finished();
      expect(brokenIn(run)).toEqual(['S10']);
    } else expect(brokenIn(run)).toEqual(expect.arrayContaining(['S4', 'S10']));
  }
});

it('S1: find two states for the same applied events, as soon as the second one is there', async () => {
  const run = await meshed();
  const { replica } = run.world.device(1).engine;
  disguise(run, 1, { replica: instead(replica, { digest: { toHex: () => '0'.repeat(64) } }) });
  run.checks.stepped(1);
  expect(brokenIn(run)).toEqual(['S1']);
  expect(run.violations[0]).toMatchObject({ device: 1, atUs: run.world.nowMs * 1000 });
});

it('S1: find counts that differ, though the digests are equal', async () => {
  const run = await meshed();
  const { replica } = run.world.device(1).engine;
  const counts = { ...replica.counts, closedConflicts: 0 };
  disguise(run, 1, { replica: instead(replica, { counts }) });
  run.checks.stepped(1);
  expect(brokenIn(run)).toEqual(['S1']);
});

/** The first row of a kind that a device keeps, and what it would be if somebody had got it wrong. */
const spoiltRow = ({ world }: CheckedWorld, number: number, kind: 'closed' | 'register'): StateWrite => {
  const [first] = world.device(number).disk.rows.scan(rowPrefix(kind));
  if (first === undefined) throw new Error(`device ${number} keeps no row of this kind`);
  const [key, row] = first;
  return { key, row: { ...(row as JsonObject), [kind === 'closed' ? 'by' : 'last']: ['another', 1] } };
};

it.each(['closed', 'register'] as const)(
  'S1: find a row that differs as soon as it is committed, though digest and counts are equal: %s',
  async (kind) => {
    const run = await meshed();
    const commit = { id: 99, durable: false, logs: [], evidence: [], reset: false };
    const state = [spoiltRow(run, 1, kind)];
    run.checks.effect(1, { type: 'commit', commit: { ...commit, state: [] } });
    run.checks.stepped(1);
    expect(run.violations).toEqual([]);
    run.checks.input(1, { type: 'committed', nowMs: run.world.nowMs, commit: 99 });
    run.checks.effect(1, { type: 'commit', commit: { ...commit, state } });
    run.checks.stepped(1);
    expect(brokenIn(run)).toEqual(['S1']);
    expect(run.violations[0]?.message).toContain('keeps other conflicts');
  },
);

it('S1: find a row that differs on the disk on which a device is opened', async () => {
  const run = await meshed();
  const { world } = run;
  await world.device(1).state.write([spoiltRow(run, 1, 'closed')]);
  world.device(1).disk.sync();
  await world.crash(1);
  await world.write(0, update('note', { more: 1 }));
  await reunite(world);
  expect(brokenIn(run)).toEqual(['S1']);
});

it.each(['digest', 'counts', 'applied'] as const)(
  'S2: find a state that is not what the definitions make of it: %s',
  async (what) => {
    const run = await meshed();
    const { replica } = run.world.device(1).engine;
    const wrong = {
      digest: { toHex: () => '0'.repeat(64) },
      counts: { ...replica.counts, entities: 9 },
      applied: () => new Map([...replica.applied()].slice(1)),
    };
    // One state of all devices is looked at: that of the first.
    for (const device of run.seen) device.isUp = false;
    (run.seen[1] ?? {}).isUp = true;
    disguise(run, 1, { replica: instead(replica, { [what]: wrong[what] }) });
    await run.checks.finished();
    expect(brokenIn(run)).toEqual(['S2']);
    expect(run.violations[0]?.message).toContain(what);
  },
);

it('S3: find a record that nobody has written, on its way to the disk', async () => {
  const run = await meshed();
  const { origin, seq } = lastOf(run, 2);
  const [record] = await run.world.device(2).records.records(origin, seq, 1);
  const log = { origin, firstSeq: seq + 1, records: [changed(record)] };
  run.checks.committing(1, { logs: [{ ...log, tail: undefined as never, arrival: 99 }] });
  expect(brokenIn(run)).toEqual(['S3']);
});

it('S3: find an event that nobody has written, when it is applied', async () => {
  const run = await meshed();
  const event = lastOf(run, 2);
  const other = { ...event, seq: event.seq + 1, id: eventIdFromLeaf(new Uint8Array(32)) };
  run.checks.applied(1, other);
  expect(brokenIn(run)).toEqual(['S3']);
});

it('S3: find a record that is another one on the disk in the end', async () => {
  const run = await meshed();
  const { records } = run.world.device(0);
  const { origin } = lastOf(run, 2);
  const read: typeof records.records = async (log, first, count) => {
    const list = await records.records(log, first, count);
    return log === origin ? list.with(0, changed(list[0])) : list;
  };
  (run.seen[0] ?? {}).records = instead(records, { records: read });
  await run.checks.finished();
  expect(brokenIn(run)).toEqual(['S3']);
  expect(run.violations).toHaveLength(1);
  run.checks.rotten(0, origin, 1);
  await run.checks.finished();
  expect(run.violations).toHaveLength(1);
});

it('S3: find another record in the place of a damaged one', async () => {
  const run = await meshed();
  const { origin, seq } = lastOf(run, 2);
  const { records } = run.world.device(2);
  const manifest = records.manifest(origin, 0);
  if (manifest === undefined) throw new Error('there is no such segment');
  const whole = await records.records(origin, 1, seq);
  run.checks.effect(1, { type: 'restore', segment: { origin, manifest, records: whole } });
  expect(run.violations).toEqual([]);
  const spoilt = whole.with(0, changed(whole[0]));
  run.checks.effect(1, { type: 'restore', segment: { origin, manifest, records: spoilt } });
  expect(brokenIn(run)).toEqual(['S3']);
});

it('S4: find an append that is answered before it is on the disk', async () => {
  const run = await meshed();
  const { world, checks } = run;
  world.isHeld = ({ device, type }) => device === world.device(2) && type === 'commit';
  const entries = [{ origin: world.device(2).origin, draft: update('note', { more: 1 }) }];
  const [commit] = world
    .device(2)
    .engine.step({ type: 'append', nowMs: world.nowMs, request: 1, entries })
    .flatMap((effect) => (effect.type === 'commit' ? [effect.commit] : []));
  const record = commit?.logs[0]?.records[0];
  if (record === undefined) throw new Error('nothing is written');
  const { seq } = lastOf(run, 2);
  checks.acknowledged(2, [{ ...lastOf(run, 2), seq: seq + 1 }]);
  expect(brokenIn(run)).toEqual(['S4']);
});

const NOTHING = { tails: [], damaged: [], state: undefined };

it('S4: find that what was acknowledged is gone after a restart, unless the disk has lost it', async () => {
  const run = await meshed();
  run.checks.opened(2, NOTHING);
  expect(brokenIn(run)).toContain('S4');

  const lost = await meshed();
  lost.checks.excuse(2);
  const { world } = lost;
  await world.restore(2, world.device(2).emptyDisk());
  await reunite(world);
  await lost.checks.finished();
  expect(lost.violations).toEqual([]);
});

it('S4: find that what others have kept for a device that lost it does not come back', async () => {
  const run = await meshed();
  run.checks.excuse(2);
  for (const [a, b] of PAIRS) if (b === 2) run.world.disconnect(a, b);
  const { world } = run;
  await world.restore(2, world.device(2).emptyDisk());
  await run.checks.finished([0, 1]);
  expect(run.violations).toEqual([]);
  await run.checks.finished();
  expect(brokenIn(run)).toEqual(['S4']);
});

it('S4: excuse just what a disk has lost though it said that it was safe, and nothing else', async () => {
  for (const seqOf of [(last: number) => last, (last: number) => last + 1]) {
    const run = await meshed();
    const { world, checks } = run;
    const { origin, seq } = lastOf(run, 2);
    const image = await readEngineImage(world.device(2).records, world.device(2).state);
    // The disk is said to have lost the log from there on, and has lost its last record.
    checks.betrayed(2, origin, seqOf(seq));
    const tails = image.tails.map((tail) => {
      const { manifest } = tail;
      return manifest.origin === origin
        ? { ...tail, manifest: { ...manifest, events: manifest.events - 1 } }
        : tail;
    });
    disguise(run, 2, { frontier: () => [] });
    checks.opened(2, { ...image, tails, state: undefined });
    if (seqOf(seq) === seq) expect(run.violations).toEqual([]);
    else expect(brokenIn(run)).toContain('S4');
  }
});

it('S4: find a segment that stays damaged though another device could mend it', async () => {
  const run = await meshed();
  const { records } = run.world.device(1);
  const damaged = [{ origin: lastOf(run, 2).origin, segment: 0 }];
  (run.seen[1] ?? {}).records = instead(records, { damagedSegments: () => damaged });
  for (const number of [0, 2]) (run.seen[number] ?? {}).isUp = false;
  await run.checks.finished();
  expect(run.violations).toEqual([]);
  (run.seen[2] ?? {}).isUp = true;
  await run.checks.finished();
  expect(brokenIn(run)).toEqual(['S4']);
});

it('S5: find an event that is applied before what it has seen', async () => {
  const run = await meshed();
  const { world, checks } = run;
  world.disconnect(0, 2);
  world.disconnect(1, 2);
  await world.write(0, update('note', { late: 1 }));
  await world.settle();
  const [event] = await world.write(1, update('note', { later: 1 }));
  if (event === undefined) throw new Error('nothing was written');
  expect(event.seen).toHaveProperty([lastOf(run, 0).origin]);
  const record = world.device(1).records.record(event.origin, event.seq);
  if (record === undefined) throw new Error('nothing was stored');
  const { origin, seq: firstSeq } = event;
  checks.committing(2, {
    logs: [{ origin, firstSeq, records: [record], tail: undefined as never, arrival: 1 }],
  });
  checks.applied(2, event);
  expect(brokenIn(run)).toEqual(['S5']);
  expect(run.violations).toHaveLength(1);
});

it('S5: find an event that is applied before the one before it', async () => {
  const run = await meshed();
  const { world, checks } = run;
  world.disconnect(0, 2);
  world.disconnect(1, 2);
  await world.write(1, update('note', { first: 1 }), update('note', { second: 1 }));
  const event = lastOf(run, 1);
  const { origin, seq } = event;
  const records = await world.device(1).records.records(origin, seq - 1, 2);
  checks.committing(2, {
    logs: [{ origin, firstSeq: seq - 1, records, tail: undefined as never, arrival: 1 }],
  });
  checks.applied(2, event);
  expect(brokenIn(run)).toEqual(['S5']);
});

it('S5: find an event that is told as applied once more', async () => {
  const run = await meshed();
  run.checks.applied(1, lastOf(run, 2));
  expect(brokenIn(run)).toEqual(['S5']);
});

it('S6: find a frontier that goes back, loses a log, or tells of what is not stored', async () => {
  for (const bend of [
    (seq: number) => ({ seq: seq - 1, events: seq - 1 }),
    () => undefined,
    (seq: number) => ({ seq: seq + 1, events: seq + 1 }),
  ]) {
    const run = await meshed();
    const { origin } = lastOf(run, 2);
    const entries = [...run.world.device(1).engine.frontier()].flatMap((entry) => {
      const bent = entry.origin === origin ? bend(entry.seq) : {};
      return bent === undefined ? [] : [{ ...entry, ...bent }];
    });
    disguise(run, 1, { frontier: () => entries });
    for (let i = 0; i < 20; i += 1) run.checks.stepped(1);
    expect(brokenIn(run)).toEqual(['S6']);
  }
});

it('S6: find that what was safe is gone after a restart', async () => {
  const run = await meshed();
  const { world, checks } = run;
  checks.synced(1);
  const tails = await world.device(1).records.tails();
  const { origin } = lastOf(run, 2);
  const left = tails.filter(({ manifest }) => manifest.origin !== origin);
  checks.opened(1, { tails: left, damaged: [], state: undefined });
  expect(brokenIn(run)).toContain('S6');
  const damaged = await meshed();
  damaged.checks.synced(1);
  disguise(damaged, 1, { frontier: () => [] });
  damaged.checks.opened(1, {
    tails: left,
    damaged: [{ origin, message: 'cannot be read' }],
    state: undefined,
  });
  expect(damaged.violations).toEqual([]);
});

it.each(['conflict', 'closed'] as const)('S7: find a list that lacks a conflict: %s', async (kind) => {
  const run = await meshed();
  const { state } = run.world.device(0);
  const scan: typeof state.scan = async function* (prefix) {
    if (!prefix.startsWith(`${kind}\u0000`)) yield* state.scan(prefix);
  };
  (run.seen[0] ?? {}).state = { scan };
  await run.checks.finished();
  expect(brokenIn(run)).toEqual(['S7']);
});

it('S8: find two memberships by the same control events', async () => {
  const run = await meshed();
  const { world, checks } = run;
  await world.write(0, update('note', { more: 1 }));
  await world.settle();
  const { membership } = world.device(1).engine;
  const fewer = instead(membership, { values: () => [...membership.values()].slice(1) });
  disguise(run, 1, { membership: fewer, replica: instead(world.device(1).engine.replica, {}) });
  checks.stepped(1);
  expect(brokenIn(run)).toEqual(['S8']);
});

it('S8: find a log that is taken in though nobody has added its device', async () => {
  const run = await meshed();
  disguise(run, 1, { membership: instead(run.world.device(1).engine.membership, { accepts: () => false }) });
  const { origin } = lastOf(run, 2);
  run.checks.committing(1, {
    logs: [{ origin, firstSeq: 1, records: [], tail: undefined as never, arrival: 1 }],
  });
  expect(brokenIn(run)).toEqual(['S8']);
});

it('S9: find two devices that say that they are in sync and are not', async () => {
  const run = await meshed();
  const { world, checks } = run;
  world.isHeld = ({ device }) => device === world.device(1);
  // They were equal once, and found to be.
  checks.idle(0, 1);
  await world.write(0, update('note', { more: 1 }));
  for (let i = 0; i < 50; i += 1) await world.settle(1);
  checks.idle(0, 1);
  expect(run.violations).toEqual([]);
  for (const [number, other] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const peer = { device: world.device(other).id, lag: 0, behind: 0, holds: new Map(), disputed: new Map() };
    disguise(run, number, { peers: () => [peer] });
  }
  checks.idle(0, 1);
  expect(brokenIn(run)).toEqual(['S9']);
});

/** A log with two histories, and the proof. */
const forked = async (isKnown: boolean) => {
  const branches = [
    { holder: 1, events: [1, 2] },
    { holder: 2, events: [1, 2, 3] },
  ];
  const { world, forker } = await forkedWorld(2, branches, 1);
  const { origin } = forker;
  const holders = [world.device(1).records, world.device(2).records] as const;
  const evidence = await evidenceBetween(world.space, origin, holders);
  const fresh = checked(await MeshWorld.create(4, seededRandom(1)));
  // The same device founds both worlds, and the same one forks.
  if (isKnown) fresh.checks.forged(origin, 1, []);
  return { run: fresh, origin, evidence };
};

it('S10: find that an honest device is accused, or that a proof shows something else', async () => {
  const honest = await forked(false);
  const fork = { origin: honest.origin, seq: 3, evidence: honest.evidence };
  honest.run.checks.effect(0, { type: 'equivocation', ...fork });
  expect(brokenIn(honest.run)).toEqual(['S10']);

  const { run } = await forked(true);
  run.checks.effect(0, { type: 'equivocation', ...fork });
  expect(run.violations).toEqual([]);
  run.checks.effect(0, { type: 'equivocation', ...fork, seq: 4 });
  expect(brokenIn(run)).toEqual(['S10']);
});

it('S10: find devices that have told the same and know other forks', async () => {
  const { run, origin, evidence } = await forked(true);
  await reunite(run.world);
  disguise(run, 2, { forks: () => [{ origin, seq: 3, evidence }] });
  (run.seen[0] ?? {}).isUp = true;
  await run.checks.finished();
  expect(brokenIn(run)).toEqual(['S10']);
});

it('S11: find what is larger than it may be', async () => {
  const run = await meshed();
  const { id } = run.world.device(1);
  const send = (bytes: number): void =>
    run.checks.effect(0, { type: 'send', peer: id, frame: new Uint8Array(bytes) });
  send(SYNC_LIMITS.frameBytesMax);
  expect(run.violations).toEqual([]);
  send(SYNC_LIMITS.frameBytesMax + 1);
  expect(brokenIn(run)).toEqual(['S11']);
});

it('S11: find that more is asked for at a time than may be', async () => {
  const commit = { id: 99, durable: false, logs: [], evidence: [], reset: false, state: [] };
  for (const { max, effectTo, done } of [
    { max: 1, effectTo: () => ({ type: 'commit', commit }), done: { type: 'committed', commit: 99 } },
    {
      max: ENGINE_LIMITS.readsMax,
      effectTo: ({ origin }) => ({ type: 'read-records', origin, firstSeq: 1, count: 1, bytesMax: 1 }),
      done: { type: 'records-read', origin: 'any' as Origin, firstSeq: 1, records: [] },
    },
    {
      max: 1,
      effectTo: ({ origin, id: peer }) => ({ type: 'read-range', peer, origin, segment: 0, events: 0 }),
      done: undefined,
    },
  ] satisfies {
    max: number;
    effectTo: (device: WorldDevice) => EngineEffect;
    done: UntimedInput | undefined;
  }[]) {
    const run = await meshed();
    const { checks, world } = run;
    const peer = world.device(1);
    const end: UntimedInput = done ?? { type: 'disconnected', peer: peer.id };
    for (let i = 0; i < max; i += 1) checks.effect(0, effectTo(peer));
    checks.input(0, { ...end, nowMs: world.nowMs } as EngineInput);
    checks.effect(0, effectTo(peer));
    expect(run.violations).toEqual([]);
    checks.effect(0, effectTo(peer));
    expect(brokenIn(run)).toEqual(['S11']);
  }
});

it('S12: find an event that stands before what its writer has seen, unless nobody could believe that', async () => {
  const dayMs = 24 * 60 * 60 * 1000;
  for (const { aheadMs, isFound } of [
    { aheadMs: dayMs - 1, isFound: true },
    { aheadMs: 2 * dayMs, isFound: false },
  ]) {
    const run = await meshed();
    const { world } = run;
    const ahead = { origin: world.device(1).origin, draft: update('note', { ahead: 1 }) };
    await world.append(1, [{ ...ahead, timestamp: world.nowMs + aheadMs }]);
    await reunite(world);
    await world.write(2, update('note', { after: 1 }));
    expect(run.violations).toEqual([]);
    // The same once more, as a device would write it that looks at its own clock alone.
    await world.append(2, [
      { origin: world.device(2).origin, draft: update('note', { after: 2 }), timestamp: world.nowMs },
    ]);
    expect(brokenIn(run)).toEqual(isFound ? ['S12'] : []);
  }
});

it('L2: find payload that moves though all are equal', async () => {
  const run = await meshed();
  run.checks.payload(1, 100);
  run.checks.quiet('begin');
  run.checks.payload(1, 0);
  expect(run.violations).toEqual([]);
  run.checks.payload(1, 1);
  expect(brokenIn(run)).toEqual(['L2']);
  run.checks.quiet('end');
  run.checks.payload(1, 1);
  expect(run.violations).toHaveLength(1);
});

it('L3: find that devices which reach each other stand still', async () => {
  const run = await meshed();
  const { world, checks } = run;
  const all = [0, 1, 2];
  world.passing = (frame) => (frame.type === 'range' ? undefined : frame);
  await world.write(0, update('note', { more: 1 }));
  await world.settle();
  expect(checks.connected(all, 1_000_000)).toBe(2);
  world.nowMs += 1000;
  expect(checks.connected(all, 1_000_000)).toBe(2);
  expect(run.violations).toEqual([]);
  world.nowMs += 1;
  checks.connected(all, 1_000_000);
  expect(brokenIn(run)).toEqual(['L3']);
});

it('L3: do not ask of parted devices that they get on', async () => {
  const run = await meshed();
  const { world, checks } = run;
  world.passing = (frame) => (frame.type === 'range' ? undefined : frame);
  await world.write(0, update('note', { more: 1 }));
  await world.settle();
  for (let i = 0; i < 3; i += 1) {
    checks.connected([0, 1, 2], 1_000_000);
    checks.parted();
    world.nowMs += 10_000;
  }
  expect(run.violations).toEqual([]);
});
