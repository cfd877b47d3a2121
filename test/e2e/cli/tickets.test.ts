import { randomBytes } from 'node:crypto';
import { access, readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { nativeCrypto, signerFromSeed } from '../../../node/crypto/index.ts';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import {
  decodeJoinMessage,
  decodeTicket,
  encodeJoinMessage,
  encodeTicket,
  type JoinMessage,
  type Ticket,
} from '../../../protocol/membership/index.ts';
import { createMesh } from '../../../transports/index.ts';
import {
  assertFailure,
  type CliFailure,
  type Machine,
  newMachine,
  type RunningDevice,
} from '../../support/cli-device.ts';
import { admit, founder, WAIT } from '../../support/cli-pairing.ts';

const ticketOf = async (inviter: RunningDevice, expiresInMs = 60_000): Promise<string> =>
  (await inviter.api.invite({ role: 'writer', expiresInMs })).ticket;

/** The same ticket with another content, and a checksum that fits it. */
const changed = (text: string, change: (ticket: Ticket) => Partial<Ticket>): string => {
  const ticket = decodeTicket(nativeCrypto, text);
  if (!ticket.ok) throw new Error(ticket.fault.message);
  return encodeTicket(nativeCrypto, { ...ticket.value, ...change(ticket.value) });
};

/** The id of another space: the same one with another first character. */
const otherSpace = ({ space }: Ticket): Partial<Ticket> => ({
  space: `${space.startsWith('a') ? 'b' : 'a'}${space.slice(1)}` as Ticket['space'],
});

const otherSecret = ({ secret }: Ticket): Partial<Ticket> => ({ secret: secret.map((byte) => byte ^ 1) });

/** A join that fails, says so, and leaves no home behind. */
const refused = async (machine: Machine, ticket: string, ...more: readonly string[]): Promise<CliFailure> => {
  const args = ['join', ticket, '--name', 'joiner', '--timeout', '10s', ...more];
  const [one, two] = [machine.device('one'), machine.device('two')];
  const failure = assertFailure(...(await Promise.all([one.run(args), two.run(['--json', ...args])])));
  expect(failure.exit).toBe(1);
  for (const { home } of [one, two]) expect(await readdir(home).catch(() => [])).toEqual([]);
  return failure;
};

test('a malformed ticket is told from a wrong one, without any network', async () => {
  const machine = newMachine();
  const a = await founder(machine, 'a');
  const { ticket } = await a.json(['invite']);
  const mistyped = `${ticket.slice(0, 40)}${ticket[40] === 'a' ? 'b' : 'a'}${ticket.slice(41)}`;
  for (const text of ['', 'hello', 'smo1', ticket.slice(0, -8), mistyped]) {
    const failure = await refused(machine, text);
    expect(failure.code).toBe('ticket_malformed');
    expect(failure.line).toContain('Copy it again');
  }
});

test('a ticket of another space, or with another secret, is worth nothing', async () => {
  const machine = newMachine();
  const up = await (await founder(machine, 'a')).up();
  const ticket = await ticketOf(up);
  const wrongSecret = await refused(machine, changed(ticket, otherSecret));
  expect(wrongSecret).toMatchObject({ code: 'ticket_refused', line: expect.stringContaining('smo invite') });
  const wrongSpace = await refused(machine, changed(ticket, otherSpace));
  // The joiner notices first: who answers cannot prove to be of the space that the ticket names.
  expect(wrongSpace).toMatchObject({ code: 'join_protocol', line: expect.stringContaining('smo invite') });
  expect((await up.api.status()).peers).toEqual([]);
  // The true ticket is as good as before.
  await machine.device('b').json(['join', ticket, '--name', 'b']);
});

test('a ticket lets in one device, and says so to the second one', async () => {
  const machine = newMachine();
  const up = await (await founder(machine, 'a')).up();
  const ticket = await ticketOf(up);
  await machine.device('b').json(['join', ticket, '--name', 'b']);
  // Whether another invite is open or not.
  expect(await refused(machine, ticket)).toMatchObject({ code: 'ticket_spent' });
  await ticketOf(up);
  expect(await refused(machine, ticket)).toMatchObject({ code: 'ticket_spent' });
  expect((await up.api.status()).peers).toMatchObject([{ name: 'b' }]);
});

test('a ticket has the addresses of its device, which it names once', async () => {
  const up = await (await founder(newMachine(), 'a')).up();
  const ticket = decodeTicket(nativeCrypto, await ticketOf(up));
  const { device, addresses } = up.ready;
  expect(addresses).not.toEqual([]);
  expect(ticket).toMatchObject({
    value: { inviter: device, addresses: addresses.map((address) => address.replace(`/p2p/${device}`, '')) },
  });
});

test('an expired ticket is refused, whatever the clock of the joiner shows', async () => {
  const machine = newMachine();
  const up = await (await founder(machine, 'a')).up();
  await ticketOf(up);
  const ticket = await ticketOf(up, 1);
  expect(await refused(machine, ticket)).toMatchObject({
    code: 'ticket_expired',
    line: expect.stringContaining('Ask for a new one'),
  });
  // A joiner whose clock is behind believes in it; the inviter does not.
  const prolonged = changed(ticket, () => ({ expiresAt: Date.now() + 60_000 }));
  expect(await refused(machine, prolonged)).toMatchObject({ code: 'ticket_expired' });
  expect((await up.api.status()).peers).toEqual([]);
});

test('a ticket that only the clock of the joiner takes for expired is good', async () => {
  const machine = newMachine();
  const up = await (await founder(machine, 'a')).up();
  const overdue = changed(await ticketOf(up), () => ({ expiresAt: Date.now() - 60_000 }));
  await machine.device('b').json(['join', overdue, '--name', 'b']);
  expect((await up.api.status()).peers).toMatchObject([{ name: 'b' }]);
});

test('a ticket that has expired says so when its inviter is not there either', async () => {
  const machine = newMachine();
  const up = await (await founder(machine, 'a')).up();
  const overdue = changed(await ticketOf(up), () => ({ expiresAt: Date.now() - 60_000 }));
  await up.end('SIGTERM');
  expect(await refused(machine, overdue, '--timeout', '1s')).toMatchObject({
    code: 'ticket_expired',
    line: expect.stringContaining('smo invite'),
  });
});

test('an inviter that cannot be reached is named, and the wait ends in time', async () => {
  const machine = newMachine();
  const a = await founder(machine, 'a');
  const up = await a.up();
  const ticket = await ticketOf(up);
  await up.end('SIGTERM');
  const beganMs = performance.now();
  const failure = await refused(machine, ticket, '--timeout', '1s');
  // A second for the join, and what it takes to start and stop processes.
  expect(performance.now() - beganMs).toBeLessThan(10_000);
  expect(failure.code).toBe('peer_unreachable');
  expect(failure.line).toMatch(/12D3KooW.*Check that it is running/);
  // The ticket has not been used.
  const [address = ''] = up.ready.addresses;
  const again = await a.start('--no-mdns', '--listen', address.replace(/\/p2p\/.*/, ''));
  await machine.device('b').json(['join', ticket, '--name', 'b']);
  expect((await again.api.status()).peers).toMatchObject([{ name: 'b' }]);
});

test('who has a home already keeps it, and a folder with other things is left alone', async () => {
  const machine = newMachine();
  const up = await (await founder(machine, 'a')).up();
  const b = await admit(up, 'b', machine);
  const ticket = await ticketOf(up);
  const before = await b.json(['status']);
  expect(await b.fails(['join', ticket])).toMatchObject({ code: 'home_exists' });
  expect(await b.fails(['init'])).toMatchObject({ code: 'home_exists' });
  expect(await b.json(['status'])).toEqual(before);
  const foreign = machine.device('foreign', machine.dir);
  expect(await foreign.fails(['join', ticket])).toMatchObject({ code: 'home_exists' });
  await expect(access(`${machine.dir}/device.key`)).rejects.toThrow('ENOENT');
  // Only an admin lets others in.
  expect(await b.fails(['invite'])).toMatchObject({ exit: 1, code: 'not_admin' });
});

test('a ticket that was taken back lets nobody in, and says no more than a wrong one', async () => {
  const machine = newMachine();
  const a = await founder(machine, 'a');
  const up = await a.up();
  const { ticket, invite } = await up.api.invite({ role: 'writer', expiresInMs: 60_000 });
  // Another one stays open, so that the device goes on answering.
  await up.api.invite({ role: 'writer', expiresInMs: 60_000 });
  expect((await a.json(['invite', '--cancel', invite.slice(0, 8)])).invite).toBe(invite);
  expect((await a.json(['invite', '--list'])).invites).toHaveLength(1);
  expect((await refused(machine, ticket)).code).toBe('ticket_refused');
  expect((await a.fails(['invite', '--cancel', invite])).code).toBe('invite_unknown');
  expect((await a.fails(['invite', '--cancel', ''])).code).toBe('invite_unknown');
});

/** Whoever has seen the id of an invite and not its ticket: says hello, and proves nothing. */
const guess = async (up: RunningDevice, invite: string): Promise<string | undefined> => {
  const seed = new Uint8Array(randomBytes(32));
  const signer = signerFromSeed(seed);
  const mesh = await createMesh(
    {
      device: signer.device,
      privateKey: seed,
      listen: [],
      dial: [],
      mdns: null,
      addressBook: { addressesOf: () => [] },
    },
    {
      isMember: () => false,
      members: () => [],
      isInviteOpen: () => false,
      onPeerConnected: () => undefined,
      onPeerDisconnected: () => undefined,
      onFrame: () => undefined,
      onJoinRequest: () => undefined,
      onAddresses: () => undefined,
      log: () => undefined,
    },
  );
  await mesh.start();
  try {
    const signal = AbortSignal.timeout(WAIT.timeout);
    const { device, addresses } = up.ready;
    const pipe = await mesh.openJoin({ device: device as DeviceId, addresses }, { signal });
    const say = async (message: JoinMessage): Promise<JoinMessage | undefined> => {
      await pipe.send(encodeJoinMessage(message));
      return decodeJoinMessage(await pipe.receive({ signal }));
    };
    const inviteId = Uint8Array.from(Buffer.from(invite, 'hex'));
    await say({ type: 'hello', inviteId, nonce: randomBytes(16), name: 'thief' });
    const answer = await say({ type: 'proof', proof: randomBytes(32) });
    return answer?.type === 'refused' ? answer.code : answer?.type;
  } finally {
    await mesh.stop();
  }
};

test('five wrong attempts close an invite for good, and four do not', async () => {
  const machine = newMachine();
  const a = await founder(machine, 'a');
  const up = await a.up();
  const make = () => up.api.invite({ role: 'writer', expiresInMs: 60_000 });
  const [closed, tried] = [await make(), await make()];
  for (let i = 0; i < 5; i += 1) expect(await guess(up, closed.invite)).toBe('ticket_refused');
  for (let i = 0; i < 4; i += 1) expect(await guess(up, tried.invite)).toBe('ticket_refused');
  const expected = [
    { invite: closed.invite, state: 'closed', attempts: 5 },
    { invite: tried.invite, state: 'open', attempts: 4 },
  ];
  expect((await a.json(['invite', '--list'])).invites).toMatchObject(expected);
  await up.end('SIGKILL');
  const [address = ''] = up.ready.addresses;
  const again = await a.start('--no-mdns', '--listen', address.replace(/\/p2p\/.*/, ''));
  expect((await a.json(['invite', '--list'])).invites).toMatchObject(expected);
  expect((await refused(machine, closed.ticket)).code).toBe('ticket_refused');
  await machine.device('b').json(['join', tried.ticket, '--name', 'b']);
  expect((await again.api.status()).peers).toMatchObject([{ name: 'b' }]);
  expect((await a.json(['invite', '--list'])).invites).toMatchObject([
    { state: 'closed' },
    { state: 'spent', attempts: 4 },
  ]);
});
