import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  type GitProgress,
  makeRepository,
  makeSampleRepository,
  type NewCommit,
  readGitHistory,
} from '../../../node/git/index.ts';
import { nameOf } from '../../../protocol/git-history/index.ts';
import { naiveTree } from '../git-history/naive-history.ts';
import { randomHistory } from '../git-history/random-history.ts';
import { commitsOf } from './random-repository.ts';
import { git, newFolder } from './repositories.ts';

const AUTHOR = 'Sample Author A <a@sample.invalid>';

const newCommit = (parents: readonly number[], files: NewCommit['files'], atSeconds = 1): NewCommit => ({
  author: AUTHOR,
  atSeconds,
  message: 'Sample',
  parents,
  files,
});

const sampleRepository = async (): Promise<string> => {
  const folder = await newFolder();
  await makeSampleRepository(folder);
  return folder;
};

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('readGitHistory', () => {
  test('a fold of the commits arrives at the tree that git lists', async () => {
    const { head, commits, tree } = await readGitHistory(await sampleRepository());
    expect(commits.at(-1)?.id).toBe(head);
    expect(tree.size).toBeGreaterThan(5);
    expect(naiveTree(commits)).toEqual(tree);
  });

  test('the same for random repositories, whole and cut short', async () => {
    await fc.assert(
      fc.asyncProperty(randomHistory(12), fc.integer({ min: 1, max: 12 }), async (random, maxCommits) => {
        const folder = await newFolder();
        await makeRepository(folder, commitsOf(random));
        const whole = await readGitHistory(folder);
        expect(naiveTree(whole.commits)).toEqual(whole.tree);
        const cut = await readGitHistory(folder, { maxCommits });
        expect(cut.commits).toHaveLength(Math.min(maxCommits, whole.commits.length));
        expect(cut.tree).toEqual(whole.tree);
        expect(naiveTree(cut.commits)).toEqual(whole.tree);
      }),
      { numRuns: 15 },
    );
  });

  test('any path, any kind of entry; what the head does not reach is left out', async () => {
    const folder = await newFolder();
    const module = '1234567890123456789012345678901234567890';
    const paths = ['a b', '"q\\uoted"', 'new\nline', 'größe', 'tab\t', `${'d/'.repeat(300)}deep`];
    const raw = Uint8Array.of(0x63, 0x61, 0x66, 0xe9);
    await makeRepository(folder, [
      newCommit([], [{ path: 'unreached', content: 'x' }]),
      newCommit(
        [],
        [...paths, raw].map((path, index) => ({ path, content: `${index}` })),
      ),
      newCommit(
        [1],
        [
          { path: 'module', content: module, mode: '160000' },
          { path: 'link', content: 'a b', mode: '120000' },
          { path: 'a b', content: '0', mode: '100755' },
        ],
        4_000_000_000,
      ),
    ]);
    const { commits, tree } = await readGitHistory(folder);
    const names = [...paths.slice(0, -1), nameOf(new TextEncoder().encode(paths.at(-1))), '//raw/caf%e9'];
    expect(commits.map(({ changes }) => changes.map(({ path }) => path))).toEqual([
      names.toSorted(),
      ['link', 'module'],
    ]);
    expect(commits[1]).toMatchObject({ author: AUTHOR, authoredAtMs: 4e12, parents: [commits[0]?.id] });
    expect([...tree.keys()].sort()).toEqual([...names, 'link', 'module'].sort());
    expect(tree.get('module')).toBe(module);
    expect(naiveTree(commits)).toEqual(tree);
  });

  test('a submodule that .gitmodules tells git to ignore still counts', async () => {
    const folder = await newFolder();
    git(folder, 'init', '--quiet');
    await writeFile(
      join(folder, '.gitmodules'),
      '[submodule "m"]\n\tpath = m\n\turl = ./m\n\tignore = all\n',
    );
    git(folder, 'add', '.gitmodules');
    git(folder, 'update-index', '--add', '--cacheinfo', '160000,1234567890123456789012345678901234567890,m');
    git(folder, 'commit', '--quiet', '--message=one');
    const { commits, tree } = await readGitHistory(folder);
    expect(naiveTree(commits)).toEqual(tree);
    expect(tree.has('m')).toBe(true);
  });

  test('from a folder inside a work tree the whole repository is read', async () => {
    const folder = await newFolder();
    git(folder, 'clone', '--quiet', await sampleRepository(), 'clone');
    const top = await readGitHistory(join(folder, 'clone'));
    expect(await readGitHistory(join(folder, 'clone', 'notes'))).toEqual(top);
    expect(naiveTree(top.commits)).toEqual(top.tree);
    expect(git(join(folder, 'clone'), 'status', '--porcelain')).toBe('');
  });

  test('the commits at the border of a shallow clone count as roots', async () => {
    const folder = await newFolder();
    git(folder, 'clone', '--quiet', '--depth=4', `file://${await sampleRepository()}`, 'clone');
    const { commits, tree } = await readGitHistory(join(folder, 'clone'));
    expect(commits.length).toBeLessThan(10);
    expect(commits[0]).toMatchObject({ parents: [] });
    expect(naiveTree(commits)).toEqual(tree);
  });

  test('a repository with SHA-256 ids', async () => {
    const folder = await newFolder();
    git(folder, 'init', '--quiet', '--object-format=sha256');
    await writeFile(join(folder, 'a'), 'a');
    git(folder, 'add', 'a');
    git(folder, 'commit', '--quiet', '--message=one');
    const { head, commits, tree } = await readGitHistory(folder);
    expect(head).toMatch(/^[0-9a-f]{64}$/);
    expect(naiveTree(commits)).toEqual(tree);
  });

  test('maxCommits takes the newest, whose border states all its paths', async () => {
    const folder = await sampleRepository();
    const one = await readGitHistory(folder, { maxCommits: 1 });
    expect(one.commits).toMatchObject([{ id: one.head, parents: [] }]);
    expect(one.commits[0]?.changes.map(({ path }) => path)).toEqual([...one.tree.keys()].sort());
    await expect(readGitHistory(folder, { maxCommits: 0 })).rejects.toThrow(RangeError);
  });

  test('progress rises to the end of each stage', async () => {
    const seen: GitProgress[] = [];
    await readGitHistory(await sampleRepository(), { onProgress: (progress) => seen.push(progress) });
    expect(seen.findLast(({ stage }) => stage === 'commits')).toEqual({ stage: 'commits', done: 31 });
    expect(seen.at(-1)).toEqual({ stage: 'changes', done: 31, total: 31 });
  });

  test('variables of a surrounding git do not turn it elsewhere', async () => {
    const [folder, other] = [await sampleRepository(), await newFolder()];
    await makeRepository(other, [newCommit([], [{ path: 'other', content: '' }])]);
    vi.stubEnv('GIT_DIR', other);
    expect((await readGitHistory(folder)).tree.has('README.md')).toBe(true);
  });
});

describe('readGitHistory refuses', () => {
  test('a folder that is no repository, and one that is not there', async () => {
    const folder = await newFolder();
    for (const path of [folder, join(folder, 'nowhere')]) {
      await expect(readGitHistory(path)).rejects.toMatchObject({
        code: 'git_not_a_repository',
        message: `${path} is not in a git repository`,
      });
    }
  });

  test('a repository without commits', async () => {
    const folder = await newFolder();
    git(folder, 'init', '--quiet');
    await expect(readGitHistory(folder)).rejects.toMatchObject({ code: 'git_empty' });
  });

  test('a repository whose head is lost, with what git says', async () => {
    const folder = await newFolder();
    git(folder, 'init', '--quiet');
    await mkdir(join(folder, '.git', 'refs', 'heads'), { recursive: true });
    const branch = git(folder, 'symbolic-ref', 'HEAD').trim();
    await writeFile(join(folder, '.git', branch), `${'1'.repeat(40)}\n`);
    await expect(readGitHistory(folder)).rejects.toMatchObject({
      code: 'git_failed',
      message: expect.stringMatching(/^git rev-list failed in .*: fatal: bad object 1+$/),
    });
  });

  test('a machine without git', async () => {
    const [folder, empty] = [await sampleRepository(), await newFolder()];
    vi.stubEnv('PATH', empty);
    await expect(readGitHistory(folder)).rejects.toMatchObject({ code: 'git_missing' });
  });

  test('an aborted call, before and during the reading', async () => {
    const folder = await sampleRepository();
    const reason = new Error('enough');
    await expect(readGitHistory(folder, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const reading = readGitHistory(folder, {
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await expect(reading).rejects.toBe(reason);
  });

  test('to go on when the caller fails', async () => {
    const failure = new Error('the screen is gone');
    const reading = readGitHistory(await sampleRepository(), {
      onProgress: () => {
        throw failure;
      },
    });
    await expect(reading).rejects.toBe(failure);
  });
});
