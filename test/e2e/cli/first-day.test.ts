import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newMachine, runProgram } from '../../support/cli-device.ts';
import { founder } from '../../support/cli-pairing.ts';

const EVENT_ID = expect.stringMatching(/^ev1[a-z2-7]{52}$/);

test('a device is made, and says what it is', async () => {
  const machine = newMachine();
  const device = machine.device('laptop');
  const made = await device.json(['init', '--name', 'laptop', '--space', 'family']);
  expect(made).toEqual({
    space: expect.stringMatching(/^[a-z2-7]{52}$/),
    device: expect.stringMatching(/^12D3KooW/),
    origin: expect.stringMatching(new RegExp(`^${made.device}\\.[a-z2-7]{8}$`)),
  });
  expect(await device.json(['status'])).toMatchObject({
    ...made,
    spaceName: 'family',
    name: 'laptop',
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    frontier: { [made.origin]: 1 },
    events: 1,
    entities: 0,
    openConflicts: 0,
    closedConflicts: 0,
    segments: 0,
    running: false,
    online: false,
    addresses: [],
    peers: [],
    waiting: [],
    traffic: { bytesIn: 0, bytesOut: 0 },
  });
  expect(await device.json(['peers'])).toEqual({ peers: [] });
  const invited = await device.json(['invite', '--expires', '2m']);
  expect(invited).toEqual({
    ticket: expect.stringMatching(/^smo1[a-z2-7]+$/),
    invite: expect.stringMatching(/^[0-9a-f]{32}$/),
    expiresAt: expect.any(Number),
  });
  expect(Math.abs(invited.expiresAt - Date.now() - 120_000)).toBeLessThan(60_000);
});

test('entities are made, changed, shown and related', async () => {
  const device = await founder(newMachine(), 'laptop');
  const words = ['n=3', 'tags=["a",{"b":null}]', 'title=two words', 'zip="01234"', 'empty=', 'equal=a=b'];
  const created = await device.json(['create', 'Milk', '--id', 'milk', 'done=false', ...words]);
  expect(created.events).toEqual([{ id: EVENT_ID, origin: expect.any(String), seq: 2, entityId: 'milk' }]);
  const shop = (await device.text('create', 'Shop')).trim();
  expect(shop).toMatch(/^[0-9a-f-]{36}$/);
  await device.json(['update', 'mi', 'done=true']);
  const related = await device.json(['relate', 'milk', 'from', shop.slice(0, 8)]);
  await device.json(['relate', 'milk', 'in', shop, '--id', 'second']);
  await device.json(['unrelate', 'milk', 'second']);
  await device.json(['metric', 'milk', 'price', '1.29', '--unit', 'EUR']);

  const milk = {
    id: 'milk',
    name: 'Milk',
    done: true,
    n: 3,
    tags: ['a', { b: null }],
    title: 'two words',
    zip: '01234',
    empty: '',
    equal: 'a=b',
    relations: [{ id: related.relation, type: 'from', target: shop }],
    metrics: [{ name: 'price', value: 1.29, unit: 'EUR' }],
  };
  expect(await device.json(['list'])).toEqual({ entities: { milk, [shop]: { id: shop, name: 'Shop' } } });
  expect(await device.json(['show', 'm'])).toEqual({ entity: milk, conflicts: [] });
  expect(await device.text('show', 'milk')).toContain('two words');
  expect(await device.text('list')).toContain('Shop');

  const history = await device.json(['history', 'milk', 'done']);
  expect(history.entityId).toBe('milk');
  expect(history.events.map(({ seq, payload }: { seq: number; payload: object }) => [seq, payload])).toEqual([
    [2, expect.objectContaining({ done: false })],
    [4, { done: true }],
  ]);
  expect((await device.json(['history', 'milk'])).events).toHaveLength(6);
  expect(await device.json(['conflicts', '--all'])).toEqual({ conflicts: [] });
});

test('events are appended in bulk, listed, sealed and verified', async () => {
  const machine = newMachine();
  const device = await founder(machine, 'laptop');
  const line = (entityId: string, more: object = {}): string =>
    `${JSON.stringify({ type: 'app.note/Written', entityId, payload: { text: `of ${entityId}` }, ...more })}\n`;
  const file = join(machine.dir, 'events.jsonl');
  await writeFile(file, `${line('one', { actor: 'me' })}\n${line('two')}`);
  const appended = await device.json(['append', '--jsonl', file]);
  expect(
    appended.events.map(({ seq, entityId }: { seq: number; entityId: string }) => [seq, entityId]),
  ).toEqual([
    [2, 'one'],
    [3, 'two'],
  ]);
  await device.json(['append', '--jsonl', '-'], { input: line('three') });

  const { exit, stdout } = await device.run(['--json', 'log']);
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text));
  expect(exit).toBe(0);
  expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  expect(events[1]).toEqual({
    ...appended.events[0],
    timestamp: expect.any(Number),
    seen: {},
    type: 'app.note/Written',
    payload: { text: 'of one' },
    actor: 'me',
  });
  expect((await device.text('log', '--last', '2')).trimEnd().split('\n')).toHaveLength(2);

  const sealed = { origin: events[0].origin, segment: 0, events: 4, root: expect.stringMatching(/^sha256:/) };
  expect(await device.json(['seal'])).toEqual({ segments: [sealed] });
  expect(await device.json(['seal'])).toEqual({ segments: [] });
  await device.json(['create', 'After the seal']);
  const { digest } = await device.json(['status']);
  const report = { ok: true, logs: 1, segments: 2, events: 5, digest, findings: [] };
  expect(await device.json(['verify'])).toEqual(report);
  expect(await device.text('verify')).toContain('All is well');
});

test('the home is that of SMO_HOME, or ~/.smo', async () => {
  const machine = newMachine();
  expect(await runProgram(machine, ['init', '--name', 'x'])).toMatchObject({ exit: 0, stderr: '' });
  const device = machine.device('x', join(machine.dir, '.smo'));
  expect(await device.json(['status'])).toMatchObject({ name: 'x', events: 1 });
});
