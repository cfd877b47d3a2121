import { describe, expect, test, vi } from 'vitest';
import { newMachine, type RunningDevice } from '../../support/cli-device.ts';
import { admit, converged, dialing, founder, WAIT } from '../../support/cli-pairing.ts';

const WS = ['--listen', '/ip4/127.0.0.1/tcp/0/ws', '--no-mdns'];

/** Where a device is connected with each other one, by name. */
const pathsOf = async ({ api }: RunningDevice): Promise<Readonly<Record<string, string | null>>> =>
  Object.fromEntries((await api.status()).peers.map(({ name, path }) => [name, path]));

describe('WebSockets', () => {
  test('carry a join and a sync, and the ticket names them', async () => {
    const machine = newMachine();
    const a = await founder(machine, 'a');
    const upA = await a.start(...WS);
    const [address = ''] = upA.ready.addresses;
    expect(address).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/ws\/p2p\//);
    // Without any other address to go by.
    const b = await admit(upA, 'b', machine);
    const upB = await b.start(...WS);
    await b.json(['create', 'Over WebSockets', '--id', 'ws']);
    await converged(upA, upB);
    expect(await a.json(['show', 'ws'])).toMatchObject({ entity: { name: 'Over WebSockets' } });
    expect((await pathsOf(upB)).a).toBe(address.replace(/\/p2p\/.*/, ''));
    expect((await pathsOf(upA)).b).toMatch(/\/ws$/);
  });
});

describe('the hash table', () => {
  test('leads from one member to another that nobody has named', async () => {
    const machine = newMachine();
    const server = await founder(machine, 'server');
    const upServer = await server.up('--dht');
    const b = await admit(upServer, 'b', machine);
    const c = await admit(upServer, 'c', machine);
    const upB = await b.up('--dht', ...dialing(upServer));
    const [entry = ''] = upServer.ready.addresses;
    const upC = await c.up('--dht', '--bootstrap', entry);
    await vi.waitFor(async () => {
      const [path] = [(await pathsOf(upC)).b, (await pathsOf(upB)).c].flatMap((known) => known ?? []);
      expect(path).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+$/);
    }, WAIT);
    await converged(upServer, upB, upC);
  });
});

describe('an address that only the router knows', () => {
  test('is announced to the others and stands in tickets', async () => {
    const machine = newMachine();
    const a = await founder(machine, 'a');
    // It leads back to the port of this device, as a forwarded one would.
    const first = await a.up();
    const [port] = first.ready.addresses.flatMap((address) => /\/tcp\/(\d+)/.exec(address)?.[1] ?? []);
    await first.end('SIGTERM');
    const outside = `/dns4/localhost/tcp/${port}`;
    const upA = await a.start('--no-mdns', '--listen', `/ip4/127.0.0.1/tcp/${port}`, '--announce', outside);
    expect(upA.ready.addresses).toContain(`${outside}/p2p/${upA.ready.device}`);
    const b = await admit(upA, 'b', machine);
    const upB = await b.up('--bootstrap', outside);
    await converged(upA, upB);
  });
});
