import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { env as ownEnv } from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SmoError } from '../../protocol/fault/index.ts';

/** How one git command is run. */
export interface GitCommand {
  /** Folder to run in: any folder of a repository, or of one to be. */
  readonly folder: string;
  readonly args: readonly string[];
  /** Written to git's input as fast as git takes it. */
  readonly input?: Iterable<string | Uint8Array>;
  /** Gets git's output as it comes. What it throws ends git, and is thrown on. */
  readonly onOutput?: (chunk: Uint8Array) => void;
  /** Variables on top of those that every git command gets. */
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that are an answer rather than a failure; 0 alone unless given. */
  readonly answers?: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs git to its end, without a shell, and gives its exit code.
 *
 * @throws SmoError `git_missing` when there is no git on PATH; `git_not_a_repository` when the folder is in
 * none; `git_failed`, with the first line that git wrote to stderr, when it ends in another way than `answers`
 * @throws the signal's reason when it is aborted; git has ended by then
 */
export const runGit = async (command: GitCommand): Promise<number> => {
  const { folder, args, input = [], onOutput = () => {}, env, answers = [0], signal } = command;
  signal?.throwIfAborted();
  const child = spawn('git', ['-C', folder, ...args], { env: { ...callersEnv(), ...GIT_ENV, ...env } });
  const closed = once(child, 'close');
  const end = (): void => {
    child.kill();
  };
  signal?.addEventListener('abort', end, { once: true });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (stderr.length < STDERR_CHARS_MAX) stderr += text;
  });
  try {
    // Git may end before it has read all of its input: its exit code then says why.
    const fed = pipeline(Readable.from(input), child.stdin).catch(() => {});
    const [[code]] = await Promise.all([closed, drain(child.stdout, onOutput), fed]);
    signal?.throwIfAborted();
    if (!answers.includes(code)) throw failure(command, code, stderr);
    return code;
  } catch (error) {
    child.kill();
    await closed.catch(() => {});
    throw isMissing(error) ? noGit() : error;
  } finally {
    signal?.removeEventListener('abort', end);
  }
};

/** Characters of git's complaints that are kept. */
const STDERR_CHARS_MAX = 8192;

/** Git speaks English, takes no lock that it need not, shows objects as they are, and stays off the network. */
const GIT_ENV = {
  LC_ALL: 'C',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
};

/** Variables that say where git's programs and its configuration are. */
const KEPT = new Set(['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM', 'GIT_EXEC_PATH']);

/** The caller's environment without what would turn git to another repository, as in a git hook. */
const callersEnv = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(ownEnv).filter(([name]) => !name.startsWith('GIT_') || KEPT.has(name)));

const drain = async (output: Readable, onOutput: (chunk: Uint8Array) => void): Promise<void> => {
  for await (const chunk of output) onOutput(chunk);
};

/** Spawning names the program that it did not find; git itself can't answer with this code. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT' && 'syscall' in error;

const noGit = (): SmoError =>
  new SmoError(
    'git_missing',
    'there is no git program on this machine',
    'Install git and see that it is on PATH.',
  );

const failure = ({ folder, args }: GitCommand, code: number | null, stderr: string): SmoError => {
  if (/not a git repository|cannot change to/.test(stderr)) {
    return new SmoError(
      'git_not_a_repository',
      `${folder} is not in a git repository`,
      'Name a folder that was made by "git init" or "git clone".',
    );
  }
  const said =
    stderr.trim().split('\n')[0] || (code === null ? 'it was ended' : `it ended with code ${code}`);
  return new SmoError('git_failed', `git ${args[0]} failed in ${folder}: ${said}`);
};
