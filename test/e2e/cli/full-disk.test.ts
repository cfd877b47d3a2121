import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newMachine } from '../../support/cli-device.ts';
import { founder } from '../../support/cli-pairing.ts';
import { smallDisk } from '../../support/small-disk.ts';

/** Lines for `smo append`, far more than the disk has room for, packed or not. */
const lines = Array.from({ length: 10_000 }, (_, i) =>
  JSON.stringify({
    type: 'plos.core/StateUpdated',
    entityId: `e${i % 500}`,
    payload: { field: 'text', value: createHash('sha512').update(String(i)).digest('base64') },
  }),
).join('\n');

const FREE = /No space left on device\. Free some/;

test('a disk that is full is told as that by every command, nothing is repaired, and all is there once it has room', async (context) => {
  const disk = smallDisk();
  if (disk === undefined) return context.skip('mounting a disk takes Linux and root');
  const device = newMachine().device('a', join(disk.dir, 'home'));
  await device.json(['init', '--name', 'a']);
  await device.json(['create', 'Milk', '--id', 'milk']);
  // Its journals are to hold something that LevelDB has to find room for.
  const input = lines;
  const appended = await device.run(['append', '--jsonl', '-'], { input });
  expect(appended).toMatchObject({
    exit: 1,
    stderr: expect.stringMatching(
      /^smo: the .*store c.*be written.*space.*Some of the 10000 events may be written already/,
    ),
  });
  disk.fill();

  for (const args of [['list'], ['create', 'x'], ['verify'], ['up', '--no-mdns']]) {
    const failure = await device.fails(args, { oneByOne: true });
    expect(failure).toEqual({ exit: 1, code: 'disk_full', line: expect.stringMatching(FREE) });
  }
  for (const args of [['doctor'], ['doctor', '--repair']]) {
    const report = JSON.parse((await device.run(['--json', ...args])).stdout);
    expect(report).toMatchObject({ ok: false, repairs: [] });
    expect(report.findings.map(({ code }: { readonly code: string }) => code).sort()).toEqual([
      'disk_full',
      'disk_low',
    ]);
  }

  disk.grow();
  expect(await device.json(['verify'])).toMatchObject({ ok: true });
  expect(await device.json(['show', 'milk'])).toMatchObject({ entity: { name: 'Milk' } });
  expect(readdirSync(join(disk.dir, 'home')).sort()).toEqual(['device.key', 'home.json', 'records', 'state']);
});

test('a doctor that has no room to make the state anew says so, and leaves nothing behind', async (context) => {
  const disk = smallDisk();
  if (disk === undefined) return context.skip('mounting a disk takes Linux and root');
  const device = await founder(newMachine({ TMPDIR: disk.dir }), 'a');
  disk.fill();
  const { exit, stdout } = await device.run(['--json', 'doctor']);
  expect(exit).toBe(1);
  expect(JSON.parse(stdout).findings).toMatchObject([
    { code: 'disk_full', subject: 'state', message: expect.stringContaining('no state can be derived') },
  ]);
  expect(readdirSync(disk.dir).filter((name) => name.startsWith('smo-'))).toEqual([]);
});
