import { encodeManifest } from '../manifest/index.ts';
import type { Written } from '../sync/index.ts';
import type { Authoring } from './authoring.ts';
import type { AfterCommit, CommitQueue, Release } from './commit-queue.ts';
import type { DerivedState } from './derived-state.ts';
import type { EngineEffect } from './effect.ts';
import type { Gossip } from './gossip.ts';
import { ENGINE_LIMITS } from './limits.ts';
import type { LogBook } from './log-book.ts';
import type { UnnumberedWrite } from './own-logs.ts';
import type { PeerCursors } from './peer-cursors.ts';
import type { PeerSessions } from './peer-sessions.ts';
import type { PendingRecords } from './pending-records.ts';
import type { StateOverlay } from './state-overlay.ts';

/** The parts of an engine that a commit goes through. */
export interface CommitParts {
  readonly nowMs: number;
  readonly authoring: Authoring;
  readonly commits: CommitQueue;
  readonly cursors: PeerCursors;
  readonly derived: DerivedState;
  readonly gossip: Gossip;
  readonly logs: LogBook;
  readonly overlay: StateOverlay;
  readonly pending: PendingRecords;
  readonly sessions: PeerSessions;
  emit(effect: EngineEffect): void;
}

/**
 * The way of verified records: into the next commit, to the store, and then to peers and to the application.
 *
 * The state that follows from records is committed with them, or after them, never before. While more records are on
 * their way it may follow some of them later, in one piece: most of what they change, they change more than once.
 */
export class CommitFlow {
  readonly #parts: CommitParts;
  /** When the state was first put off; undefined when it is all committed or under way. */
  #putOffMs: number | undefined;
  /** Credit for records that are stored and that, with others, wait to be applied. */
  #unreleased: Release[] = [];

  constructor(parts: CommitParts) {
    this.#parts = parts;
  }

  /** Takes records that are verified, or signed here. */
  write(write: UnnumberedWrite): void {
    this.#parts.logs.advance(write.tail);
    this.#parts.commits.write(write);
  }

  /** Emits an effect once everything that led to it is committed, the state included. */
  tell(effect: EngineEffect): void {
    this.#parts.commits.afterState({ type: 'answer', effect });
  }

  /** Emits an effect once the records that led to it are on the disk. */
  answer(effect: EngineEffect): void {
    this.#parts.commits.demandDurability();
    this.#parts.commits.afterwards({ type: 'answer', effect });
  }

  /** Signs and hands out the next commit, unless one is under way. */
  flush(): void {
    const { authoring, commits, cursors, derived, nowMs } = this.#parts;
    if (this.#unreleased.length > 0 && !derived.isBehind) {
      for (const release of this.#unreleased.splice(0)) this.#release(release);
    }
    if (commits.busy) return;
    authoring.signHeads(nowMs);
    const withState = !this.#putsOff();
    if (withState) {
      this.#putOffMs = undefined;
      derived.save();
      if (commits.hasRecords) cursors.save();
    }
    const commit = commits.next(withState);
    if (commit !== undefined) this.#parts.emit({ type: 'commit', commit });
    // There is room again, also where nothing had to be written: what was read may all wait.
    if (withState) derived.read();
  }

  /** Whether as much state waits to be committed as may wait. */
  get isStateFull(): boolean {
    const { derived, overlay } = this.#parts;
    return (
      overlay.writes >= ENGINE_LIMITS.stateRowsMax || derived.unsavedBytes >= ENGINE_LIMITS.stateBytesMax
    );
  }

  /** When the state has to be committed that was put off, in ms since 1970; what is under way comes first. */
  get deadlineMs(): number | undefined {
    if (this.#putOffMs === undefined || this.#parts.commits.busy) return undefined;
    return this.#putOffMs + ENGINE_LIMITS.stateDelayMs;
  }

  /** Whether the state waits for more of the same. */
  #putsOff(): boolean {
    const { derived, nowMs, overlay, sessions } = this.#parts;
    // Rows that are thrown away must not be taken for the state any longer.
    if (!overlay.hasWrites || overlay.isReset) return false;
    if (!sessions.isReceiving && !derived.isReading) return false;
    if (this.isStateFull) return false;
    this.#putOffMs ??= nowMs;
    // A clock that was set back must not put it off for long.
    return nowMs >= this.#putOffMs && nowMs < this.#putOffMs + ENGINE_LIMITS.stateDelayMs;
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
    sessions.announce(entries, nowMs, this.#writtenIn(newest));
    for (const { origin } of newest) derived.stored(origin, logs.storedLength(origin), nowMs);
    for (const next of after) this.#follow(next);
  }

  /** What this device itself has written: for that others need not ask it. */
  #writtenIn(writes: readonly UnnumberedWrite[]): Written {
    const own = writes.filter(({ origin }) => this.#parts.authoring.isOwn(origin));
    return new Map(
      own.map(({ origin, records, tail }) => [origin, { manifest: encodeManifest(tail.manifest), records }]),
    );
  }

  #follow(after: AfterCommit): void {
    if (after.type === 'answer') this.#parts.emit(after.effect);
    else if (after.type === 'run') after.run();
    else if (this.#parts.derived.isBehind) this.#unreleased.push(after);
    else this.#release(after);
  }

  #release({ peer, session, bytes }: Release): void {
    this.#parts.sessions.release(peer, session, bytes, this.#parts.nowMs);
  }
}
