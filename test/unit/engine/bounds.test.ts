import { describe, expect, it, vi } from 'vitest';
import { base32 } from '../../../protocol/bytes/index.ts';
import { Backlogs, type StoredEvent } from '../../../protocol/engine/backlogs.ts';
import { ENGINE_LIMITS } from '../../../protocol/engine/index.ts';
import { makeOrigin, type PlacedEvent } from '../../../protocol/event/index.ts';
import { deviceAdded } from '../../../protocol/membership/index.ts';
import { SYNC_LIMITS } from '../../../protocol/sync/index.ts';
import { expectAgreement } from '../../support/agreement.ts';
import { update } from '../../support/drafts.ts';
import { MeshWorld, seededRandom, type WorldDevice } from '../../support/mesh-world.ts';
import { testLog } from '../../support/test-log.ts';

/** Bounds that a test can reach: what is proved is that the engine keeps to those that are named. */
vi.mock(import('../../../protocol/engine/limits.ts'), async (original) => {
  const { ENGINE_LIMITS: real } = await original();
  const small = {
    logsMax: 4,
    backlogEventsMax: 8,
    backlogBytesMax: 2000,
    readsMax: 2,
    readEventsMax: 4,
    readBytesMax: 1000,
    stateRowsMax: 24,
    stateBytesMax: 3000,
  };
  return { ENGINE_LIMITS: { ...real, ...small } as unknown as typeof real };
});

const logOf = ({ signer }: WorldDevice, number: number) =>
  makeOrigin(signer.device, base32.encode(Uint8Array.of(9, 9, 9, 9, number)));

const heldBy = ({ engine }: WorldDevice): number => [...engine.frontier()].length;

const eventsHeldBy = ({ engine }: WorldDevice): number =>
  [...engine.frontier()].reduce((events, { seq }) => events + seq, 0);

/** Device 1 writes to so many logs, and is connected with device 0. */
const withLogs = async (seed: number, count: number): Promise<MeshWorld> => {
  const world = await MeshWorld.create(2, seededRandom(seed));
  world.connect(0, 1);
  await world.settle();
  world.disconnect(0, 1);
  for (let i = 0; i < count; i += 1) {
    await world.append(1, [{ origin: logOf(world.device(1), i), draft: update(`e${i}`, { x: i }) }]);
  }
  world.connect(0, 1);
  await world.settle();
  return world;
};

describe('logs', () => {
  it.each([1, 2, 3, 4])('are taken in up to the limit, and not one more (seed %i)', async (seed) => {
    // The own log of device 0 is one of them.
    const { logsMax } = ENGINE_LIMITS;
    expect(heldBy((await withLogs(seed, logsMax - 1)).device(0))).toBe(logsMax);
    const world = await withLogs(seed, logsMax);
    expect(heldBy(world.device(0))).toBe(logsMax);
    expect(heldBy(world.device(1))).toBe(logsMax + 1);
    await world.pass(60_000);
    expect(heldBy(world.device(0))).toBe(logsMax);
    // Nobody is at fault, and those that are held go on.
    for (const { answers } of world.devices) {
      expect(answers.filter(({ type }) => type === 'strike' || type === 'refused')).toEqual([]);
    }
    const before = eventsHeldBy(world.device(0));
    await world.append(
      1,
      [...Array(logsMax).keys()].map((i) => ({
        origin: logOf(world.device(1), i),
        draft: update('more', { i }),
      })),
    );
    await world.settle();
    expect(eventsHeldBy(world.device(0))).toBe(before + logsMax - 1);
  });
});

describe('events that wait to be applied', () => {
  const stored = (number: number, seq: number, bytes: number): StoredEvent => ({
    event: { origin: testLog(number).origin, seq } as PlacedEvent,
    bytes,
  });

  const fill = (count: number, bytes: number): Backlogs => {
    const backlogs = new Backlogs();
    for (let number = 1; number <= count; number += 1) {
      const { origin } = testLog(number);
      backlogs.stored(origin, 1);
      backlogs.add(origin, 0, [stored(number, 1, bytes)]);
    }
    backlogs.trim();
    return backlogs;
  };

  const inMemory = (backlogs: Backlogs): number =>
    [...backlogs.origins()].filter((origin) => backlogs.first(origin) !== undefined).length;

  it('are in memory up to a number of them: one more, and the log that rested longest gives up its own', () => {
    const { backlogEventsMax } = ENGINE_LIMITS;
    expect(inMemory(fill(backlogEventsMax, 1))).toBe(backlogEventsMax);
    const past = fill(backlogEventsMax + 1, 1);
    expect(inMemory(past)).toBe(backlogEventsMax);
    expect(past.first(testLog(1).origin)).toBeUndefined();
    expect(past.length(testLog(1).origin)).toBe(1);
  });

  it('are in memory up to a number of bytes', () => {
    const { backlogBytesMax } = ENGINE_LIMITS;
    expect(inMemory(fill(4, backlogBytesMax / 4))).toBe(4);
    expect(inMemory(fill(4, backlogBytesMax / 4 + 1))).toBe(3);
    expect(inMemory(fill(1, backlogBytesMax + 1))).toBe(0);
  });

  it('come from the store when what they waited for is here, whatever was given up', async () => {
    const world = await MeshWorld.create(3, seededRandom(1));
    for (const number of [1, 2]) world.connect(0, number);
    await world.settle();
    world.disconnect(0, 2);
    await world.write(0, update('cause', { x: 1 }));
    await world.settle();
    for (let i = 0; i < 6; i += 1) {
      await world.append(
        1,
        [0, 1, 2].map((n) => ({
          origin: logOf(world.device(1), i % 2),
          draft: update(`e${n}`, { i, pad: 'x'.repeat(400) }),
        })),
      );
    }
    const cause = world.device(0).origin;
    world.passing = (frame, from, to) =>
      frame.type === 'want' && to === world.device(1) && world.logNamed(frame.log, from, to) === cause
        ? undefined
        : frame;
    world.connect(1, 2);
    await world.settle();
    const { engine } = world.device(2);
    expect(engine.replica.counts.entities).toBe(0);
    world.passing = (frame) => frame;
    world.connect(0, 2);
    await world.pass(60_000);
    await expectAgreement(world);
  });
});

describe('rows that wait for a commit', () => {
  // Two rows for each event: its entity's and its register's.
  it.each([
    ['many', ENGINE_LIMITS.stateRowsMax / 2, 1],
    ['large', ENGINE_LIMITS.stateBytesMax / 500, 500],
  ])('hold back what is read from the store while the disk is slow: %s', async (_, eventsMax, bytes) => {
    const world = await MeshWorld.create(1, seededRandom(1));
    const device = world.device(0);
    for (let i = 0; i < 40; i += 1) await world.write(0, update(`e${i}`, { pad: 'x'.repeat(bytes) }));
    await device.state.clear();
    await world.reopen(0);
    world.isHeld = ({ type }) => type === 'commit';
    await world.settle();
    const { readsMax, readEventsMax } = ENGINE_LIMITS;
    // As much as may wait is being written, and as much again waits to be; each went past the bound by what was read.
    const most = 2 * (eventsMax + readsMax * readEventsMax);
    expect(device.engine.replica.appliedCount).toBeLessThanOrEqual(most);
    expect(device.engine.replica.appliedCount).toBeGreaterThan(0);
    world.isHeld = () => false;
    await world.settle();
    expect(device.engine.rebuilding).toBeUndefined();
    await expectAgreement(world);
  });
});

describe('records that are read and have to wait', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'hold back no reading, though they are many: all wait for log %i',
    async (number) => {
      const world = await MeshWorld.create(1, seededRandom(1));
      const device = world.device(0);
      const logs = Array.from({ length: 10 }, (_, i) => logOf(device, i));
      const cause = logs[number] ?? device.origin;
      const pad = 'x'.repeat(900);
      await world.append(0, [{ origin: cause, draft: update('cause', { pad }) }]);
      for (const [i, origin] of logs.entries()) {
        if (origin === cause) continue;
        // The first and the last log wait for nothing: what they make is being written while the others are read.
        const seen = i === 0 || i === 9 ? {} : { [cause]: 1 };
        await world.append(0, [{ origin, draft: update(origin, { pad }), seen }]);
      }
      await world.settle();
      await device.state.clear();
      await world.reopen(0);
      world.isHeld = ({ type }) => type === 'commit';
      await world.settle();
      world.isHeld = () => false;
      await world.settle();
      expect(device.engine.rebuilding).toBeUndefined();
      expect(device.engine.replica.counts.entities).toBe(10);
    },
  );
});

describe('control events of those who may not state them', () => {
  it('are kept in their logs, and nowhere else', async () => {
    const world = await MeshWorld.create(3, seededRandom(1), { members: 2 });
    world.connect(0, 1);
    await world.settle();
    const rows = async (): Promise<number> =>
      (await Array.fromAsync(world.device(0).state.scan('control'))).length;
    const before = await rows();
    await world.write(1, deviceAdded({ device: world.device(2).id, name: 'no', role: 'admin' }));
    await world.settle();
    expect(world.device(0).engine.replica.causality.applied(world.device(1).origin)).toBe(1);
    expect(await rows()).toBe(before);
    await world.add(2);
    await world.settle();
    expect(await rows()).toBe(before + 1);
    await world.reopen(0);
    expect(world.device(0).engine.membership.get(world.device(2).id)?.role).toBe('writer');
  });
});

describe('a slow reader', () => {
  it('slows only itself: it is sent what it has credit for, and others get everything', async () => {
    const world = await MeshWorld.create(3, seededRandom(1));
    for (const number of [1, 2]) world.connect(0, number);
    await world.settle();
    const slow = world.device(2);
    let sent = 0;
    world.passing = (frame, from, to) => {
      if (frame.type === 'credit' && from === slow) return undefined;
      if (frame.type === 'range' && to === slow) {
        sent += frame.records.reduce((bytes, record) => bytes + record.length, 0);
      }
      return frame;
    };
    const pad = 'x'.repeat(200_000);
    for (let i = 0; i < 12; i += 1) await world.write(0, update(`e${i}`, { pad }));
    await world.settle();
    expect(world.device(1).engine.replica.counts.entities).toBe(12);
    expect(slow.engine.replica.counts.entities).toBeLessThan(12);
    expect(sent).toBeLessThanOrEqual(SYNC_LIMITS.creditBytes);
    expect(sent).toBeGreaterThan(SYNC_LIMITS.creditBytes / 2);
  });
});
