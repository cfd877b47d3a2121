import { CORE_TYPE, type EventDraft } from '../event/index.ts';
import type { GitCommit } from './git-commit.ts';

/**
 * The events of a commit, one for each change: entity = path, field `blob` = object id or null.
 *
 * They keep git's outcome in whatever logs they are written, as long as each commit's events have seen those of
 * its ancestors: at every commit, all heads of a path's register have the blob that the commit's tree has. So
 * at the head commit no conflict is open, and what concurrent branches changed differently is a closed one.
 * Seeing more than the ancestors (one device that writes the whole history, say) only removes concurrency.
 */
export const draftsOfCommit = (commit: Pick<GitCommit, 'author' | 'changes'>): readonly EventDraft[] =>
  commit.changes.map(({ path, blob }) => ({
    type: CORE_TYPE.stateUpdated,
    entityId: path,
    payload: { blob },
    actor: commit.author,
  }));

/**
 * {@link draftsOfCommit}, each with where it comes from: by that the events of a commit are known wherever they are,
 * and by the last of them that all are there.
 */
export const sourcedDraftsOfCommit = (
  commit: Pick<GitCommit, 'id' | 'author' | 'changes'>,
): readonly EventDraft[] =>
  draftsOfCommit(commit).map((draft, i) => ({
    ...draft,
    source: { id: `git:${commit.id}:${i + 1}`, system: 'git' },
  }));
