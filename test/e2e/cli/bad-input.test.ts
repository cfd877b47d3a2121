import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CliDevice, newMachine } from '../../support/cli-device.ts';
import { founder } from '../../support/cli-pairing.ts';

/** A device with two entities, "alpha" and "alpine". */
const prepared = async (): Promise<CliDevice> => {
  const device = await founder(newMachine(), 'a');
  const draft = (entityId: string): string =>
    JSON.stringify({ type: 'plos.core/EntityCreated', entityId, payload: { name: entityId } });
  await device.json(['append', '--jsonl', '-'], { input: `${draft('alpha')}\n${draft('alpine')}\n` });
  return device;
};

/** Nothing was written: the device is what it was. */
const unchangedBy = async (device: CliDevice, act: () => Promise<unknown>): Promise<void> => {
  const before = await device.json(['status']);
  await act();
  expect(await device.json(['status'])).toEqual(before);
  expect(await device.json(['verify'])).toMatchObject({ ok: true });
};

test('an unknown entity, field, relation or event is named, with where to look', async () => {
  const device = await prepared();
  const cases: readonly (readonly [code: string, said: string, ...args: string[]])[] = [
    ['entity_unknown', '"beta".* Run "smo list"', 'show', 'beta'],
    ['entity_unknown', '"beta"', 'update', 'beta', 'n=1'],
    ['entity_unknown', '"beta"', 'history', 'beta'],
    ['entity_unknown', '"beta"', 'relate', 'alpha', 'has', 'beta'],
    ['entity_unknown', '"beta"', 'metric', 'beta', 'price', '1'],
    ['entity_ambiguous', '"alp".*alpha, alpine', 'show', 'alp'],
    ['entity_ambiguous', '"alp".*more characters', 'update', 'alp', 'n=1'],
    ['field_unknown', '"colour" of alpha', 'history', 'alpha', 'colour'],
    ['field_unknown', '"colour" of alpha', 'resolve', 'alpha', 'colour', 'ev1'],
    ['event_not_candidate', '"ev1zzz"', 'resolve', 'alpha', 'name', 'ev1zzz'],
    ['relation_unknown', '"r1"', 'unrelate', 'alpha', 'r1'],
    ['not_running', 'smo up', 'offline'],
  ];
  await unchangedBy(device, async () => {
    for (const [code, said, ...args] of cases) {
      const failure = await device.fails(args);
      expect(failure).toEqual({ exit: 1, code, line: expect.stringMatching(new RegExp(said)) });
    }
  });
});

test('an event of another entity cannot be chosen for a field', async () => {
  const device = await prepared();
  const [, alpha, alpine] = (await device.text('log', '--json'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  await unchangedBy(device, async () => {
    const failure = await device.fails(['resolve', 'alpha', 'name', alpine.id]);
    expect(failure).toMatchObject({ exit: 1, code: 'event_not_candidate' });
    expect(failure.line).toContain('smo history alpha name');
  });
  // Its own one may be chosen, conflict or not.
  await device.json(['resolve', 'alpha', 'name', alpha.id]);
});

test('one wrong line fails a whole append or import, with its number', async () => {
  const device = await prepared();
  const good = '{"type":"a/B","entityId":"e","payload":{}}';
  const wrong: readonly (readonly [line: string, said: string])[] = [
    ['not json', 'line 3'],
    ['[]', 'line 3'],
    ['{"type":"a/B","entityId":"e"}', 'line 3.*payload'],
    ['{"type":"a/B","entityId":"e","payload":{},"seq":1}', 'line 3.*"seq"'],
    ['{"type":"plos.mesh/DeviceAdded","entityId":"e","payload":{}}', 'line 3'],
    [`{"type":"a/B","entityId":"${'e'.repeat(513)}","payload":{}}`, 'line 3'],
    [
      `{"type":"a/B","entityId":"e","payload":{"text":"${'x'.repeat(256 * 1024)}"}}`,
      'line 3.*26\\d,?\\d{3} bytes',
    ],
  ];
  await unchangedBy(device, async () => {
    for (const [line, said] of wrong) {
      const failure = await device.fails(['append', '--jsonl', '-'], {
        input: `${good}\n\n${line}\n${good}\n`,
      });
      expect(failure).toEqual({
        exit: 1,
        code: 'bad_line',
        line: expect.stringMatching(new RegExp(said, 'i')),
      });
    }
    const old = '{"id":"x","type":"plos.core/EntityCreated","entityId":"x","payload":{},"timestamp":1}';
    for (const line of ['not json', '{"id":"y"}', '42']) {
      const failure = await device.fails(['import', '-'], { input: `${old}\n${line}\n` });
      expect(failure).toMatchObject({
        exit: 1,
        line: expect.stringMatching(/line 2.*Nothing of .* was imported/i),
      });
    }
  });
});

test('a record past a limit is refused with the limit, whatever command makes it', async () => {
  const device = await prepared();
  await unchangedBy(device, async () => {
    for (const args of [
      ['create', 'x', '--id', 'e'.repeat(513)],
      ['update', 'alpha', `${'f'.repeat(513)}=1`],
      ['relate', 'alpha', 'has', 'alpine', '--id', 'r'.repeat(513)],
    ]) {
      expect(await device.fails(args)).toMatchObject({ exit: 1, line: expect.stringContaining('512') });
    }
  });
});

test('files that are missing or no text are named', async () => {
  const device = await prepared();
  const file = join(device.machine.dir, 'binary');
  await writeFile(file, Uint8Array.of(0xff, 0xfe, 0x00));
  const missing = join(device.machine.dir, 'none.jsonl');
  for (const args of [
    ['append', '--jsonl', missing],
    ['import', missing],
    ['project', missing],
  ]) {
    expect(await device.fails(args)).toMatchObject({
      code: 'file_missing',
      line: expect.stringContaining(missing),
    });
  }
  expect(await device.fails(['import', file])).toMatchObject({
    code: 'file_not_text',
    line: expect.stringContaining(file),
  });
  expect(await device.fails(['import', '--git', device.machine.dir])).toMatchObject({
    code: 'git_not_a_repository',
  });
  expect(await device.fails(['conformance', missing])).toMatchObject({ code: 'folder_missing' });
  expect(await device.fails(['verify', '--smo-os', missing])).toMatchObject({ exit: 1 });
});

test('a command line that cannot be meant ends with exit code 2', async () => {
  const device = newMachine().device('never-made');
  const lines = [
    ['frobnicate'],
    ['create'],
    ['update', 'x'],
    ['update', 'x', 'no-equals-sign'],
    ['metric', 'x', 'price', 'cheap'],
    ['invite', '--expires', 'soon'],
    ['invite', '--role', 'king'],
    ['import'],
    ['import', 'file', '--git', '.'],
    ['export', '--jsonl', '--smo-os'],
    ['log', '--last', '-1'],
    ['demo', '--devices', '1'],
    ['list', '--frobnicate'],
  ];
  for (const args of lines) {
    expect(await device.fails(args), args.join(' ')).toMatchObject({ exit: 2, code: 'usage' });
  }
});

test('where there is no home, every command says how to make one', async () => {
  const device = newMachine().device('never-made');
  for (const args of [
    ['status'],
    ['list'],
    ['create', 'x'],
    ['up', '--no-mdns'],
    ['verify'],
    ['log'],
    ['export'],
  ]) {
    expect(await device.fails(args)).toEqual({
      exit: 1,
      code: 'home_missing',
      line: expect.stringMatching(new RegExp(`${device.home}.*smo init.*smo join`)),
    });
  }
});
