import { expect, test, vi } from 'vitest';
import { newMachine, type RunningDevice } from '../../support/cli-device.ts';
import { converged, founder, WAIT } from '../../support/cli-pairing.ts';

/** Listens on nothing, and looks for nobody on the network: only through a relay is this device reached. */
const HIDDEN = ['--listen', '/p2p-circuit', '--no-mdns'];

const relayedAddresses = async ({ api }: RunningDevice): Promise<readonly string[]> =>
  (await api.status()).addresses.filter((address) => address.includes('/p2p-circuit'));

test('two devices that listen on nothing pair and sync through a third one that relays', async () => {
  const machine = newMachine();
  const server = await founder(machine, 'server');
  const upServer = await server.up('--relay');
  const [address = ''] = upServer.ready.addresses;

  const a = machine.device('a');
  const forA = await upServer.api.invite({ role: 'admin', expiresInMs: 60_000 });
  await a.json(['join', forA.ticket, '--name', 'a']);
  const upA = await a.start(...HIDDEN, '--relay-via', address);
  await vi.waitFor(async () => expect(await relayedAddresses(upA)).toHaveLength(1), WAIT);

  // The ticket leads to a device that the new one can reach through the relay only, where it is a stranger.
  const b = machine.device('b');
  const forB = await upA.api.invite({ role: 'writer', expiresInMs: 60_000 });
  const joined = await b.json(['join', forB.ticket, '--name', 'b']);
  expect(joined).toMatchObject({ name: 'b', synced: true });

  const upB = await b.start(...HIDDEN, '--bootstrap', address);
  await converged(upServer, upA, upB);
  await b.json(['create', 'From b', '--id', 'later']);
  await converged(upServer, upA, upB);
  expect(await a.json(['show', 'later'])).toMatchObject({ entity: { name: 'From b' } });

  const { peers } = await upA.api.status();
  const byName = Object.fromEntries(peers.map((peer) => [peer.name, peer]));
  expect(byName.b).toMatchObject({ connected: true, relay: upServer.ready.device });
  expect(byName.server).not.toHaveProperty('relay');
  expect(await a.text('peers')).toContain('through relay server');
  expect(upB.log.some((line) => line.includes('connected with a through server'))).toBe(true);
});

test('what is wrong with an address of a relay is told before anything starts', async () => {
  const device = await founder(newMachine(), 'a');
  const failure = await device.fails(['up', '--no-mdns', '--relay-via', '/ip4/127.0.0.1/tcp/4001'], {
    oneByOne: true,
  });
  expect(failure.code).toBe('bad_address');
});
