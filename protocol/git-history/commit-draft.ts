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
export const draftsOfCommit = (commit: GitCommit): readonly EventDraft[] =>
  commit.changes.map(({ path, blob }) => ({
    type: CORE_TYPE.stateUpdated,
    entityId: path,
    payload: { blob },
    actor: commit.author,
  }));
