import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FRAME_BYTES_MAX } from '../../../transports/index.ts';
import { endWithTest } from '../../support/end-with-test.ts';
import { deviceOf } from '../../support/numbered-device.ts';
import { bothUp, createRig, startRig } from './rig.ts';

const STOP_MS_MAX = 3_000;

describe('life cycle', () => {
  test('stopping takes less than 3 s with a peer under load', async () => {
    const a = await startRig(1, [2]);
    const b = await startRig(2, [1], { dial: a.mesh.addresses() });
    await bothUp(a, b);
    for (let i = 0; i < 6; i += 1) a.mesh.send(b.device, new Uint8Array(FRAME_BYTES_MAX));
    const begin = performance.now();
    await a.mesh.stop();
    await b.mesh.stop();
    expect(performance.now() - begin).toBeLessThan(STOP_MS_MAX);
    expect(a.history.at(-1)).toBe(`-${b.device}: this device stopped`);
    expect(b.up.size).toBe(0);
  });

  test('after a stop, and after a failed start, nothing keeps the process alive', async () => {
    const script = new URL('./start-and-stop.ts', import.meta.url);
    const child = endWithTest(
      spawn(process.execPath, [script.pathname], { stdio: ['ignore', 'ignore', 'inherit'] }),
    );
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('stopping takes less than 3 s while a dial and a handshake hang', async () => {
    // A server that accepts and then says nothing.
    const silent = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await once(silent, 'listening');
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const accepted = new Promise<void>((resolve) => {
      silent.once('connection', (socket) => {
        socket.on('error', () => {});
        resolve();
      });
    });
    const a = await startRig(1, [2], { dial: [`/ip4/127.0.0.1/tcp/${address.port}/p2p/${deviceOf(2)}`] });
    await accepted;
    const begin = performance.now();
    await a.mesh.stop();
    expect(performance.now() - begin).toBeLessThan(STOP_MS_MAX);
  });

  test('stopping twice, or before starting, is fine; starting twice is a bug', async () => {
    const a = await createRig(1, []);
    await a.mesh.stop();
    await a.mesh.stop();
    await expect(a.mesh.start()).rejects.toThrow(TypeError);
  });

  test('a stop during the start ends both', async () => {
    const a = await createRig(1, []);
    const starting = a.mesh.start();
    await Promise.all([a.mesh.stop(), starting]);
    expect(a.mesh.addresses()).toEqual([]);
  });

  test('a port in use is an error that names the address', async () => {
    const a = await startRig(1, []);
    const taken = a.mesh.addresses().map((address) => address.replace(/\/p2p\/.*/, ''));
    const b = await createRig(2, [], { listen: ['/ip4/127.0.0.1/tcp/0', ...taken] });
    await expect(b.mesh.start()).rejects.toMatchObject({
      name: 'SmoError',
      code: 'address_in_use',
      message: `The address ${taken[0]} is already in use.`,
    });
  });

  test('so is a name in memory that is taken', async () => {
    const options = { memory: true, listen: ['/memory/taken'] };
    await startRig(1, [], options);
    const b = await createRig(2, [], options);
    await expect(b.mesh.start()).rejects.toMatchObject({
      code: 'address_in_use',
      message: 'The address /memory/taken is already in use.',
    });
  });

  test('an address that is none, or none of this machine, is an error that names it', async () => {
    await expect(createRig(1, [], { listen: ['localhost:80'] })).rejects.toMatchObject({
      code: 'bad_address',
    });
    await expect(createRig(1, [], { dial: ['here'] })).rejects.toMatchObject({ code: 'bad_address' });
    await expect(createRig(1, [], { privateKey: new Uint8Array(31) })).rejects.toThrow(RangeError);
    const a = await createRig(1, [], { listen: ['/ip4/192.0.2.1/tcp/4001'] });
    await expect(a.mesh.start()).rejects.toMatchObject({
      code: 'listen_failed',
      message: expect.stringContaining('/ip4/192.0.2.1/tcp/4001'),
    });
  });

  test('a peer that restarts on its port is found again', async () => {
    const a = await startRig(1, [2]);
    const listen = a.mesh.addresses().map((address) => address.replace(/\/p2p\/.*/, ''));
    const b = await startRig(2, [1], { dial: a.mesh.addresses() });
    await bothUp(a, b);
    await a.mesh.stop();
    await b.until(() => b.up.size === 0);
    const again = await startRig(1, [2], { listen });
    await bothUp(again, b);
    expect(b.history.map((line) => line[0])).toEqual(['+', '-', '+']);
  });

  test('off-line, a device is connected to nobody and refuses everybody; on-line again, it comes back', async () => {
    const a = await startRig(1, [2]);
    const b = await startRig(2, [1], { dial: a.mesh.addresses() });
    await bothUp(a, b);
    await a.mesh.pause();
    expect(a.history.at(-1)).toBe(`-${b.device}: this device went off-line`);
    await b.until(() => b.lines.some((line) => line.includes(`could not connect to ${a.device}`)));
    await expect(
      a.mesh.openJoin({ device: b.device, addresses: [] }, { signal: AbortSignal.timeout(5_000) }),
    ).rejects.toMatchObject({ code: 'offline' });
    expect(a.up.size).toBe(0);
    await a.mesh.resume();
    await bothUp(a, b);
  });
});
