import type { Crypto } from '../crypto/index.ts';
import type { Origin, Seq } from '../event/index.ts';
import { decodeEvidence, type Fork, verifyEvidence } from '../evidence/index.ts';
import type { Verdict } from '../fault/index.ts';
import type { SpaceId } from '../manifest/index.ts';
import type { LogVerdict } from '../sync/index.ts';
import { ENGINE_LIMITS } from './limits.ts';
import type { EvidenceRow } from './ports.ts';

/** A fork, and the bytes that prove it. */
export interface KnownFork extends Fork {
  readonly evidence: Uint8Array;
}

/**
 * The forks of logs that are proved here. Where several proofs are about one log, the earliest fork stands: all
 * replicas that know the same proofs agree, whatever the order in which they learnt of them.
 */
export class ForkBook {
  readonly #crypto: Crypto;
  readonly #space: SpaceId;
  readonly #forks = new Map<Origin, KnownFork>();

  /** @param rows as stored; what proves nothing (damage of the store) is left out */
  constructor(crypto: Crypto, space: SpaceId, rows: readonly EvidenceRow[]) {
    this.#crypto = crypto;
    this.#space = space;
    for (const { bytes } of rows) {
      const fork = this.verify(bytes);
      if (fork.ok && this.isNews(fork.value)) this.keep(fork.value);
    }
  }

  /** Whether bytes prove a fork, and which. */
  verify(bytes: Uint8Array): Verdict<KnownFork> {
    const evidence = decodeEvidence(bytes);
    if (!evidence.ok) return evidence;
    const fork = verifyEvidence(this.#crypto, this.#space, evidence.value);
    return fork.ok ? { ok: true, value: { ...fork.value, evidence: bytes } } : fork;
  }

  /** Whether a fork is earlier than is known of its log. */
  isNews({ origin, seq }: Fork): boolean {
    return seq < (this.#forks.get(origin)?.seq ?? Number.POSITIVE_INFINITY);
  }

  /**
   * Whether one more fork can be kept in mind. A peer may tell of one whose log is of no device that is known here
   * yet; there is room for a few of these, so that strangers do not fill it.
   *
   * @param isKnown whether a log is one that is held, or of a device that is known
   */
  hasRoom(origin: Origin, isKnown: (origin: Origin) => boolean): boolean {
    if (this.#forks.has(origin)) return true;
    if (this.#forks.size >= ENGINE_LIMITS.forksMax) return false;
    if (isKnown(origin)) return true;
    const strange = [...this.#forks.keys()].filter((log) => !isKnown(log));
    return strange.length < ENGINE_LIMITS.strangeForksMax;
  }

  keep(fork: KnownFork): void {
    this.#forks.set(fork.origin, fork);
  }

  /** First seq at which the histories of a log differ; undefined when it is not known to be forked. */
  seqOf(origin: Origin): Seq | undefined {
    return this.#forks.get(origin)?.seq;
  }

  /** The last event of a forked log that counts; 0 when none does. */
  lastOf(origin: Origin): Seq | undefined {
    const seq = this.seqOf(origin);
    return seq === undefined ? undefined : seq - 1;
  }

  /** The proof of a fork, as sessions send it. */
  verdict(origin: Origin): LogVerdict | undefined {
    const fork = this.#forks.get(origin);
    return fork && { forkSeq: fork.seq, evidence: fork.evidence };
  }

  /** All forks, in no particular order. */
  list(): Iterable<KnownFork> {
    return this.#forks.values();
  }
}
