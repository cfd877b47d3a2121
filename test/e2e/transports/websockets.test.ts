import { describe, expect, test } from 'vitest';
import { FRAME_BYTES_MAX } from '../../../transports/index.ts';
import { bothUp, freePort, startRig } from './rig.ts';

const WS = { listen: ['/ip4/127.0.0.1/tcp/0/ws'] };
const bytes = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value));

describe('WebSockets', () => {
  test('a device that listens on WebSockets is dialled there, and the path says so', async () => {
    const a = await startRig(1, [2], WS);
    expect(a.mesh.addresses()).toEqual([
      expect.stringMatching(new RegExp(`^/ip4/127\\.0\\.0\\.1/tcp/\\d+/ws/p2p/${a.device}$`)),
    ]);
    const b = await startRig(2, [1], { dial: a.mesh.addresses() });
    await bothUp(a, b);
    for (const [rig, other] of [
      [a, b],
      [b, a],
    ] as const) {
      rig.mesh.send(other.device, new Uint8Array(FRAME_BYTES_MAX).fill(7));
      rig.mesh.send(other.device, bytes('after it'));
      await other.until(() => other.frames.length === 2);
      expect(other.frames.map(({ frame }) => frame.length)).toEqual([FRAME_BYTES_MAX, 8]);
      expect(rig.paths.get(other.device)?.kind).toBe('ws');
    }
  });

  test('TCP and WebSockets can be listened on together', async () => {
    const a = await startRig(1, [2, 3], { listen: ['/ip4/127.0.0.1/tcp/0', ...WS.listen] });
    const [tcp = '', ws = ''] = a.mesh.addresses();
    const b = await startRig(2, [1], { dial: [tcp] });
    const c = await startRig(3, [1], { dial: [ws] });
    await Promise.all([bothUp(a, b), bothUp(a, c)]);
    expect([b, c].map((rig) => rig.paths.get(a.device)?.kind)).toEqual(['tcp', 'ws']);
  });

  test('a stranger is refused as on any other path', async () => {
    const a = await startRig(1, [3], WS);
    const b = await startRig(2, [1], { dial: a.mesh.addresses() });
    await a.until(() => a.lines.some((line) => line.includes(`refused an inbound connection: ${b.device}`)));
    expect(a.history).toEqual([]);
  });

  test('a port in use is an error that names the address', async () => {
    const port = await freePort();
    const listen = [`/ip4/127.0.0.1/tcp/${port}/ws`];
    await startRig(1, [], { listen });
    await expect(startRig(2, [], { listen })).rejects.toMatchObject({
      code: 'address_in_use',
      message: `The address ${listen[0]} is already in use.`,
    });
  });

  test('stops in time with a connection open', async () => {
    const a = await startRig(1, [2], WS);
    const b = await startRig(2, [1], { dial: a.mesh.addresses() });
    await bothUp(a, b);
    const begin = performance.now();
    await a.mesh.stop();
    expect(performance.now() - begin).toBeLessThan(3_000);
  });
});
