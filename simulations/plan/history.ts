import type { EventDraft } from '../../protocol/event/index.ts';
import { sourcedDraftsOfCommit } from '../../protocol/git-history/index.ts';

/**
 * One step of a history that is written again: its device writes it as soon after its time as everything that it
 * follows can be seen there, and states that it has seen just that. Each chain is a log of its own on each device that
 * writes some of it.
 */
export interface StepPlace {
  /** Its number in the history, from 0. What a step follows has lower ones. */
  readonly step: number;
  /** Steps of one chain follow one another. */
  readonly chain: number;
  /** Steps that it follows directly, beside the one before it in its chain. */
  readonly after: readonly number[];
}

/** A path and its blob, in as few characters as can be; null for a path that is deleted. */
export type PlannedChange = readonly [path: string, blob: string | null];

/** A commit of git. */
export interface CommitStep extends StepPlace {
  readonly type: 'commit';
  readonly id: string;
  readonly author: string;
  readonly changes: readonly PlannedChange[];
}

/** An event that was written elsewhere. Its source tells it from all others of the history. */
export interface EventStep extends StepPlace {
  readonly type: 'replay';
  readonly draft: EventDraft;
}

/** What a step writes. Each event has a source by which it is known on all devices, the last one tells that all are there. */
export const draftsOfStep = (step: CommitStep | EventStep): readonly EventDraft[] => {
  if (step.type === 'replay') return [step.draft];
  const { id, author, changes } = step;
  return sourcedDraftsOfCommit({ id, author, changes: changes.map(([path, blob]) => ({ path, blob })) });
};

/** What git holds at a path. */
export interface TreePath {
  readonly path: string;
  readonly blob: string;
}
