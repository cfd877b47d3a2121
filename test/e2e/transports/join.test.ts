import { describe, expect, test } from 'vitest';
import { FRAME_BYTES_MAX } from '../../../transports/index.ts';
import { bothUp, type Rig, WIRES } from './rig.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const soon = (): { readonly signal: AbortSignal } => ({ signal: AbortSignal.timeout(10_000) });

/** For what cannot succeed: time for a try and for coming back once or twice. */
const briefly = (): { readonly signal: AbortSignal } => ({ signal: AbortSignal.timeout(2_000) });

const target = (rig: Rig) => ({ device: rig.device, addresses: rig.mesh.addresses() });

describe.each(WIRES)('join over $name', ({ name, startRig }) => {
  /** An inviter with an open invite, and a device that knows its address. */
  const invite = async (): Promise<readonly [Rig, Rig]> => {
    const inviter = await startRig(1, []);
    inviter.inviteOpen = true;
    const joiner = await startRig(2, []);
    return [inviter, joiner];
  };

  test('while an invite is open, an unknown device gets a dialogue and nothing else', async () => {
    const [inviter, joiner] = await invite();
    joiner.members.add(inviter.device);
    const pipe = await joiner.mesh.openJoin(target(inviter), soon());
    await inviter.until(() => inviter.pipes.length === 1);
    const [other] = inviter.pipes;
    expect([pipe.peer, other?.peer]).toEqual([inviter.device, joiner.device]);

    await pipe.send(bytes(1));
    await pipe.send(bytes(2, 2));
    expect(await other?.receive(soon())).toEqual(bytes(1));
    const last = pipe.receive(soon());
    await other?.send(bytes(3));
    await other?.close();
    expect(await last).toEqual(bytes(3));
    // What was sent before the close still arrives; after it, both ends know.
    expect(await other?.receive(soon())).toEqual(bytes(2, 2));
    await expect(pipe.receive(soon())).rejects.toMatchObject({ code: 'pipe_closed' });
    await pipe.close();
    await expect(pipe.send(bytes(4))).rejects.toMatchObject({ code: 'pipe_closed' });
    expect(inviter.history).toEqual([]);
  });

  test('once admitted, the same connection carries the sync stream', async () => {
    const [inviter, joiner] = await invite();
    const pipe = await joiner.mesh.openJoin(target(inviter), soon());
    inviter.members.add(joiner.device);
    joiner.members.add(inviter.device);
    inviter.inviteOpen = false;
    inviter.mesh.admissionChanged();
    joiner.mesh.admissionChanged();
    await bothUp(inviter, joiner);
    await pipe.close();
    expect(inviter.history).toEqual([`+${joiner.device}`]);
  });

  test('with no invite open, an unknown device is refused', async () => {
    const [inviter, joiner] = await invite();
    inviter.inviteOpen = false;
    await expect(joiner.mesh.openJoin(target(inviter), briefly())).rejects.toMatchObject({
      code: 'peer_unreachable',
      message: expect.stringContaining(inviter.device),
    });
    expect(inviter.pipes).toEqual([]);
  });

  test('who comes while many others are joining comes again, until there is room', async () => {
    const inviter = await startRig(1, []);
    inviter.inviteOpen = true;
    const guests = await Promise.all(Array.from({ length: 8 }, (_, index) => startRig(3 + index, [])));
    await Promise.all(guests.map((guest) => guest.mesh.openJoin(target(inviter), soon())));
    const late = await startRig(2, []);
    const opened = late.mesh.openJoin(target(inviter), soon());
    await inviter.until(() => inviter.lines.some((line) => line.includes('refused an inbound connection')));
    for (const guest of guests) inviter.members.add(guest.device);
    inviter.mesh.admissionChanged();
    expect((await opened).peer).toBe(inviter.device);
    await inviter.until(() => inviter.pipes.at(-1)?.peer === late.device);
  });

  test('when the invite closes, devices that did not join are hung up on', async () => {
    const [inviter, joiner] = await invite();
    const pipe = await joiner.mesh.openJoin(target(inviter), soon());
    inviter.inviteOpen = false;
    inviter.mesh.admissionChanged();
    await expect(pipe.receive(soon())).rejects.toMatchObject({ code: 'pipe_closed' });
  });

  test('an inviter that cannot be found is an error, with what was tried', async () => {
    const joiner = await startRig(2, []);
    const inviter = await startRig(1, []);
    const addresses = inviter.mesh.addresses();
    await inviter.mesh.stop();
    const join = (of: readonly string[]) =>
      joiner.mesh.openJoin({ device: inviter.device, addresses: of }, briefly());
    await expect(join(addresses)).rejects.toMatchObject({
      code: 'peer_unreachable',
      message: expect.stringContaining(name === 'TCP' ? 'ECONNREFUSED' : 'No memory listener'),
    });
    await expect(join([])).rejects.toMatchObject({ message: expect.stringContaining('no address') });
  });

  test('an address where another device answers does not lead to a dialogue with that one', async () => {
    const [inviter, joiner] = await invite();
    const impostor = await startRig(3, []);
    impostor.inviteOpen = true;
    const addresses = impostor.mesh.addresses().map((address) => address.replace(/\/p2p\/.*/, ''));
    await expect(
      joiner.mesh.openJoin({ device: inviter.device, addresses }, briefly()),
    ).rejects.toMatchObject({
      code: 'peer_unreachable',
    });
    expect(impostor.pipes).toEqual([]);
  });

  test('a dialogue in which more arrives than is read ends instead of filling the memory', async () => {
    const [inviter, joiner] = await invite();
    const pipe = await joiner.mesh.openJoin(target(inviter), soon());
    await inviter.until(() => inviter.pipes.length === 1);
    const flood = async (): Promise<void> => {
      for (let i = 0; i < 1000; i += 1) await pipe.send(new Uint8Array(FRAME_BYTES_MAX));
    };
    await expect(flood()).rejects.toMatchObject({ code: 'pipe_closed' });
  });

  test('waiting for a frame ends when its signal aborts, and the pipe goes on', async () => {
    const [inviter, joiner] = await invite();
    const pipe = await joiner.mesh.openJoin(target(inviter), soon());
    await inviter.until(() => inviter.pipes.length === 1);
    const controller = new AbortController();
    const waiting = pipe.receive({ signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(pipe.receive({ signal: controller.signal })).rejects.toThrow('enough');
    await inviter.pipes[0]?.send(bytes(9));
    expect(await pipe.receive(soon())).toEqual(bytes(9));
  });
});
