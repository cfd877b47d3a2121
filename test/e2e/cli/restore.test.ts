import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CliDevice, newMachine } from '../../support/cli-device.ts';
import { converged, dialing, startPair } from '../../support/cli-pairing.ts';

const entitiesOf = async (device: CliDevice): Promise<readonly string[]> =>
  Object.keys((await device.json(['list'])).entities).sort();

test('a backup that is restored gets back what came after it, and goes on in a log of its own', async () => {
  const machine = newMachine();
  const { a, b, upA, upB } = await startPair(machine);
  await a.json(['create', 'Early', '--id', 'early']);
  await upA.end('SIGTERM');
  const backup = join(machine.dir, 'backup');
  await cp(a.home, backup, { recursive: true });
  const later = await a.up(...dialing(upB));
  await a.json(['create', 'Late', '--id', 'late']);
  await converged(later, upB);
  await later.end('SIGTERM');
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

test('a backup that is restored on another machine asks the others first, and forks nothing', async () => {
  const machine = newMachine();
  const { a, b, upA, upB } = await startPair(machine);
  await a.json(['create', 'Early', '--id', 'early']);
  await upA.end('SIGTERM');
  const elsewhere = newMachine();
  const restored = elsewhere.device('a');
  await cp(a.home, restored.home, { recursive: true });
  const later = await a.up(...dialing(upB));
  await a.json(['create', 'Late', '--id', 'late']);
  await converged(later, upB);
  await later.end('SIGTERM');
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
