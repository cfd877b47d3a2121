import { expect, test, vi } from 'vitest';
import type { CandidateView } from '../../../node/api/index.ts';
import { newMachine } from '../../support/cli-device.ts';
import { converged, dialing, startPair, WAIT } from '../../support/cli-pairing.ts';

test('writes made off-line on both devices become one conflict, which either can close for both', async () => {
  const { a, b, upA, upB } = await startPair(newMachine());
  await a.json(['create', 'Wall', '--id', 'wall', 'colour=white', 'height=2']);
  await converged(upA, upB);
  await Promise.all([upA.end('SIGTERM'), upB.end('SIGTERM')]);
  await a.json(['update', 'wall', 'colour=green']);
  await a.json(['update', 'wall', 'colour=lime', 'height=3']);
  await b.json(['update', 'wall', 'colour=blue']);
  for (const device of [a, b]) expect(await device.json(['conflicts'])).toEqual({ conflicts: [] });

  const againA = await a.up();
  const againB = await b.up(...dialing(againA));
  await converged(againA, againB);
  const onA = await a.json(['conflicts']);
  expect(onA).toEqual(await b.json(['conflicts']));
  const [conflict, ...others] = onA.conflicts;
  expect(others).toEqual([]);
  expect(conflict).toMatchObject({ entityId: 'wall', field: 'colour', status: 'open' });
  const candidates: readonly CandidateView[] = conflict.candidates;
  expect(candidates.map(({ value }) => value).sort()).toEqual(['blue', 'lime']);
  expect(conflict.winner).toEqual(candidates[1]);
  expect(await a.json(['show', 'wall'])).toEqual(await b.json(['show', 'wall']));
  expect(await b.json(['status'])).toMatchObject({ openConflicts: 1, closedConflicts: 0 });
  expect(await a.text('conflicts')).toMatch(/lime[\s\S]*blue|blue[\s\S]*lime/);

  expect(await a.fails(['resolve', 'wall', 'colour', 'ev1'])).toMatchObject({ code: 'event_ambiguous' });
  const chosen = candidates.find(({ value }) => value === 'lime');
  await b.json(['resolve', 'wall', 'colour', chosen?.eventId.slice(0, 12) ?? '']);
  await converged(againA, againB);
  for (const device of [a, b]) {
    expect(await device.json(['conflicts'])).toEqual({ conflicts: [] });
    expect(await device.json(['show', 'wall'])).toMatchObject({
      entity: { colour: 'lime', height: 3 },
      conflicts: [],
    });
    const { conflicts } = await device.json(['conflicts', '--all']);
    expect(conflicts).toMatchObject([
      { field: 'colour', status: 'resolved', candidates, chosenEventId: chosen?.eventId },
    ]);
    const { events } = await device.json(['history', 'wall', 'colour']);
    expect(events.map(({ type }: { type: string }) => type.split('/')[1])).toEqual([
      'EntityCreated',
      'StateUpdated',
      'StateUpdated',
      'StateUpdated',
      'ConflictResolved',
    ]);
  }
});

test('a later write by someone who has seen both candidates closes a conflict too', async () => {
  const { a, b, upA, upB } = await startPair(newMachine());
  await a.json(['create', 'Wall', '--id', 'wall']);
  await converged(upA, upB);
  await Promise.all([a.json(['offline']), b.json(['offline'])]);
  await Promise.all([a.json(['update', 'wall', 'n=1']), b.json(['update', 'wall', 'n=2'])]);
  await Promise.all([a.json(['online']), b.json(['online'])]);
  await vi.waitFor(
    async () => expect((await upA.api.conflicts({ all: false })).conflicts).toHaveLength(1),
    WAIT,
  );
  await a.json(['update', 'wall', 'n=3']);
  await converged(upA, upB);
  for (const device of [a, b]) {
    expect(await device.json(['show', 'wall'])).toMatchObject({ entity: { n: 3 }, conflicts: [] });
    expect(await device.json(['conflicts', '--all'])).toMatchObject({
      conflicts: [{ status: 'superseded' }],
    });
  }
});
