import type { Origin, Seq } from '../event/index.ts';
import type { SyncFrame } from './frame.ts';
import { SYNC_LIMITS } from './limits.ts';
import type { RemoteFrontier } from './remote-frontier.ts';
import type { SessionView } from './session-view.ts';

/**
 * Sends the remote the proofs of forks, each once. They cost no credit: so no more than a few go out before the
 * remote has said something again, be it that it knows the log to be forked.
 */
export class ProofTeller {
  readonly #view: SessionView;
  readonly #remote: RemoteFrontier;
  readonly #send: (frame: SyncFrame) => void;
  /** For each log, the fork that the remote was sent the proof of. */
  readonly #proved = new Map<Origin, Seq>();
  /** Logs whose proof is due when there is room again. */
  readonly #waiting = new Set<Origin>();
  #room: number = SYNC_LIMITS.proofsAtATime;

  constructor(view: SessionView, remote: RemoteFrontier, send: (frame: SyncFrame) => void) {
    this.#view = view;
    this.#remote = remote;
    this.#send = send;
  }

  /** Sends the proof that a log has forked, if there is one here and the remote does not seem to have it. */
  prove(origin: Origin): void {
    const verdict = this.#view.verdict(origin);
    const remote = this.#remote.entry(origin);
    if (verdict === undefined || (remote?.frozen && remote.seq < verdict.forkSeq)) return;
    if ((this.#proved.get(origin) ?? Number.POSITIVE_INFINITY) <= verdict.forkSeq) return;
    if (this.#room === 0) {
      this.#waiting.add(origin);
      return;
    }
    this.#room -= 1;
    this.#proved.set(origin, verdict.forkSeq);
    this.#send({ type: 'evidence', evidence: verdict.evidence });
  }

  /** The remote has said something: it has had the time for what was sent. */
  goOn(): void {
    this.#room = SYNC_LIMITS.proofsAtATime;
    for (const origin of this.#waiting) {
      if (this.#room === 0) return;
      this.#waiting.delete(origin);
      this.prove(origin);
    }
  }
}
