import type { Origin } from '../event/index.ts';
import { decodeEvidence } from '../evidence/index.ts';
import { errorFromFault } from '../fault/index.ts';
import type { Authoring } from './authoring.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { DerivedState } from './derived-state.ts';
import type { EngineEffect } from './effect.ts';
import type { ForkBook, KnownFork } from './forks.ts';
import type { Gossip, GossipJudgement } from './gossip.ts';
import type { Inquiries } from './inquiries.ts';
import type { LogBook } from './log-book.ts';
import type { PeerSessions } from './peer-sessions.ts';

/** The parts of an engine that a fork concerns. */
export interface EquivocationParts {
  readonly nowMs: number;
  readonly authoring: Authoring;
  readonly commits: CommitQueue;
  readonly derived: DerivedState;
  readonly forks: ForkBook;
  readonly gossip: Gossip;
  readonly inquiries: Inquiries;
  readonly logs: LogBook;
  readonly sessions: PeerSessions;
  emit(effect: EngineEffect): void;
}

/** What follows from the proof that two histories of a log are signed, wherever it comes from. */
export class Equivocations {
  readonly #parts: EquivocationParts;

  constructor(parts: EquivocationParts) {
    this.#parts = parts;
  }

  /**
   * Takes evidence. It is kept if it proves a fork that is earlier than is known, and told to all peers once it is
   * stored.
   */
  learn(bytes: Uint8Array): GossipJudgement {
    const { authoring, commits, derived, forks, logs, nowMs } = this.#parts;
    const verdict = forks.verify(bytes);
    if (!verdict.ok) return { verdict: 'reject', fault: verdict.fault };
    const fork = verdict.value;
    const { origin, seq } = fork;
    if (!forks.isNews(fork) || !forks.hasRoom(origin, (log) => this.#isKnown(log)))
      return { verdict: 'ignore' };
    forks.keep(fork);
    logs.fork(fork);
    authoring.retire(origin, 'forked', nowMs);
    derived.forked(origin, seq, nowMs);
    this.#compare(bytes);
    commits.evidence({ origin, bytes });
    commits.afterwards({ type: 'run', run: () => this.#publish(fork) });
    return { verdict: 'accept' };
  }

  /**
   * Takes evidence that the application brings.
   * @throws SmoError when it proves nothing
   */
  import(bytes: Uint8Array): void {
    const judgement = this.learn(bytes);
    if (judgement.verdict === 'reject') throw errorFromFault(judgement.fault);
  }

  /** Takes up what was known when the engine was opened. */
  resume(): void {
    for (const { evidence } of this.#parts.forks.list()) this.#compare(evidence);
  }

  /** Has the own history of a log compared with the proof of its fork. */
  #compare(bytes: Uint8Array): void {
    const evidence = decodeEvidence(bytes);
    if (evidence.ok) this.#parts.inquiries.forked(evidence.value);
  }

  #publish(fork: KnownFork): void {
    const { gossip, logs, nowMs, sessions } = this.#parts;
    const entry = logs.publishFork(fork);
    sessions.prove(fork.origin, nowMs);
    if (entry !== undefined) sessions.announce([entry], nowMs);
    gossip.proved(fork.evidence);
    this.#parts.emit({ type: 'equivocation', ...fork });
  }

  /** Whether a log is held here, or of a device that may write. */
  #isKnown(origin: Origin): boolean {
    return this.#parts.logs.has(origin) || this.#parts.derived.membership.accepts(origin);
  }
}
