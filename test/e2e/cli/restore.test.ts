import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { type CliDevice, type Machine, newMachine, type RunningDevice } from '../../support/cli-device.ts';
import { admit, converged, dialing, founder, type Pair, startPair, WAIT } from '../../support/cli-pairing.ts';

const entitiesOf = async (device: CliDevice): Promise<readonly string[]> =>
  Object.keys((await device.json(['list'])).entities).sort();

/** Waits until devices hold the same, whether they are connected with each other or through another one. */
const agree = (...devices: readonly RunningDevice[]): Promise<void> =>
  vi.waitFor(async () => {
    const states = await Promise.all(devices.map(({ api }) => api.status()));
    const [first] = states;
    for (const { digest, frontier, waiting, forkedLogs } of states) {
      expect({ digest, frontier, waiting, forkedLogs }).toEqual({
        digest: first?.digest,
        frontier: first?.frontier,
        waiting: [],
        forkedLogs: first?.forkedLogs,
      });
    }
  }, WAIT);

/** Two devices, of which "a" wrote "late" after its home was copied; "b", which is up, has got it, and "a" is down. */
const copiedTooEarly = async (machine: Machine, copy: string): Promise<Pick<Pair, 'a' | 'b' | 'upB'>> => {
  const { a, b, upA, upB } = await startPair(machine);
  await a.json(['create', 'Early', '--id', 'early']);
  await upA.end('SIGTERM');
  await cp(a.home, copy, { recursive: true });
  const later = await a.up(...dialing(upB));
  await a.json(['create', 'Late', '--id', 'late']);
  await converged(later, upB);
  await later.end('SIGTERM');
  return { a, b, upB };
};

test('a backup that is restored gets back what came after it, and goes on in a log of its own', {
  timeout: 120_000,
}, async () => {
  const machine = newMachine();
  const backup = join(machine.dir, 'backup');
  const { a, b, upB } = await copiedTooEarly(machine, backup);
  await rm(a.home, { recursive: true });
  await cp(backup, a.home, { recursive: true });
  expect(await entitiesOf(a)).toEqual(['early']);
  // The marker of this machine tells that the copy is old; nobody needs to be reached.
  await a.json(['create', 'Restored', '--id', 'restored']);
  const again = await a.up(...dialing(upB));
  await converged(again, upB);
  expect(await entitiesOf(a)).toEqual(['early', 'late', 'restored']);
  expect(await entitiesOf(b)).toEqual(['early', 'late', 'restored']);
  const status = await a.json(['status']);
  expect(status).toMatchObject({ retiredLogs: [{ reason: 'behind' }], forkedLogs: [] });
  expect(await a.text('log')).toContain('Restored');
});

test('a backup that is restored on another machine asks the others first, and forks nothing', {
  timeout: 120_000,
}, async () => {
  const restored = newMachine().device('a');
  const { b, upB } = await copiedTooEarly(newMachine(), restored.home);
  const again = await restored.up(...dialing(upB));
  // At once: it waits by itself until it knows how far the others know its log.
  const { events } = await restored.json(['create', 'Restored', '--id', 'restored']);
  await converged(again, upB);
  const status = await restored.json(['status']);
  const [first] = status.retiredLogs;
  expect(status).toMatchObject({
    origin: events[0].origin,
    retiredLogs: [{ reason: 'ahead' }],
    forkedLogs: [],
  });
  expect(first.origin).not.toBe(status.origin);
  expect(await entitiesOf(b)).toEqual(['early', 'late', 'restored']);
});

test('a home that was copied and written to in both copies: both go on, and everybody sees the same', {
  timeout: 120_000,
}, async () => {
  const machine = newMachine();
  const b = await founder(machine, 'b');
  const upB = await b.up();
  const a = await admit(upB, 'a', machine);
  await a.json(['create', 'Shared', '--id', 'shared']);
  const copy = newMachine().device('a');
  await cp(a.home, copy.home, { recursive: true });
  // Nobody is reached: neither can know of the other one.
  const mine = await a.json(['create', 'Mine', '--id', 'mine']);
  await copy.json(['create', 'Theirs', '--id', 'theirs']);
  const [{ origin, seq }] = mine.events;

  const upA = await a.up(...dialing(upB));
  await converged(upA, upB);
  await upA.end('SIGTERM');
  const upCopy = await copy.up(...dialing(upB));
  await vi.waitFor(async () => {
    for (const device of [copy, b])
      expect((await device.json(['status'])).forkedLogs).toEqual([{ origin, seq }]);
  }, WAIT);
  const copied = await copy.json(['create', 'Copy goes on', '--id', 'copy']);
  await agree(upCopy, upB);
  await upCopy.end('SIGTERM');
  const againA = await a.up(...dialing(upB));
  await vi.waitFor(async () => {
    expect((await a.json(['status'])).forkedLogs).toEqual([{ origin, seq }]);
  }, WAIT);
  await a.json(['create', 'Original goes on', '--id', 'original']);
  await agree(againA, upB);
  // What either has written after the copy was made counts nowhere, and what follows does.
  for (const device of [a, b]) expect(await entitiesOf(device)).toEqual(['copy', 'original', 'shared']);
  // The log in which the copy goes on is this device's too, and not this home's to write.
  const { retiredLogs } = await a.json(['status']);
  expect(retiredLogs).toEqual([
    { origin, reason: 'forked' },
    { origin: copied.events[0].origin, reason: 'ahead' },
  ]);
  // What does not count is kept where it is held, and shown.
  const [mineThere] = (await a.text('log', '--json'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ entityId }) => entityId === 'mine');
  expect(mineThere).toMatchObject({ origin, seq, excluded: true, payload: { name: 'Mine' } });
  expect(await a.text('export')).toContain('"Mine"');
});
