import { describe, expect, it } from 'vitest';
import { STRIKE_LIMITS } from '../../../protocol/engine/index.ts';
import { Strikes } from '../../../protocol/engine/strikes.ts';
import { roleChanged } from '../../../protocol/membership/index.ts';
import type { SyncFrame } from '../../../protocol/sync/index.ts';
import { expectAgreement } from '../../support/agreement.ts';
import { update } from '../../support/drafts.ts';
import { MeshWorld, seededRandom } from '../../support/mesh-world.ts';
import { numberedSigner } from '../../support/test-signer.ts';
import { digestOf, toldOf } from '../../support/world-answers.ts';

/** Makes device 1 spoil every range that it sends. */
const spoilRanges = (world: MeshWorld): void => {
  world.passing = (frame, from) =>
    from === world.device(1) && frame.type === 'range' ? spoil(frame) : frame;
};

const spoil = (frame: Extract<SyncFrame, { type: 'range' }>): SyncFrame => ({
  ...frame,
  records: frame.records.map((record) => record.with(record.length - 1, 0)),
});

/** One strike: device 1 writes, is connected with device 0, spoils it, and is gone. */
const strikeOnce = async (world: MeshWorld): Promise<void> => {
  await world.write(1, update('e', { x: 1 }));
  await world.settle();
  world.connect(0, 1);
  await world.settle();
  world.disconnect(0, 1);
  await world.settle();
};

const pair = async (): Promise<MeshWorld> => {
  const world = await MeshWorld.create(2, seededRandom(1));
  world.connect(0, 1);
  await world.settle();
  world.disconnect(0, 1);
  spoilRanges(world);
  return world;
};

describe('a peer that sends what is not as it should be', () => {
  it('gets a strike for each session in which it does, with the code of the fault', async () => {
    const world = await pair();
    for (const strikes of [1, 2]) {
      await strikeOnce(world);
      expect(toldOf(world.device(0), 'strike')).toHaveLength(strikes);
      expect(toldOf(world.device(0), 'strike').at(-1)).toMatchObject({
        peer: world.device(1).id,
        fault: { code: 'root_mismatch' },
        strikes,
      });
      expect(toldOf(world.device(0), 'strike').at(-1)).not.toHaveProperty('servedOnlyUntilMs');
    }
  });

  it('is served and asked for nothing after the third, until an hour is over', async () => {
    const world = await pair();
    for (let i = 0; i < STRIKE_LIMITS.strikesMax; i += 1) await strikeOnce(world);
    expect(toldOf(world.device(0), 'strike').at(-1)).toMatchObject({
      strikes: STRIKE_LIMITS.strikesMax,
      servedOnlyUntilMs: world.nowMs + STRIKE_LIMITS.servedOnlyMs,
    });
    const wants: SyncFrame[] = [];
    world.passing = (frame, from) => {
      if (frame.type === 'want' && from === world.device(0)) wants.push(frame);
      return frame;
    };
    world.connect(0, 1);
    await world.write(0, update('e', { x: 'served' }));
    await world.settle();
    expect(world.device(1).engine.replica.causality.applied(world.device(0).origin)).toBe(3);
    expect([wants, digestOf(world.device(0)) === digestOf(world.device(1))]).toEqual([[], false]);

    await world.pass(STRIKE_LIMITS.servedOnlyMs - 1);
    expect(wants).toEqual([]);
    await world.pass(1);
    // The next round of anti-entropy asks.
    await world.pass(60_000);
    expect(wants).not.toEqual([]);
    await expectAgreement(world);
  });

  it('loses nothing by what the owner of a log has signed, nor by being late', async () => {
    const world = await pair();
    world.passing = (frame, from) => (from === world.device(1) && frame.type === 'range' ? undefined : frame);
    await world.write(1, update('e', { x: 1 }));
    world.connect(0, 1);
    await world.settle();
    await world.pass(60_000);
    expect(toldOf(world.device(0), 'strike')).toEqual([]);
  });

  it('gets one for breaking the protocol, and none for saying that the other side did', async () => {
    const world = await pair();
    world.passing = (frame, from) =>
      from === world.device(1) && frame.type === 'hello' ? { ...frame, version: 9 } : frame;
    world.connect(0, 1);
    await world.settle();
    // A later version is no fault of anybody.
    expect(toldOf(world.device(0), 'strike')).toEqual([]);
    world.disconnect(0, 1);
    world.passing = (frame, from) =>
      from === world.device(1) && frame.type === 'hello' ? { type: 'credit', bytes: 2 ** 30 } : frame;
    world.connect(0, 1);
    await world.settle();
    expect(toldOf(world.device(1), 'strike')).toEqual([]);
  });
});

describe('strikes', () => {
  const [peer, other] = [numberedSigner(1).device, numberedSigner(2).device];
  const fault = { code: 'bad_range', message: 'frames that do not join' };
  const { windowMs, servedOnlyMs } = STRIKE_LIMITS;

  it('count within an hour: at the very end of it the first one is forgotten', () => {
    for (const [lastMs, mayAsk] of [
      [windowMs - 1, false],
      [windowMs, true],
    ] as const) {
      const strikes = new Strikes();
      for (const atMs of [0, 10, lastMs]) strikes.strike(peer, fault, atMs);
      expect(strikes.mayAsk(peer, lastMs)).toBe(mayAsk);
    }
  });

  it('are forgiven at the end of the hour, and one more within the window begins another', () => {
    const strikes = new Strikes();
    for (const atMs of [0, 1, 2]) strikes.strike(peer, fault, atMs);
    expect(strikes.mayAsk(peer, 2 + servedOnlyMs - 1)).toBe(false);
    expect(strikes.mayAsk(peer, 2 + servedOnlyMs)).toBe(true);
    const again = strikes.strike(peer, fault, 2 + servedOnlyMs);
    expect(again).toEqual({ peer, fault, strikes: 1 });
  });

  it('are of one device alone', () => {
    const strikes = new Strikes();
    for (const atMs of [0, 1, 2]) strikes.strike(peer, fault, atMs);
    expect([strikes.mayAsk(peer, 3), strikes.mayAsk(other, 3)]).toEqual([false, true]);
  });

  it('are not given for what only the owner of a log can have done, or what is late', () => {
    const strikes = new Strikes();
    for (const code of [
      'chain_break',
      'history_differs',
      'stalled',
      'slow',
      'withheld',
      'unsupported_version',
    ]) {
      expect(strikes.strike(peer, { code, message: '' }, 0)).toBeUndefined();
    }
  });

  it('do not last when the clock is set back', () => {
    const strikes = new Strikes();
    for (const atMs of [0, 1, 2]) strikes.strike(peer, fault, 10 * windowMs + atMs);
    expect(strikes.mayAsk(peer, 10 * windowMs + 3)).toBe(false);
    expect(strikes.mayAsk(peer, 0)).toBe(true);
  });

  it('of devices that are forgiven take no room', () => {
    const strikes = new Strikes();
    for (let i = 1; i <= 50; i += 1) strikes.strike(numberedSigner(i).device, fault, i * windowMs);
    expect(strikes.size).toBe(1);
  });
});

describe('what the engine says of strikes', () => {
  it('is how many count now, also against a device that is gone', async () => {
    const world = await pair();
    const strikes = (): number => world.device(0).engine.strikes(world.device(1).id);
    expect(strikes()).toBe(0);
    await strikeOnce(world);
    expect(strikes()).toBe(1);
    expect(world.device(1).engine.strikes(world.device(0).id)).toBe(0);
  });

  it('is an hour long', () => {
    const strikes = new Strikes();
    const { device } = numberedSigner(1);
    strikes.strike(device, { code: 'bad_frame', message: '' }, 0);
    expect(strikes.count(device, STRIKE_LIMITS.windowMs - 1)).toBe(1);
    expect(strikes.count(device, STRIKE_LIMITS.windowMs)).toBe(0);
  });
});

describe('a writer that makes itself an admin', () => {
  it('is told of by everybody, and gets no strike for it, nor does who passes it on', async () => {
    const world = await MeshWorld.create(3, seededRandom(1), { role: 'writer' });
    const [first, middle, writer] = [world.device(0), world.device(1), world.device(2)];
    world.connect(0, 1);
    world.connect(1, 2);
    await world.settle();
    await world.write(2, roleChanged({ device: writer.id, role: 'admin', cut: {} }));
    await world.settle();
    for (const device of [first, middle]) {
      expect(device.engine.membership.get(writer.id)?.role).toBe('writer');
      expect(toldOf(device, 'strike')).toEqual([]);
      expect(toldOf(device, 'refused')).toMatchObject([
        { peer: writer.id, fault: { code: 'not_permitted' } },
      ]);
    }
    await expectAgreement(world);
  });
});
