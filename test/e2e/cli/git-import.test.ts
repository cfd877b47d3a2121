import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ConflictView } from '../../../node/api/index.ts';
import { makeSampleRepository } from '../../../node/git/index.ts';
import { type CliDevice, newMachine } from '../../support/cli-device.ts';
import { founder } from '../../support/cli-pairing.ts';
import { git } from '../../unit/git/repositories.ts';

/** The paths of HEAD with their blobs, as git itself tells them. */
const treeOf = (repository: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    git(repository, 'ls-tree', '-r', '-z', '--full-tree', 'HEAD')
      .split('\0')
      .filter(Boolean)
      .map((entry) => {
        const [meta = '', path = ''] = entry.split('\t');
        return [path, meta.split(' ')[2] ?? ''];
      }),
  );

/** The paths that a device holds with their blobs; a deleted path has none. */
const stateOf = async (device: CliDevice): Promise<Readonly<Record<string, string>>> => {
  const { entities } = await device.json(['list']);
  const entries = Object.entries<{ readonly blob?: string | null }>(entities);
  return Object.fromEntries(entries.flatMap(([path, { blob }]) => (blob ? [[path, blob]] : [])));
};

test('a history with merges becomes its tree, with each merge closing its conflicts, once', async () => {
  const device = await founder(newMachine(), 'a');
  const repository = join(device.machine.dir, 'repository');
  await makeSampleRepository(repository);
  const first = await device.json(['import', '--git', repository]);
  expect(first).toMatchObject({ known: 0 });
  expect(first.imported).toBeGreaterThan(31);
  expect(await stateOf(device)).toEqual(treeOf(repository));
  const status = await device.json(['status']);
  expect(status).toMatchObject({ events: first.imported + 1, openConflicts: 0 });

  const { conflicts } = await device.json(['conflicts', '--all']);
  expect(conflicts).toHaveLength(status.closedConflicts);
  const closed = (path: string) => conflicts.filter(({ entityId }: ConflictView) => entityId === path);
  // Changed differently on two branches, and merged by hand into a third text.
  expect(closed('plans/trip.md')).toMatchObject([{ field: 'blob', candidates: [{}, {}] }]);
  // Deleted on one branch, changed on the other, kept by the merge.
  expect(closed('plans/packing.md')[0].candidates.map(({ value }: { value: unknown }) => value)).toContain(
    null,
  );

  expect(await device.json(['import', '--git', repository])).toMatchObject({
    imported: 0,
    known: first.imported,
  });
  expect(await device.json(['status'])).toEqual(status);
  expect(await device.json(['verify'])).toMatchObject({ ok: true });
});

test('after new commits only those are imported', async () => {
  const device = await founder(newMachine(), 'a');
  const repository = join(device.machine.dir, 'work');
  await mkdir(repository);
  git(repository, 'init', '--quiet', '--initial-branch=main');
  const commit = async (message: string, files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(repository, name), text);
    git(repository, 'add', '--all');
    git(repository, 'commit', '--quiet', '--message', message);
  };
  await commit('one', { a: '1', b: '1' });
  expect(await device.json(['import', '--git', repository])).toMatchObject({
    imported: 2,
    known: 0,
    logs: 1,
  });
  git(repository, 'switch', '--quiet', '--create', 'side');
  await commit('side', { a: 'side' });
  git(repository, 'switch', '--quiet', 'main');
  await commit('main', { a: 'main', c: '1' });
  git(repository, 'merge', '--quiet', '--strategy=ours', '--message', 'merged', 'side');
  // Also from a folder inside the repository, through the running device.
  const up = await device.up();
  const imported = await device.json(['import', '--git', '.'], { cwd: repository });
  expect(imported.known).toBe(2);
  expect(imported.imported).toBeGreaterThanOrEqual(3);
  expect(await stateOf(device)).toEqual(treeOf(repository));
  const { conflicts } = await up.api.conflicts({ all: true });
  expect(conflicts).toMatchObject([{ entityId: 'a', status: expect.stringMatching(/resolved|superseded/) }]);
  expect(execFileSync('git', ['-C', repository, 'status', '--porcelain'], { encoding: 'utf8' })).toBe('');
});

test('a repository without commits, and a folder that is none, are refused with nothing imported', async () => {
  const device = await founder(newMachine(), 'a');
  const empty = join(device.machine.dir, 'empty');
  await mkdir(empty);
  const before = await device.json(['status']);
  expect(await device.fails(['import', '--git', empty])).toMatchObject({
    exit: 1,
    code: 'git_not_a_repository',
  });
  git(empty, 'init', '--quiet');
  expect(await device.fails(['import', '--git', empty])).toMatchObject({ exit: 1, code: 'git_empty' });
  expect(await device.json(['status'])).toEqual(before);
});
