import { describe, expect, it } from 'vitest';
import type { SyncFrame } from '../../../protocol/sync/index.ts';
import { update } from '../../support/drafts.ts';
import { MeshWorld, seededRandom } from '../../support/mesh-world.ts';
import { toldOf } from '../../support/world-answers.ts';

/** Hands an append to a device without waiting for its answer. */
const startAppend = (world: MeshWorld, number: number, request: number, x: number): void => {
  const device = world.device(number);
  const entries = [{ origin: device.origin, draft: update('e', { x }) }];
  world.step(device, { type: 'append', request, entries });
};

const answersOf = (world: MeshWorld, number: number): readonly number[] =>
  toldOf(world.device(number), 'appended')
    .map(({ request }) => request)
    .filter((request) => request >= 1000);

describe('group commit', () => {
  it('puts what comes while a commit is under way into one next commit, durable', async () => {
    const world = await MeshWorld.create(1, seededRandom(1));
    const { commits } = world.device(0);
    await world.settle();
    const before = commits.length;
    world.isHeld = ({ type }) => type === 'commit';
    for (let i = 0; i < 10; i += 1) startAppend(world, 0, 1000 + i, i);
    await world.settle();
    expect(commits.length - before).toBe(1);
    world.isHeld = () => false;
    await world.settle();
    expect(commits.length - before).toBe(2);
    expect(commits.slice(before)).toMatchObject([
      { durable: true, logs: [{ records: { length: 1 } }] },
      { durable: true, logs: [{ records: { length: 9 } }] },
    ]);
    expect(answersOf(world, 0)).toEqual([1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009]);
  });

  it('asks for no commit when nothing has changed', async () => {
    const world = await MeshWorld.create(1, seededRandom(1));
    const { commits } = world.device(0);
    const before = commits.length;
    for (let i = 0; i < 3; i += 1) world.step(world.device(0), { type: 'tick' });
    await world.settle();
    expect(commits.length).toBe(before);
  });
});

describe('before a commit has completed (E1, E2)', () => {
  it('no event is shown whose record cannot be read yet', async () => {
    const world = await MeshWorld.create(2, seededRandom(2));
    world.connect(0, 1);
    await world.settle();
    const [writer, reader] = [world.device(0), world.device(1)];
    for (const held of [writer, reader]) {
      const before = held.engine.shown().get(writer.origin);
      world.isHeld = ({ device, type }) => type === 'commit' && device === held;
      startAppend(world, 0, 1000, 1);
      await world.settle();
      expect(held.engine.replica.causality.applied(writer.origin)).toBe((before ?? 0) + 1);
      expect(held.engine.shown().get(writer.origin)).toBe(before);
      world.isHeld = () => false;
      await world.settle();
      expect(held.engine.shown().get(writer.origin)).toBe((before ?? 0) + 1);
    }
  });

  it('nothing of it is answered, announced or served', async () => {
    const world = await MeshWorld.create(2, seededRandom(2));
    world.connect(0, 1);
    await world.settle();
    const sent: SyncFrame[] = [];
    world.passing = (frame) => {
      sent.push(frame);
      return frame;
    };
    world.isHeld = ({ device, type }) => type === 'commit' && device === world.device(0);
    startAppend(world, 0, 1000, 1);
    world.step(world.device(1), { type: 'tick' });
    await world.settle();
    const appliedEarly = world.device(0).applied.some(({ entityId }) => entityId === 'e');
    expect([sent, answersOf(world, 0), appliedEarly]).toEqual([[], [], false]);
    expect([...world.device(0).engine.frontier()]).toEqual([...world.device(1).engine.frontier()]);

    world.isHeld = () => false;
    await world.settle();
    expect(sent.map(({ type }) => type)).toContain('frontier');
    expect(answersOf(world, 0)).toEqual([1000]);
    expect(world.device(1).applied.at(-1)).toMatchObject({ entityId: 'e', payload: { x: 1 } });
  });

  it('what a peer sent is not announced to others', async () => {
    const world = await MeshWorld.create(3, seededRandom(3));
    world.connect(0, 1);
    world.connect(1, 2);
    await world.settle();
    world.isHeld = ({ device, type }) => type === 'commit' && device === world.device(1);
    await world.write(0, update('e', { x: 1 }));
    await world.settle();
    expect(world.device(1).engine.replica.counts.entities).toBe(1);
    expect(world.device(2).engine.replica.counts.entities).toBe(0);
    world.isHeld = () => false;
    await world.settle();
    expect(world.device(2).engine.replica.counts.entities).toBe(1);
  });
});

describe('after a power cut', () => {
  it('an append that was not answered may be gone, and the log goes on without a gap', async () => {
    const world = await MeshWorld.create(1, seededRandom(4));
    await world.settle();
    world.isHeld = ({ type }) => type === 'commit';
    startAppend(world, 0, 1000, 1);
    await world.settle();
    await world.crash(0);
    world.isHeld = () => false;
    const [event] = await world.write(0, update('e', { x: 2 }));
    expect(event?.seq).toBe(2);
    expect(world.device(0).engine.replica.counts.events).toBe(2);
  });
});
