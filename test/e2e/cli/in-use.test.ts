import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { newMachine } from '../../support/cli-device.ts';
import { founder } from '../../support/cli-pairing.ts';

/** Two `smo up` on one home at the same time would not meet the same obstacle. */
const ONE_BY_ONE = { oneByOne: true } as const;

/** A port of the loopback interface that somebody else listens on. */
const takenPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
};

test('an address that is in use, or is none, is named', async () => {
  const device = await founder(newMachine(), 'a');
  const taken = `/ip4/127.0.0.1/tcp/${await takenPort()}`;
  expect(await device.fails(['up', '--no-mdns', '--listen', taken], ONE_BY_ONE)).toEqual({
    exit: 1,
    code: 'address_in_use',
    line: expect.stringContaining(taken),
  });
  for (const option of ['--listen', '--dial']) {
    const failure = await device.fails(['up', '--no-mdns', option, 'localhost:4001'], ONE_BY_ONE);
    expect(failure).toMatchObject({
      code: 'bad_address',
      line: expect.stringContaining('localhost:4001'),
    });
  }
  await (await device.up()).end('SIGTERM');
});

test('the port of last time is given up when somebody else has it, and kept when not', async () => {
  const device = await founder(newMachine(), 'a');
  const port = await takenPort();
  const book = join(device.home, 'address-book.json');
  await writeFile(book, JSON.stringify({ listenPort: port, peers: [] }));
  const up = await device.start('--no-mdns');
  const portOf = ({ ready }: typeof up): string => ready.addresses[0]?.split('/')[4] ?? '';
  expect(Number(portOf(up))).not.toBe(port);
  await up.end('SIGTERM');
  expect(portOf(await device.start('--no-mdns'))).toBe(portOf(up));
});

test('a device that is not told where listens for IPv4 and IPv6, on one port', async () => {
  const device = await founder(newMachine(), 'a');
  const { ready } = await device.start('--no-mdns');
  const parts = ready.addresses.map((address) => address.split('/'));
  const hasIpv6 = Object.values(networkInterfaces()).some((of = []) =>
    of.some(({ family }) => family === 'IPv6'),
  );
  expect(new Set(parts.map(([, family]) => family))).toEqual(new Set(hasIpv6 ? ['ip4', 'ip6'] : ['ip4']));
  expect(new Set(parts.map(([, , , , port]) => port)).size).toBe(1);
});

test('a home serves one process: a second one is told who has it', async () => {
  const device = await founder(newMachine(), 'a');
  const up = await device.up();
  const failure = await device.fails(['up', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0']);
  expect(failure).toMatchObject({ exit: 1, code: 'home_in_use', line: expect.stringContaining(device.home) });
  expect(failure.line).toContain('is up already');
  // The first one goes on as if nothing had happened.
  await device.json(['create', 'Milk']);
  expect(await up.api.status()).toMatchObject({ running: true, events: 2 });
  expect(await device.json(['verify'])).toMatchObject({ ok: true });
});

test('commands at the same time on one home wait for each other', async () => {
  const device = await founder(newMachine(), 'a');
  await Promise.all(['1', '2', '3', '4', '5', '6'].map((id) => device.json(['create', id, '--id', id])));
  expect(await device.json(['status'])).toMatchObject({ events: 7, entities: 6 });
  expect(await device.json(['verify'])).toMatchObject({ ok: true });
});

test('a device that is to be up waits for a command that has its home open', async () => {
  const device = await founder(newMachine(), 'a');
  const [up] = await Promise.all([
    device.up(),
    device.json(['create', 'Milk']),
    device.json(['create', 'Bread']),
  ]);
  expect(await up.api.status()).toMatchObject({ entities: 2 });
});

test('the socket of a device that was killed is taken over', async () => {
  const device = await founder(newMachine(), 'a');
  const killed = await device.up();
  await killed.end('SIGKILL');
  await device.json(['create', 'Milk']);
  const up = await device.up();
  expect(up.ready.socket).toBe(killed.ready.socket);
  expect(await device.json(['status'])).toMatchObject({ running: true, events: 2 });
});
