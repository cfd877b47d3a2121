import type { Authoring } from './authoring.ts';
import type { AfterCommit, CommitQueue } from './commit-queue.ts';
import type { DerivedState } from './derived-state.ts';
import type { EngineEffect } from './effect.ts';
import type { Gossip } from './gossip.ts';
import type { LogBook } from './log-book.ts';
import type { UnnumberedWrite } from './own-logs.ts';
import type { PeerCursors } from './peer-cursors.ts';
import type { PeerSessions } from './peer-sessions.ts';
import type { PendingRecords } from './pending-records.ts';

/** The parts of an engine that a commit goes through. */
export interface CommitParts {
  readonly nowMs: number;
  readonly authoring: Authoring;
  readonly commits: CommitQueue;
  readonly cursors: PeerCursors;
  readonly derived: DerivedState;
  readonly gossip: Gossip;
  readonly logs: LogBook;
  readonly pending: PendingRecords;
  readonly sessions: PeerSessions;
  emit(effect: EngineEffect): void;
}

/** The way of verified records: into the next commit, to the store, and then to peers and to the application. */
export class CommitFlow {
  readonly #parts: CommitParts;

  constructor(parts: CommitParts) {
    this.#parts = parts;
  }

  /** Takes records that are verified, or signed here. */
  write(write: UnnumberedWrite): void {
    this.#parts.logs.advance(write.tail);
    this.#parts.commits.write(write);
  }

  /** Emits an effect once everything that led to it is committed. */
  answer(effect: EngineEffect): void {
    this.#parts.commits.afterwards({ type: 'answer', effect });
  }

  /** Emits an effect once everything that led to it is on the disk. */
  answerDurably(effect: EngineEffect): void {
    this.#parts.commits.demandDurability();
    this.answer(effect);
  }

  /** Signs and hands out the next commit, unless one is under way. */
  flush(): void {
    const { authoring, commits, cursors, derived, nowMs } = this.#parts;
    if (commits.busy) return;
    authoring.signHeads(nowMs);
    derived.save();
    if (commits.hasRecords) cursors.save();
    const commit = commits.next();
    if (commit !== undefined) this.#parts.emit({ type: 'commit', commit });
  }

  /** A commit is done: what it holds is published, and what waited for it happens. */
  committed(id: number): void {
    const { commits, derived, gossip, logs, nowMs, pending, sessions } = this.#parts;
    const { commit, after } = commits.complete(id);
    pending.settle(commit.logs);
    const newest = [...new Map(commit.logs.map((write) => [write.origin, write])).values()];
    const entries = newest.map(({ tail, arrival }) => {
      const entry = logs.publish(tail, arrival);
      gossip.committed(entry, tail, nowMs);
      return entry;
    });
    sessions.announce(entries, nowMs);
    for (const { origin } of newest) derived.stored(origin, logs.storedLength(origin), nowMs);
    for (const next of after) this.#follow(next);
    derived.read();
  }

  #follow(after: AfterCommit): void {
    if (after.type === 'answer') this.#parts.emit(after.effect);
    else if (after.type === 'run') after.run();
    else this.#parts.sessions.release(after.peer, after.session, after.bytes, this.#parts.nowMs);
  }
}
