import { type AddressInfo, createServer } from 'node:net';
import type { NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { everyInterface, freePort } from '../../../node/host/every-interface.ts';

const machine = (...families: readonly ('IPv4' | 'IPv6')[]): ReturnType<typeof networkInterfaces> => ({
  lo: families.map((family) => ({ family }) as NetworkInterfaceInfo),
});

test('a device listens for IPv6 where the system has it', () => {
  expect(everyInterface(4001, machine('IPv4', 'IPv6'))).toEqual([
    '/ip4/0.0.0.0/tcp/4001',
    '/ip6/::/tcp/4001',
  ]);
  expect(everyInterface(4001, machine('IPv4'))).toEqual(['/ip4/0.0.0.0/tcp/4001']);
  expect(everyInterface(4001, {})).toEqual(['/ip4/0.0.0.0/tcp/4001']);
});

test('a free port can be listened on', async () => {
  const port = await freePort();
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  expect((server.address() as AddressInfo).port).toBe(port);
  await new Promise((resolve) => server.close(resolve));
});
