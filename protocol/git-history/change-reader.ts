import { compareStrings, utf8Decode } from '../bytes/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import { ByteQueue } from './byte-queue.ts';
import { ChangeSettler } from './change-settler.ts';
import type { GitCommit, GitCommitHeader, GitOutputFault } from './git-commit.ts';
import { nameOf } from './git-name.ts';
import { emptyTreeLike } from './object-id.ts';

const NUL = 0x00;
const LINE_FEED = 0x0a;
const COLON = 0x3a;

/** Arguments of the git command that answers the questions of {@link ChangeReader}. */
export const CHANGES_ARGS: readonly string[] = [
  'diff-tree',
  '--stdin',
  '-r',
  '-z',
  '--raw',
  '--no-abbrev',
  '--no-renames',
  // Otherwise a .gitmodules file in the work tree can hide submodules from the answers.
  '--ignore-submodules=none',
];

/** One question: what the tree of a commit holds otherwise than some of its parents' trees do. */
interface Question {
  /** Index of the commit that is asked about. */
  readonly commit: number;
  /** Places, among the commit's parents, of those that have the other tree. */
  readonly parents: readonly number[];
  readonly line: string;
}

/**
 * Finds the changes of each commit by asking one `git diff-tree --stdin` process to compare pairs of trees: a
 * commit's with each of its parents', or with the empty tree if it has no parents. Asking about trees rather
 * than commits leaves the choice of parents to us: absent ones are left out, and every answer has one form.
 *
 * The answer to the line `<tree> <tree>` is that line again, then for each differing path
 * `:<mode> <mode> <id> <id> <letter> NUL <path> NUL`, the id being all zeros where there is no such path.
 */
export class ChangeReader {
  readonly #headers: readonly GitCommitHeader[];
  readonly #queue = new ByteQueue();
  readonly #expected: Iterator<Question>;
  readonly #settler: ChangeSettler;
  /** One string for each path, however many commits change it. */
  readonly #paths = new Map<string, string>();
  /** What is being answered. */
  #question: Question | undefined;
  /** The first half of a change whose path has not arrived. */
  #record: RegExpExecArray | undefined;
  #malformed: string | undefined;

  /** @param headers as `orderHistory` gives them; a parent that does not come before its child is a RangeError */
  constructor(headers: readonly GitCommitHeader[]) {
    this.#headers = headers;
    this.#expected = questions(headers);
    this.#settler = new ChangeSettler(headers);
  }

  /** Commits of which the answers have been read so far, including the one that is being read. */
  get count(): number {
    return this.#question === undefined ? 0 : this.#question.commit + 1;
  }

  /** The lines to write to git, each with its line feed. */
  *questions(): Generator<string> {
    for (const { line } of questions(this.#headers)) yield `${line}\n`;
  }

  push(chunk: Uint8Array): void {
    this.#queue.push(chunk);
    let more = true;
    while (more && this.#malformed === undefined) more = this.#next();
  }

  /** The commits with their changes, once all output has been pushed. */
  finish(): Verdict<readonly GitCommit[], GitOutputFault> {
    if (this.#queue.size > 0 || this.#record !== undefined || this.#expected.next().done !== true) {
      this.#malformed ??= 'the list of changes is cut short';
    }
    if (this.#malformed !== undefined) return refuse('git_output_malformed', this.#malformed);
    const changes = this.#settler.finish();
    return accept(
      this.#headers.map(({ id, parents, author, authoredAtMs }, index) => {
        const ofCommit = [...(changes.get(index) ?? [])].sort((a, b) => compareStrings(a.path, b.path));
        return { id, parents, author, authoredAtMs, changes: ofCommit };
      }),
    );
  }

  /** Reads one field; false when it has not arrived in full. */
  #next(): boolean {
    if (this.#record === undefined && this.#queue.peek() !== COLON) {
      const line = this.#queue.take(LINE_FEED);
      if (line !== undefined) this.#answer(utf8Decode(line));
      return line !== undefined;
    }
    const field = this.#queue.take(NUL);
    if (field === undefined) return false;
    if (this.#record === undefined) {
      this.#record = RECORD.exec(utf8Decode(field) ?? '') ?? undefined;
      if (this.#record === undefined) this.#malformed = 'a change cannot be read';
    } else {
      this.#change(this.#record, field);
      this.#record = undefined;
    }
    return true;
  }

  #answer(line: string | undefined): void {
    const question = this.#expected.next();
    if (question.done !== true && question.value.line === line) this.#question = question.value;
    else this.#malformed = 'the changes are not those that were asked for';
  }

  #change([, before, after = '']: RegExpExecArray, pathBytes: Uint8Array): void {
    if (before === after) return; // Only the mode differs.
    if (this.#question === undefined) {
      this.#malformed = 'a change comes before any commit';
      return;
    }
    const name = nameOf(pathBytes);
    const path = this.#paths.get(name) ?? name;
    this.#paths.set(path, path);
    const blob = /^0+$/.test(after) ? null : after;
    this.#settler.differs(this.#question.commit, this.#question.parents, path, blob);
  }
}

const RECORD = /^:[0-7]{6} [0-7]{6} ([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) [A-Z]$/;

/** Every pair of differing trees, commit after commit; equal trees need no question. */
function* questions(headers: readonly GitCommitHeader[]): Generator<Question, void, undefined> {
  const trees = new Map(headers.map(({ id, tree }) => [id, tree]));
  for (const [commit, { tree, parents }] of headers.entries()) {
    const places = new Map<string, number[]>();
    if (parents.length === 0) places.set(emptyTreeLike(tree), []);
    for (const [place, parent] of parents.entries()) {
      const other = trees.get(parent) ?? emptyTreeLike(tree);
      places.set(other, [...(places.get(other) ?? []), place]);
    }
    for (const [other, ofParents] of places) {
      if (other !== tree) yield { commit, parents: ofParents, line: `${other} ${tree}` };
    }
  }
}
