import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { CandidateView, ConflictView } from '../../../node/api/index.ts';
import { type CliDevice, newMachine, runProgram } from '../../support/cli-device.ts';
import { founder } from '../../support/cli-pairing.ts';

const CASES = resolve(import.meta.dirname, '../../fixtures/smo-os/conformance');
const GARDEN = join(CASES, 'three-way-open');

const linesOf = (text: string): readonly string[] => text.trimEnd().split('\n');

/** Events of a bundle: its lines without the header, which says when it was written. */
const eventsOf = (text: string): readonly unknown[] =>
  linesOf(text)
    .slice(1)
    .map((line) => JSON.parse(line));

/** What a person sees of the conflicts: ids and places are a device's own. */
const choices = async (device: CliDevice): Promise<readonly object[]> => {
  const { conflicts } = await device.json(['conflicts', '--all']);
  return conflicts.map(({ entityId, field, status, candidates, winner }: ConflictView) => ({
    entityId,
    field,
    status,
    values: candidates.map(({ value }: CandidateView) => value),
    winner: winner.value,
  }));
};

test('a Smo.OS export of one space carries everything into another one', async () => {
  const machine = newMachine();
  const [a, b] = await Promise.all([founder(machine, 'a'), founder(machine, 'b')]);
  const text = (
    await Promise.all(['a.jsonl', 'b.jsonl'].map((file) => readFile(join(GARDEN, file), 'utf8')))
  ).join('');
  expect(await a.json(['import', '-'], { input: text })).toMatchObject({ imported: 4, known: 0, logs: 3 });
  const [open] = (await a.json(['conflicts'])).conflicts;
  await a.json(['resolve', 'garden', 'water', open.candidates[0].eventId]);
  await a.json(['create', 'Shed', '--id', 'shed']);
  await a.json(['relate', 'garden', 'has', 'shed', '--id', 'r1']);
  const { conflicts } = await a.json(['conflicts', '--all']);
  expect(conflicts).toMatchObject([
    { status: 'resolved', candidates: [{ value: 'weekly' }, { value: 'hourly' }, { value: 'never' }] },
  ]);

  const bundle = join(machine.dir, 'bundle.jsonl');
  expect(await a.json(['export', '--smo-os', '--out', bundle])).toEqual({ file: bundle, lines: 8 });
  expect(JSON.parse(linesOf(await readFile(bundle, 'utf8'))[0] ?? '')).toMatchObject({
    kind: 'plos.bundle/header',
  });
  expect(await b.json(['import', bundle])).toMatchObject({ imported: 7, known: 0 });
  expect(await b.json(['list'])).toEqual(await a.json(['list']));
  expect(await choices(b)).toEqual(await choices(a));

  const before = await b.json(['status']);
  expect(await b.json(['import', bundle])).toMatchObject({ imported: 0, known: 7 });
  expect(await b.json(['status'])).toEqual(before);
  // Each event comes out of b as it came in; only the order of members may differ.
  expect(eventsOf(await b.text('export', '--smo-os'))).toEqual(eventsOf(await readFile(bundle, 'utf8')));
  expect(await b.json(['verify'])).toMatchObject({ ok: true, findings: [] });
});

test('an event that differs from the one known by its id is refused with the whole file', async () => {
  const machine = newMachine();
  const device = await founder(machine, 'a');
  await device.json(['import', join(GARDEN, 'a.jsonl')]);
  const before = await device.json(['status']);
  const other = (await readFile(join(GARDEN, 'a.jsonl'), 'utf8')).replace('hourly', 'monthly');
  const fresh = '{"id":"new","type":"plos.core/EntityCreated","entityId":"new","payload":{},"timestamp":9}\n';
  const file = join(machine.dir, 'other.jsonl');
  await writeFile(file, fresh + other);
  const failure = await device.fails(['import', file]);
  expect(failure).toMatchObject({ exit: 1, code: 'id_collision', line: expect.stringContaining('g4') });
  expect(failure.line).toContain(`Nothing of ${file} was imported`);
  expect(await device.json(['status'])).toEqual(before);
});

test('the export of events is what the log shows, and a file is written whole or not at all', async () => {
  const machine = newMachine();
  const device = await founder(machine, 'a');
  await device.json(['create', 'Milk', 'done=false']);
  const [exported, again, log] = await Promise.all([
    device.text('export'),
    device.text('export', '--jsonl'),
    device.text('log', '--json'),
  ]);
  expect(again).toBe(exported);
  expect(linesOf(exported).map((line) => JSON.parse(line))).toEqual(
    linesOf(log).map((line) => JSON.parse(line)),
  );
  const file = join(machine.dir, 'events.jsonl');
  await writeFile(file, 'what was there before');
  expect(await device.json(['export', '--out', file])).toEqual({ file, lines: 2 });
  expect(await readFile(file, 'utf8')).toBe(exported);
  const nowhere = join(machine.dir, 'none', 'events.jsonl');
  expect((await device.fails(['export', '--out', nowhere])).line).toContain(nowhere);
  expect(await readdir(machine.dir)).not.toContain('none');
});

test('Smo.OS files are merged and projected in any order, without a home', async () => {
  const machine = newMachine();
  const files = [join(GARDEN, 'a.jsonl'), join(GARDEN, 'b.jsonl')];
  const expected = JSON.parse(await readFile(join(GARDEN, 'expected.state.json'), 'utf8'));
  for (const order of [files, files.toReversed()]) {
    const { exit, stdout, stderr } = await runProgram(machine, ['project', ...order]);
    expect({ exit, stderr, view: JSON.parse(stdout) }).toEqual({ exit: 0, stderr: '', view: expected });
  }
  const counted = await runProgram(machine, ['--json', 'project', '--count', ...files]);
  expect(JSON.parse(counted.stdout)).toEqual({ count: 4 });
  expect(await readdir(machine.dir)).toEqual(['tmp']);
});

test('conformance cases pass, and one that does not is named', async () => {
  const machine = newMachine();
  const passed = await runProgram(machine, ['--json', 'conformance', CASES]);
  const { ok, cases } = JSON.parse(passed.stdout);
  expect({ exit: passed.exit, ok }).toEqual({ exit: 0, ok: true });
  expect(cases.map(({ name }: { name: string }) => name)).toEqual(await readdir(CASES));
  const wrong = join(machine.dir, 'cases', 'wrong');
  await mkdir(wrong, { recursive: true });
  await cp(GARDEN, wrong, { recursive: true });
  const state = await readFile(join(wrong, 'expected.state.json'), 'utf8');
  await writeFile(join(wrong, 'expected.state.json'), state.replace('"Garden"', '"Yard"'));
  const failed = await runProgram(machine, ['conformance', join(machine.dir, 'cases')]);
  expect(failed).toMatchObject({ exit: 1, stderr: '' });
  expect(failed.stdout).toMatch(/FAIL {2}wrong: .*name.*Yard.*Garden/);
});

test('a sealed Smo.OS folder is verified without a byte being written, and damage to it is named', async () => {
  const machine = newMachine();
  const folder = join(machine.dir, 'data');
  await cp(resolve(CASES, '../data-0.2.1'), folder, { recursive: true });
  const good = await runProgram(machine, ['--json', 'verify', '--smo-os', folder]);
  expect(JSON.parse(good.stdout)).toMatchObject({ ok: true, segments: 3, findings: [] });
  expect(good.exit).toBe(0);
  const segment = join(folder, 'segments', 'seg-000002.jsonl');
  const text = await readFile(segment, 'utf8');
  await writeFile(segment, text.replace('"nested"', '"netted"'));
  const bad = await runProgram(machine, ['--json', 'verify', '--smo-os', folder]);
  expect(bad.exit).toBe(1);
  expect(JSON.parse(bad.stdout).findings[0].message).toContain('seg-000002');
  expect(await readFile(segment, 'utf8')).toBe(text.replace('"nested"', '"netted"'));
});

test('what a space wrote itself is known to it, also in a bundle', async () => {
  const machine = newMachine();
  const device = await founder(machine, 'a');
  await device.json(['create', 'Shed', '--id', 'shed']);
  await device.json(['metric', 'shed', 'celsius', '4']);
  const before = await device.json(['status']);
  const bundle = await device.text('export', '--smo-os');
  expect(await device.json(['import', '-'], { input: bundle })).toMatchObject({ imported: 0, known: 2 });
  expect(await device.json(['status'])).toEqual(before);
});

test('a file cannot add a device to the space', async () => {
  const machine = newMachine();
  const [a, b] = await Promise.all([founder(machine, 'a'), founder(machine, 'b')]);
  await a.json(['create', 'Shed', '--id', 'shed']);
  const events = await a.text('export', '--jsonl');
  expect(await b.json(['import', '-'], { input: events })).toMatchObject({ imported: 1, skipped: 1 });
  expect(await b.json(['list'])).toEqual(await a.json(['list']));
  expect(await b.json(['peers'])).toEqual({ peers: [] });
});
