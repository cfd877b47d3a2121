import { describe, expect, it } from 'vitest';
import {
  encodeFrame,
  type FrontierEntry,
  type Question,
  SYNC_LIMITS,
  type SyncFrame,
} from '../../../protocol/sync/index.ts';
import { frontierOf } from '../../support/agreement.ts';
import { update } from '../../support/drafts.ts';
import { expectOneFork, forkedWorld } from '../../support/forked-world.ts';
import { MeshWorld, seededRandom, type WorldDevice } from '../../support/mesh-world.ts';
import { forksOf } from '../../support/replica-view.ts';
import { strikesOf } from '../../support/world-answers.ts';

const RETRY = SYNC_LIMITS.antiEntropyMs;

describe('a peer that is asked', () => {
  const branches = [
    { holder: 1, events: [1, 'seal', 2] },
    { holder: 2, events: [3, 'seal', 4] },
  ] as const;

  it('and is silent or goes away is asked again later, and not blamed', async () => {
    const { world, forker } = await forkedWorld(3, branches);
    world.passing = (frame) => (frame.type === 'answer' ? undefined : frame);
    world.connect(1, 2);
    await world.settle();
    await world.pass(SYNC_LIMITS.wantTimeoutMs);
    expect(forksOf(world.device(1).engine)).toEqual({});
    world.disconnect(1, 2);
    world.passing = (frame) => frame;
    world.connect(1, 2);
    await world.settle();
    expectOneFork([world.device(1), world.device(2)], forker, 4);
  });

  it('and is late is asked again in the same session', async () => {
    const { world, forker } = await forkedWorld(3, branches);
    world.isHeld = ({ type }) => type === 'read-answer';
    world.connect(1, 2);
    await world.settle();
    await world.pass(SYNC_LIMITS.wantTimeoutMs);
    world.isHeld = () => false;
    await world.settle();
    expect(forksOf(world.device(1).engine)).toEqual({});
    await world.pass(2 * RETRY);
    expectOneFork([world.device(1), world.device(2)], forker, 4);
  });

  it.each([
    ['other hashes', 'nodes_mismatch', spoil('nodes')],
    ['a manifest that nobody signed', 'bad_signature', spoil('manifest')],
  ] as const)('and answers with %s is at fault', async (_, code, spoiling) => {
    const { world } = await forkedWorld(3, branches);
    world.passing = (frame, from) => (from === world.device(2) ? spoiling(frame) : frame);
    world.connect(1, 2);
    await world.settle();
    expect(strikesOf(world.device(1))).toContain(code);
    expect(strikesOf(world.device(2))).toEqual([]);
  });

  it('and shows just the history that it said it does not hold has made a false claim', async () => {
    const world = await MeshWorld.create(2, seededRandom(1));
    const [a, b] = [world.device(0), world.device(1)];
    world.connect(0, 1);
    await world.settle();
    // The other one says that it has come as far as this one, on another way.
    const claim = (frame: SyncFrame): SyncFrame => {
      if (frame.type !== 'frontier' || frame.entries.length > 0) return frame;
      const { origin, ...entry } = frontierOf(a).find((own) => own.origin === a.origin) as FrontierEntry;
      const log = { type: 'origin', origin } as const;
      return { ...frame, entries: [{ ...entry, log, commitment: new Uint8Array(32).fill(7) }] };
    };
    world.passing = (frame, from) => (from === b ? claim(frame) : frame);
    await world.write(0, update('e', { x: 1 }));
    await world.settle();
    expect(strikesOf(a)).toEqual(['false_claim']);
    expect(forksOf(a.engine)).toEqual({});
  });
});

/** Changes the answers of one type. */
function spoil(type: 'nodes' | 'manifest') {
  return (frame: SyncFrame): SyncFrame => {
    if (frame.type !== 'answer' || frame.answer.type !== type) return frame;
    const { answer } = frame;
    if (answer.type === 'nodes') {
      return { ...frame, answer: { ...answer, hashes: answer.hashes.map(() => new Uint8Array(32).fill(7)) } };
    }
    if (answer.type !== 'manifest' || answer.manifest === undefined) return frame;
    const text = new TextDecoder().decode(answer.manifest).replace(/"createdAt":\d/, '"createdAt":9');
    return { ...frame, answer: { ...answer, manifest: new TextEncoder().encode(text) } };
  };
}

describe('a device that is asked by a peer', () => {
  const question = (device: WorldDevice, segment = 0): Question => ({
    type: 'manifest',
    origin: device.origin,
    segment,
  });

  /** A device that is asked whatever a test wants, and what it answers. */
  const asked = async () => {
    const world = await MeshWorld.create(2, seededRandom(1));
    world.connect(0, 1);
    await world.settle();
    const answered: number[] = [];
    world.passing = (frame) => {
      if (frame.type !== 'answer') return frame;
      answered.push(frame.ask);
      return undefined;
    };
    const device = world.device(0);
    let asks = 0;
    const ask = (count: number): void => {
      for (let i = 0; i < count; i += 1) {
        asks += 1;
        const frame = encodeFrame({ type: 'ask', ask: asks, question: question(device) });
        world.step(device, { type: 'frame', peer: world.device(1).id, frame });
      }
    };
    return { world, device, ask, answered };
  };

  it('keeps so many questions, and ends the session at one more', async () => {
    const { world, device, ask, answered } = await asked();
    world.isHeld = ({ type }) => type === 'read-answer';
    ask(SYNC_LIMITS.asksPerPeer);
    world.isHeld = () => false;
    await world.settle();
    expect(answered).toEqual(Array.from({ length: SYNC_LIMITS.asksPerPeer }, (_, i) => i + 1));
    world.isHeld = ({ type }) => type === 'read-answer';
    ask(SYNC_LIMITS.asksPerPeer + 1);
    expect(device.answers).toContainEqual(
      expect.objectContaining({ type: 'disconnect', fault: expect.objectContaining({ code: 'past_limit' }) }),
    );
    expect(strikesOf(device)).toEqual(['past_limit']);
  });

  it('answers so many in a while; the others wait', async () => {
    const { world, ask, answered } = await asked();
    for (let i = 0; i < SYNC_LIMITS.answersPerWindow; i += 1) {
      ask(1);
      await world.settle();
    }
    expect(answered).toHaveLength(SYNC_LIMITS.answersPerWindow);
    ask(2);
    await world.settle();
    expect(answered).toHaveLength(SYNC_LIMITS.answersPerWindow);
    await world.pass(SYNC_LIMITS.answerWindowMs - 1);
    expect(answered).toHaveLength(SYNC_LIMITS.answersPerWindow);
    await world.pass(1);
    expect(answered).toHaveLength(SYNC_LIMITS.answersPerWindow + 2);
  });

  it('does not answer in a new session what was asked in the one before', async () => {
    const { world, ask, answered } = await asked();
    world.isHeld = ({ type }) => type === 'read-answer';
    ask(1);
    world.disconnect(0, 1);
    world.connect(0, 1);
    await world.settle();
    ask(1);
    world.isHeld = () => false;
    await world.settle();
    expect(answered).toEqual([2]);
  });

  it('ends a session in which it is answered what it has not asked', async () => {
    const { world, device } = await asked();
    const frame = encodeFrame({ type: 'answer', ask: 1, answer: { type: 'records', records: [] } });
    world.step(device, { type: 'frame', peer: world.device(1).id, frame });
    expect(strikesOf(device)).toEqual(['bad_frame']);
  });
});
