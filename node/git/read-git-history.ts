import { errorFromFault, SmoError, type Verdict } from '../../protocol/fault/index.ts';
import {
  CHANGES_ARGS,
  ChangeReader,
  CommitListParser,
  commitListArgs,
  type GitHistory,
  orderHistory,
  treeArgs,
  treeFromLsTree,
} from '../../protocol/git-history/index.ts';
import { runGit } from './git-process.ts';

/** How far the reading of a history is. */
export interface GitProgress {
  /** The list of commits comes first, then what each of them changed. */
  readonly stage: 'commits' | 'changes';
  /** Commits done in this stage. */
  readonly done: number;
  /** Commits in all; not known before the stage `changes`. */
  readonly total?: number;
}

/** What of a history to read. */
export interface GitReadOptions {
  /**
   * The newest commits only, at most so many (from 1), by date and none without all its descendants. Where a
   * commit's parents are all cut off it counts as a root, so that all its paths are changes.
   */
  readonly maxCommits?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: GitProgress) => void;
}

/**
 * Reads the history that HEAD reaches, of the repository that holds the folder `path` (a bare one too, and
 * always all of it). Nothing is written there, nothing fetched, and no hook or filter runs. Commits that are
 * missing by intent (shallow clones) count as absent. Four git processes, whatever the number of commits.
 *
 * @throws SmoError `git_missing`, `git_not_a_repository`, `git_empty` (no commit yet), or `git_failed`
 * @throws the signal's reason when it is aborted
 */
export const readGitHistory = async (path: string, options: GitReadOptions = {}): Promise<GitHistory> => {
  const { maxCommits, signal, onProgress = () => {} } = options;
  if (maxCommits !== undefined && (!Number.isSafeInteger(maxCommits) || maxCommits < 1)) {
    throw new RangeError(`${maxCommits} is no number of commits: a whole number from 1`);
  }
  const at = { folder: path, signal };
  const head = await readHead(path, signal);

  const list = new CommitListParser();
  await runGit({
    ...at,
    args: commitListArgs(head, maxCommits),
    onOutput: (chunk) => {
      list.push(chunk);
      onProgress({ stage: 'commits', done: list.count });
    },
  });
  const headers = orderHistory(head, trusted(path, list.finish()));

  const reader = new ChangeReader(headers);
  await runGit({
    ...at,
    args: CHANGES_ARGS,
    input: joined(reader.questions()),
    onOutput: (chunk) => {
      reader.push(chunk);
      onProgress({ stage: 'changes', done: reader.count, total: headers.length });
    },
  });
  const commits = trusted(path, reader.finish());

  const listing: Uint8Array[] = [];
  await runGit({ ...at, args: treeArgs(head), onOutput: (chunk) => listing.push(chunk) });
  return { head, commits, tree: trusted(path, treeFromLsTree(listing)) };
};

/** Lines that are written to git at once: a write for each would cost more than git's work. */
const LINES_AT_ONCE = 512;

const readHead = async (path: string, signal: AbortSignal | undefined): Promise<string> => {
  const output: Uint8Array[] = [];
  const code = await runGit({
    folder: path,
    args: ['rev-parse', '--verify', '--quiet', 'HEAD'],
    answers: [0, 1],
    onOutput: (chunk) => output.push(chunk),
    signal,
  });
  if (code === 0) return Buffer.concat(output).toString('latin1').trim();
  throw new SmoError('git_empty', `the repository ${path} has no commits yet`, 'Make a commit first.');
};

const trusted = <T>(path: string, verdict: Verdict<T>): T => {
  if (verdict.ok) return verdict.value;
  const { message } = verdict.fault;
  throw errorFromFault(
    { code: 'git_failed', message: `what git says of ${path} is not understood: ${message}` },
    'See that the repository is sound with "git fsck", and that git is a current version.',
  );
};

function* joined(lines: Iterable<string>): Generator<string> {
  let block: string[] = [];
  for (const line of lines) {
    block.push(line);
    if (block.length < LINES_AT_ONCE) continue;
    yield block.join('');
    block = [];
  }
  yield block.join('');
}
