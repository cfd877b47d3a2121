import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { FRAME_BYTES_MAX } from '../../../transports/index.ts';
import { deviceOf } from '../../support/numbered-device.ts';
import { bothUp, circuits, freePort, HIDDEN, named, placed, RELAY, type Rig, says, startRig } from './rig.ts';

const bytes = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value));
const soon = (): { readonly signal: AbortSignal } => ({ signal: AbortSignal.timeout(10_000) });

/** How long libp2p lets a relayed connection live by default, in ms. */
const RELAYED_MS_BY_DEFAULT = 120_000;

/** A relay, and two devices that listen on nothing and know nobody but the relay. */
const behindRelay = async (): Promise<readonly [Rig, Rig, Rig]> => {
  const relay = await startRig(1, [2, 3], RELAY);
  const dial = relay.mesh.addresses();
  const a = await startRig(2, [1, 3], { ...HIDDEN, dial });
  const b = await startRig(3, [1, 2], { ...HIDDEN, dial });
  await bothUp(a, b);
  return [relay, a, b];
};

describe('a relay', () => {
  test('lets two devices sync that cannot reach each other', async () => {
    const [relay, a, b] = await behindRelay();
    a.mesh.send(b.device, bytes('through'));
    await b.until(() => b.frames.length === 1);
    expect(relay.frames).toEqual([]);
    const pairs = [
      [a, b],
      [b, a],
    ] as const;
    for (const [rig, other] of pairs) {
      expect(rig.paths.get(other.device)).toMatchObject({ kind: 'relay', relay: relay.device });
      expect(rig.paths.get(relay.device)?.kind).toBe('tcp');
      expect(rig.paths.get(relay.device)).not.toHaveProperty('relay');
    }
  });

  test('passes on far more than the 128 KiB that libp2p allows by default', async () => {
    const [, a, b] = await behindRelay();
    const largest = new Uint8Array(FRAME_BYTES_MAX).map((_, i) => i * 7);
    // One waits for the other, as the credits of the sync protocol have it.
    for (let i = 1; i <= 16; i += 1) {
      a.mesh.send(b.device, largest);
      await b.until(() => b.frames.length === i);
    }
    for (const { frame } of b.frames) expect(Buffer.compare(frame, largest)).toBe(0);
    expect(a.history.filter((line) => line.includes(b.device))).toEqual([`+${b.device}`]);
  });

  test('does not cut a connection after the two minutes that libp2p allows by default', async () => {
    // Whatever would end after two minutes ends at once.
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const clock = vi
      .spyOn(AbortSignal, 'timeout')
      .mockImplementation((ms) => timeout(ms === RELAYED_MS_BY_DEFAULT ? 0 : ms));
    onTestFinished(() => clock.mockRestore());
    const [, a, b] = await behindRelay();
    for (let i = 1; i <= 20; i += 1) {
      a.mesh.send(b.device, bytes('there'));
      await b.until(() => b.frames.length === i);
      b.mesh.send(a.device, bytes('and back'));
      await a.until(() => a.frames.length === i);
    }
    expect(a.history.filter((line) => line.includes(b.device))).toEqual([`+${b.device}`]);
  });

  test('that restarts is found again, and gives the devices their places back', async () => {
    const [relay, a, b] = await behindRelay();
    const listen = relay.mesh.addresses().map((address) => address.replace(/\/p2p\/.*/, ''));
    await relay.mesh.stop();
    await Promise.all([a.until(() => a.up.size === 0), b.until(() => b.up.size === 0)]);
    expect(circuits(a)).toEqual([]);
    await startRig(1, [2, 3], { ...RELAY, listen });
    await bothUp(a, b);
    a.mesh.send(b.device, bytes('again'));
    await b.until(() => b.frames.length === 1);
  });

  test('gives no place to a stranger, and passes it on to nobody who has not invited it', async () => {
    const relay = await startRig(1, [2], RELAY);
    const dial = relay.mesh.addresses();
    const member = await startRig(2, [1], { ...HIDDEN, dial });
    await placed(member);
    // It takes both for members of its own space.
    const stranger = await startRig(3, [1, 2], { dial });
    await Promise.all([
      says(relay, `refused a place on this relay: ${stranger.device}`),
      says(member, `refused a relayed connection: ${stranger.device}`),
      says(stranger, `could not connect to ${member.device}`),
    ]);
    expect(circuits(stranger)).toEqual([]);
    expect([stranger.history, member.up]).toEqual([[], new Set([relay.device])]);
    // Any number of strangers may come: nothing of them is kept.
    expect(relay.book.has(stranger.device)).toBe(false);
  });

  test('that learns later who is a member is asked again for a place', async () => {
    const relay = await startRig(1, [], RELAY);
    const device = await startRig(2, [1], { ...HIDDEN, dial: relay.mesh.addresses() });
    await says(relay, `refused a place on this relay: ${device.device}`);
    relay.members.add(device.device);
    relay.mesh.admissionChanged();
    await bothUp(relay, device);
    await placed(device);
  });

  test('is not needed any more once a direct way is known', async () => {
    const relay = await startRig(1, [2, 3], RELAY);
    const dial = relay.mesh.addresses();
    const open = await startRig(2, [1, 3], { ...named(await freePort()), dial });
    // It learns over the relayed connection where the other one listens.
    const hidden = await startRig(3, [1, 2], { ...HIDDEN, dial });
    await Promise.all([
      open.until(() => open.paths.get(hidden.device)?.kind === 'tcp'),
      hidden.until(() => hidden.paths.get(open.device)?.kind === 'tcp'),
    ]);
    for (const [rig, other] of [
      [open, hidden],
      [hidden, open],
    ] as const) {
      const lines = rig.history.filter((line) => line.includes(other.device));
      expect(lines.map((line) => line[0])).toEqual(['+', '-', '+']);
    }
    open.mesh.send(hidden.device, bytes('directly'));
    await hidden.until(() => hidden.frames.length === 1);
  });
});

describe('joining through a relay', () => {
  test('a stranger reaches a member that has invited it, and becomes a member', async () => {
    const relay = await startRig(1, [2], RELAY);
    const inviter = await startRig(2, [1], { ...HIDDEN, dial: relay.mesh.addresses() });
    await placed(inviter);
    inviter.inviteOpen = true;
    const joiner = await startRig(3, [], { listen: [] });
    const target = { device: inviter.device, addresses: circuits(inviter) };
    const pipe = await joiner.mesh.openJoin(target, soon());
    await inviter.until(() => inviter.pipes.length === 1);
    await pipe.send(bytes('hello'));
    expect(await inviter.pipes[0]?.receive(soon())).toEqual(bytes('hello'));
    expect(inviter.pipes[0]?.peer).toBe(joiner.device);
    // The relay has met a guest, and no more.
    expect(relay.history).toEqual([`+${inviter.device}`]);
    expect(joiner.history).toEqual([]);

    // The relay hears of it from the inviter, as every member does.
    for (const rig of [relay, inviter]) rig.members.add(joiner.device);
    for (const device of [relay.device, inviter.device]) joiner.members.add(device);
    for (const rig of [relay, inviter, joiner]) rig.mesh.admissionChanged();
    await Promise.all([bothUp(joiner, inviter), bothUp(joiner, relay)]);
    expect(joiner.paths.get(inviter.device)).toMatchObject({ kind: 'relay', relay: relay.device });
  });

  test('a device that knows no member but its inviter finds it through a relay that it does not know', async () => {
    const relay = await startRig(1, [2, 3], RELAY);
    const inviter = await startRig(2, [1, 3], { ...HIDDEN, dial: relay.mesh.addresses() });
    await placed(inviter);
    const joined = await startRig(3, [2], { dial: circuits(inviter) });
    await bothUp(joined, inviter);
    expect(joined.paths.get(inviter.device)).toMatchObject({ kind: 'relay', relay: relay.device });
  });

  test('without an open invite the inviter turns the stranger away, and the relay says no more than that', async () => {
    const relay = await startRig(1, [2], RELAY);
    const inviter = await startRig(2, [1], { ...HIDDEN, dial: relay.mesh.addresses() });
    await placed(inviter);
    const joiner = await startRig(3, [], { listen: [] });
    const join = (device: number) =>
      joiner.mesh.openJoin(
        {
          device: deviceOf(device),
          addresses: circuits(inviter).map((address) => address.replace(/[^/]+$/, deviceOf(device))),
        },
        soon(),
      );
    await expect(join(2)).rejects.toMatchObject({ code: 'peer_unreachable' });
    await expect(join(4)).rejects.toMatchObject({ code: 'peer_unreachable' });
    expect(inviter.pipes).toEqual([]);
  });
});

test('of three relays a device is reached through two', async () => {
  const relays = await Promise.all([1, 2, 3].map((n) => startRig(n, [4], RELAY)));
  const dial = relays.flatMap(({ mesh }) => mesh.addresses());
  const device = await startRig(4, [1, 2, 3], { ...HIDDEN, dial });
  await Promise.all(relays.map((relay) => bothUp(relay, device)));
  await expect.poll(() => circuits(device).length, { timeout: 10_000 }).toBe(2);
});

describe('relays that are named', () => {
  test('are the only ones that a device is reached through', async () => {
    const first = await startRig(1, [2, 3], RELAY);
    const second = await startRig(2, [1, 3], { ...RELAY, dial: first.mesh.addresses() });
    const device = await startRig(3, [1, 2], {
      ...HIDDEN,
      dial: first.mesh.addresses(),
      reach: { relayVia: second.mesh.addresses() },
    });
    await Promise.all([bothUp(device, first), bothUp(device, second)]);
    await placed(device);
    expect(circuits(device).every((address) => address.includes(`/p2p/${second.device}/p2p-circuit`))).toBe(
      true,
    );
  });

  test('must be named whole', async () => {
    await expect(startRig(1, [], { reach: { relayVia: ['/ip4/127.0.0.1/tcp/4001'] } })).rejects.toMatchObject(
      {
        code: 'bad_address',
      },
    );
  });
});
