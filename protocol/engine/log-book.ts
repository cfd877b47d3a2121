import type { Crypto } from '../crypto/index.ts';
import type { Origin, Seq } from '../event/index.ts';
import type { Fork } from '../evidence/index.ts';
import { type FrontierEntry, frontierDigest, frontierEntry, frozenEntry } from '../sync/index.ts';
import type { LogTail } from './ports.ts';

/** One log, as far as it is verified here. */
interface LogState {
  /** Newest verified position; its commit may still be under way. */
  tail: LogTail;
  /** Frontier entry of the tail. */
  held: FrontierEntry;
  /** Newest committed position, which others may be told of. */
  published: { readonly tail: LogTail; readonly entry: FrontierEntry } | undefined;
}

/** Every log of the replica: where it stands, and how much of that may be published. */
export class LogBook {
  readonly #crypto: Crypto;
  readonly #logs = new Map<Origin, LogState>();
  /** Logs that are forked, and where; those of which others may be told. */
  readonly #forks = new Map<Origin, Seq>();
  readonly #publishedForks = new Map<Origin, Seq>();
  #digest: Uint8Array | undefined;

  /** @param tails as stored, so committed */
  constructor(crypto: Crypto, tails: readonly LogTail[]) {
    this.#crypto = crypto;
    for (const tail of tails) {
      this.advance(tail);
      this.publish(tail);
    }
  }

  /** Notes a verified position whose commit is under way. */
  advance(tail: LogTail): void {
    const { origin } = tail.manifest;
    const held = frontierEntry(this.#crypto, tail.manifest);
    this.#logs.set(origin, { tail, held, published: this.#logs.get(origin)?.published });
  }

  /** Notes that a position is committed; returns what others are to be told of the log. */
  publish(tail: LogTail): FrontierEntry {
    const { origin } = tail.manifest;
    const entry = frontierEntry(this.#crypto, tail.manifest);
    const log = this.#logs.get(origin);
    if (log === undefined) throw new RangeError(`${origin} was never advanced`);
    log.published = { tail, entry };
    this.#digest = undefined;
    return this.entry(origin) ?? entry;
  }

  /** Notes that a log is forked; the commit of the proof is under way. */
  fork({ origin, seq }: Fork): void {
    this.#forks.set(origin, seq);
  }

  /** Notes that the proof of a fork is committed. */
  publishFork(fork: Fork): void {
    this.fork(fork);
    this.#publishedForks.set(fork.origin, fork.seq);
    this.#digest = undefined;
  }

  /** Newest verified position of a log. */
  tail(origin: Origin): LogTail | undefined {
    return this.#logs.get(origin)?.tail;
  }

  /** Frontier entry of the newest verified position: all that there is, for a log that is held up to its fork. */
  held(origin: Origin): FrontierEntry | undefined {
    return frozenAt(origin, this.length(origin), this.#forks.get(origin)) ?? this.#logs.get(origin)?.held;
  }

  /** Records of a log that are verified, those past a fork among them. */
  length(origin: Origin): Seq {
    return this.#logs.get(origin)?.held.seq ?? 0;
  }

  /** Records of a log that are committed, those past a fork among them. */
  storedLength(origin: Origin): Seq {
    return this.#logs.get(origin)?.published?.entry.seq ?? 0;
  }

  /** All logs of which anything is committed, and their lengths. */
  *stored(): Iterable<readonly [Origin, Seq]> {
    for (const origin of this.#logs.keys()) yield [origin, this.storedLength(origin)];
  }

  /** How many logs there are. */
  get size(): number {
    return this.#logs.size;
  }

  has(origin: Origin): boolean {
    return this.#logs.has(origin);
  }

  /** All logs, in no particular order. */
  origins(): Iterable<Origin> {
    return this.#logs.keys();
  }

  /** Published position of one log. */
  entry(origin: Origin): FrontierEntry | undefined {
    return (
      frozenAt(origin, this.storedLength(origin), this.#publishedForks.get(origin)) ??
      this.#logs.get(origin)?.published?.entry
    );
  }

  /** The published frontier. */
  *entries(): Iterable<FrontierEntry> {
    for (const origin of new Set([...this.#logs.keys(), ...this.#publishedForks.keys()])) {
      const entry = this.entry(origin);
      if (entry !== undefined) yield entry;
    }
  }

  /** Digest of the published frontier. */
  digest(): Uint8Array {
    this.#digest ??= frontierDigest(this.#crypto, this.entries());
    return this.#digest;
  }
}

/** The frontier entry of a forked log that is held up to its fork. */
const frozenAt = (origin: Origin, length: Seq, fork: Seq | undefined): FrontierEntry | undefined =>
  fork === undefined || length < fork - 1 ? undefined : frozenEntry(origin, fork);
