/** What git says of one commit, before its changes are known. */
export interface GitCommitHeader {
  /** Object id in lower-case hex: 40 characters, or 64 in a SHA-256 repository. */
  readonly id: string;
  /** Object id of the commit's tree. */
  readonly tree: string;
  /** Ids of the parents in the commit's own order. */
  readonly parents: readonly string[];
  /** `name <email>`, as the commit states it (no mailmap); at most 512 UTF-8 bytes, see `nameOf`. */
  readonly author: string;
  /** Author's date in milliseconds since 1970; 0 where the commit states none that can be read. */
  readonly authoredAtMs: number;
}

/** One path that a commit decides. */
export interface GitChange {
  /** The path as an entity id: see `nameOf`. */
  readonly path: string;
  /** Object id of the content (of the commit, for a submodule), or null when the commit has no such path. */
  readonly blob: string | null;
}

/** One commit of a history. A commit that changes nothing has no changes, but still joins its parents. */
export interface GitCommit {
  readonly id: string;
  /** Only parents that belong to the history: one beyond a shallow or chosen border counts as absent. */
  readonly parents: readonly string[];
  readonly author: string;
  readonly authoredAtMs: number;
  /**
   * By ascending path: for a root all its paths; for a commit with one parent the paths whose blob differs from
   * the parent's; for a merge those that differ from every parent's, or that parents changed on their own sides
   * with another outcome than the merge's. A path on which a parent was merely behind is not a change of the
   * merge. Modes are not looked at: a path whose mode alone changed is not a change.
   */
  readonly changes: readonly GitChange[];
}

/** Content of every path of one tree: path (as an entity id) to object id. */
export type GitTree = ReadonlyMap<string, string>;

/** The history behind one commit, and the tree that it arrives at. */
export interface GitHistory {
  /** Id of the commit from which the history was read. */
  readonly head: string;
  /** In the order of `orderHistory`: parents first, the head last. */
  readonly commits: readonly GitCommit[];
  /** All paths of the head: what any replay of the commits must arrive at. */
  readonly tree: GitTree;
}

/** Why output was not what git documents. */
export type GitOutputFault = 'git_output_malformed';
