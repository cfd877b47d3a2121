import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { deviceOf } from '../../support/numbered-device.ts';
import { bothUp, ordered, type Rig, startRig } from './rig.ts';

/** A link to a mesh that can go dead: from then on nothing passes, not even the end of a connection. */
const link = async (rig: Rig) => {
  const port = Number(/tcp\/([0-9]+)/.exec(rig.mesh.addresses()[0] ?? '')?.[1]);
  const sockets: Socket[] = [];
  let dead = false;
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.push(from);
      from.on('error', () => {});
      from.on('data', (data) => dead || to.write(data));
      from.on('end', () => dead || to.end());
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the link has no port');
  return {
    address: `/ip4/127.0.0.1/tcp/${address.port}/p2p/${rig.device}`,
    cut: () => {
      dead = true;
    },
  };
};

const [small, large] = ordered(1, 2);

describe('a connection that died without a word', () => {
  test.each([
    ['the opener', large, small],
    ['the acceptor', small, large],
  ])('gives way when %s comes back on a new one', async (_, staying, restarting) => {
    const a = await startRig(staying, [restarting]);
    const { address, cut } = await link(a);
    const b = await startRig(restarting, [staying], { dial: [address] });
    await bothUp(a, b);
    cut();
    await b.mesh.stop();
    expect(a.up.has(b.device)).toBe(true);
    const again = await startRig(restarting, [staying], { dial: a.mesh.addresses() });
    await again.until(() => again.up.has(a.device));
    await a.until(() => a.history.length === 3);
    expect(a.history).toEqual([
      `+${b.device}`,
      `-${b.device}: the connection no longer answers`,
      `+${b.device}`,
    ]);
  });

  test('a live stream does not give way to a second device with the same key', async () => {
    const a = await startRig(large, [small]);
    const b = await startRig(small, [large], { dial: a.mesh.addresses() });
    await bothUp(a, b);
    const copy = await startRig(small, [large], { dial: a.mesh.addresses() });
    await copy.until(() => copy.history.length >= 2);
    expect(a.history).toEqual([`+${deviceOf(small)}`]);
    expect(b.history).toEqual([`+${a.device}`]);
  });
});

test('fact 8: a mesh on one machine that connects all at once is not refused', async () => {
  const others = Array.from({ length: 14 }, (_, i) => i + 10);
  const hub = await startRig(1, others);
  const rigs = await Promise.all(others.map((n) => startRig(n, [1], { dial: hub.mesh.addresses() })));
  await Promise.all(rigs.map((rig) => bothUp(hub, rig)));
  expect(rigs.flatMap((rig) => rig.lines)).toEqual([]);
});
