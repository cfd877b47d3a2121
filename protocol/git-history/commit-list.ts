import { utf8Decode } from '../bytes/index.ts';
import { EVENT_LIMITS } from '../event/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import { ByteQueue } from './byte-queue.ts';
import type { GitCommitHeader, GitOutputFault } from './git-commit.ts';
import { nameOf } from './git-name.ts';
import { isObjectId } from './object-id.ts';

const LINE_FEED = 0x0a;
const NUL = 0x00;

/**
 * Arguments of the git command whose output {@link CommitListParser} reads: every commit that is reachable
 * from `head`, or the `maxCommits` newest of them by date, none without all its descendants in the history.
 */
export const commitListArgs = (head: string, maxCommits?: number): readonly string[] => [
  'rev-list',
  '--encoding=UTF-8',
  '--format=%T%x00%P%x00%an <%ae>%x00%at',
  ...(maxCommits === undefined ? [] : ['--date-order', `--max-count=${maxCommits}`]),
  head,
  '--',
];

/**
 * Reads the output of `git rev-list` with {@link commitListArgs}, as it arrives.
 *
 * For each commit a line `commit <id>`, then a line `<tree> NUL <parents, spaced> NUL <name> <<email>> NUL
 * <author's date in seconds>`. Neither names nor dates can hold a line feed or a NUL in git.
 */
export class CommitListParser {
  readonly #queue = new ByteQueue();
  readonly #headers: GitCommitHeader[] = [];
  #id: string | undefined;
  #malformed: string | undefined;

  /** Commits read so far. */
  get count(): number {
    return this.#headers.length;
  }

  push(chunk: Uint8Array): void {
    this.#queue.push(chunk);
    for (let line = this.#queue.take(LINE_FEED); line !== undefined; line = this.#queue.take(LINE_FEED)) {
      this.#line(line);
    }
  }

  /** The commits in git's order, once all output has been pushed. */
  finish(): Verdict<readonly GitCommitHeader[], GitOutputFault> {
    if (this.#queue.size > 0 || this.#id !== undefined)
      this.#malformed ??= 'the list of commits is cut short';
    if (this.#malformed !== undefined) return refuse('git_output_malformed', this.#malformed);
    return accept(this.#headers);
  }

  #line(line: Uint8Array): void {
    if (this.#id === undefined) {
      const text = utf8Decode(line);
      this.#id = text?.startsWith('commit ') ? text.slice('commit '.length) : '';
      return;
    }
    const header = parseHeader(this.#id, line);
    if (header === undefined) this.#malformed ??= `commit ${this.count + 1} of the list cannot be read`;
    else this.#headers.push(header);
    this.#id = undefined;
  }
}

const parseHeader = (id: string, line: Uint8Array): GitCommitHeader | undefined => {
  const [treeBytes, parentBytes, authorBytes, dateBytes, ...more] = splitAt(line, NUL);
  if (!treeBytes || !parentBytes || !authorBytes || !dateBytes || more.length > 0) return undefined;
  const tree = utf8Decode(treeBytes) ?? '';
  const parents = (utf8Decode(parentBytes) ?? '?').split(' ').filter((parent) => parent !== '');
  if (![id, tree, ...parents].every(isObjectId)) return undefined;
  return { id, tree, parents, author: nameOf(authorBytes), authoredAtMs: parseDate(dateBytes) };
};

const splitAt = (bytes: Uint8Array, separator: number): readonly Uint8Array[] => {
  const fields: Uint8Array[] = [];
  let start = 0;
  for (let end = bytes.indexOf(separator); end >= 0; end = bytes.indexOf(separator, start)) {
    fields.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return [...fields, bytes.subarray(start)];
};

/** Old commits state dates before 1970, far ahead, or none at all; events can't, so they are bounded here. */
const parseDate = (bytes: Uint8Array): number => {
  const seconds = utf8Decode(bytes) ?? '';
  return /^\d+$/.test(seconds) ? Math.min(Number(seconds) * 1000, EVENT_LIMITS.timestampMsMax) : 0;
};
