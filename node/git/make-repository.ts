import { mkdir, readdir } from 'node:fs/promises';
import { utf8Encode } from '../../protocol/bytes/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import { runGit } from './git-process.ts';

/** One commit of a repository to be made. */
export interface NewCommit {
  /** `Name <email>`; the committer too. */
  readonly author: string;
  /** Author's and committer's date in seconds since 1970, in UTC. */
  readonly atSeconds: number;
  readonly message: string;
  /** Places of the parents among the commits of the repository, all before this one. */
  readonly parents: readonly number[];
  /** What the commit's tree holds otherwise than its first parent's. */
  readonly files: readonly NewFile[];
}

/** A file as a commit leaves it. */
export interface NewFile {
  readonly path: string | Uint8Array;
  /** Its text, or null to delete it; for the mode 160000 the id of a submodule's commit. */
  readonly content: string | null;
  /** 100644 unless given. */
  readonly mode?: '100644' | '100755' | '120000' | '160000';
}

/**
 * Makes a bare repository whose branch `main` and HEAD stand at the last of the commits. All its object ids
 * follow from the commits alone: the configuration of the machine, the clock and the person don't matter, and
 * no work tree is written, so that any path works on any file system.
 *
 * @param folder made if need be
 * @throws SmoError `folder_not_empty`, `git_missing`, or `git_failed`
 */
export const makeRepository = async (folder: string, commits: readonly NewCommit[]): Promise<void> => {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new SmoError('folder_not_empty', `${folder} holds files already`, 'Name a new or an empty folder.');
  }
  await runGit({ folder, env: UNCONFIGURED, args: INIT_ARGS });
  await runGit({
    folder,
    env: UNCONFIGURED,
    // With --done, a stream that was cut short is a failure.
    args: ['fast-import', '--quiet', '--done'],
    input: importStream(commits),
  });
};

/** Neither the machine's nor the person's configuration counts. */
const UNCONFIGURED = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };

/** No template: it could bring hooks. */
const INIT_ARGS: readonly string[] = [
  'init',
  '--quiet',
  '--bare',
  '--template=',
  '--object-format=sha1',
  '--initial-branch=main',
];

/** The commits as `git fast-import` reads them (git-fast-import(1), "Input format"). Marks count from 1. */
function* importStream(commits: readonly NewCommit[]): Generator<Uint8Array> {
  for (const [index, { author, atSeconds, message, parents, files }] of commits.entries()) {
    const [first, ...others] = parents.map((parent) => parent + 1);
    // Without a reset, a commit that names no parent would continue the branch.
    if (first === undefined) yield utf8Encode('reset refs/heads/main\n');
    yield utf8Encode(
      `commit refs/heads/main\nmark :${index + 1}\ncommitter ${author} ${atSeconds} +0000\n${data(message)}`,
    );
    if (first !== undefined) yield utf8Encode(`from :${first}\n`);
    for (const other of others) yield utf8Encode(`merge :${other}\n`);
    for (const { path, content, mode = '100644' } of files) {
      if (content === null) yield utf8Encode(`D ${quoted(path)}\n`);
      else if (mode === '160000') yield utf8Encode(`M ${mode} ${content} ${quoted(path)}\n`);
      else yield utf8Encode(`M ${mode} inline ${quoted(path)}\n${data(content)}`);
    }
    yield utf8Encode('\n');
  }
  yield utf8Encode('done\n');
}

const data = (text: string): string => `data ${utf8Encode(text).length}\n${text}\n`;

/** A path in quotes as in C, each byte in octal where it could mean something else. */
const quoted = (path: string | Uint8Array): string => {
  let text = '';
  for (const byte of typeof path === 'string' ? utf8Encode(path) : path) {
    const plain = byte > 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
    text += plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return `"${text}"`;
};
