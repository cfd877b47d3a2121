import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { makeRepository, makeSampleRepository, readGitHistory } from '../../../node/git/index.ts';
import { cutChains, type GitHistory } from '../../../protocol/git-history/index.ts';
import { naiveHeads, naivePasts, naiveTree } from '../git-history/naive-history.ts';
import { git, newFolder } from './repositories.ts';

const sampleHistory = async (): Promise<GitHistory> => {
  const folder = await newFolder();
  await makeSampleRepository(folder);
  return readGitHistory(folder);
};

/** Paths of which some commit's past holds heads with different blobs. */
const conflictPaths = ({ commits }: GitHistory): readonly string[] => {
  const pasts = naivePasts(commits);
  const paths = new Set<string>();
  for (const { id } of commits) {
    const past = new Set(pasts.get(id));
    past.delete(id);
    for (const [path, heads] of naiveHeads(commits, pasts, past)) {
      if (new Set(heads).size > 1) paths.add(path);
    }
  }
  return [...paths].sort();
};

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('makeSampleRepository', () => {
  test('is the same on every machine, whatever its configuration says', async () => {
    const config = join(await newFolder(), 'config');
    await writeFile(
      config,
      '[init]\n\tdefaultBranch = odd\n[commit]\n\tgpgSign = true\n[user]\n\tname = Other\n',
    );
    vi.stubEnv('GIT_CONFIG_GLOBAL', config);
    vi.stubEnv('GIT_DEFAULT_HASH', 'sha256');
    const folder = await newFolder();
    await makeSampleRepository(folder);
    expect(git(folder, 'symbolic-ref', 'HEAD').trim()).toBe('refs/heads/main');
    expect(git(folder, 'rev-parse', 'HEAD').trim()).toBe('1940e02a2109364b5925393da1644d23bfa1ce4b');
    expect(git(folder, 'fsck', '--strict', '--no-progress')).toBe('');
  });

  test('holds two conflicts, which its merges close', async () => {
    const history = await sampleHistory();
    expect(conflictPaths(history)).toEqual(['plans/packing.md', 'plans/trip.md']);
    expect(naiveTree(history.commits)).toEqual(history.tree);
  });

  test('has a merge that changes nothing, and an author on two branches', async () => {
    const { commits } = await sampleHistory();
    const idle = commits.filter(({ parents, changes }) => parents.length > 1 && changes.length === 0);
    expect(idle.length).toBeGreaterThan(0);
    const authors = cutChains(commits).chains.map(({ author }) => author);
    expect(new Set(authors).size).toBe(3);
    expect(authors.length).toBeGreaterThan(3);
  });
});

describe('makeRepository', () => {
  test('leaves a folder that is not empty as it is', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'mine'), '');
    await expect(makeSampleRepository(folder)).rejects.toMatchObject({ code: 'folder_not_empty' });
  });

  test('makes the folder', async () => {
    const folder = join(await newFolder(), 'a', 'b');
    await makeRepository(folder, []);
    await expect(readGitHistory(folder)).rejects.toMatchObject({ code: 'git_empty' });
  });
});

test('the history of this project, where it has one, folds to its tree', async ({ skip }) => {
  const root = join(import.meta.dirname, '..', '..', '..');
  const history = await readGitHistory(root, { maxCommits: 500 }).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'git_empty' || code === 'git_not_a_repository') return undefined;
    throw error;
  });
  if (history === undefined) return skip('not a git repository with commits');
  expect(naiveTree(history.commits)).toEqual(history.tree);
});
