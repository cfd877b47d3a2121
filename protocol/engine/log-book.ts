import type { Crypto } from '../crypto/index.ts';
import type { Origin, Seq } from '../event/index.ts';
import type { Fork } from '../evidence/index.ts';
import type { Manifest } from '../manifest/index.ts';
import { type FrontierEntry, frontierEntry, frozenEntry, PublishedFrontier } from '../sync/index.ts';
import type { EngineImage } from './image.ts';
import type { LogTail } from './ports.ts';

/** One log, as far as it is verified here. */
interface LogState {
  /** Newest verified position; its commit may still be under way. */
  tail: LogTail;
  /** Frontier entry of the tail. */
  held: FrontierEntry;
  /** Newest position that is committed, and the arrival at which it was. */
  stored:
    | { readonly entry: FrontierEntry; readonly arrival: number; readonly manifest: Manifest }
    | undefined;
}

/**
 * Every log of the replica: where it stands, and how much of that may be published. A log that is forked, and held
 * up to its fork, stands there for good: all replicas tell the same of it, whichever history each of them holds.
 */
export class LogBook {
  readonly #crypto: Crypto;
  readonly #logs = new Map<Origin, LogState>();
  /** Logs that are forked, and where; and those of which others may be told. */
  readonly #forks = new Map<Origin, Seq>();
  readonly #publishedForks = new Map<Origin, Seq>();
  /** Committed positions, which others may be told of. */
  readonly frontier: PublishedFrontier;

  /**
   * @param image as stored, so committed
   * @param forks as stored
   */
  constructor(
    crypto: Crypto,
    { tails, arrivals, changes }: Pick<EngineImage, 'tails' | 'arrivals' | 'changes'>,
    forks: Iterable<Fork>,
  ) {
    this.#crypto = crypto;
    this.frontier = new PublishedFrontier(crypto);
    for (const tail of tails) {
      this.advance(tail);
      this.publish(tail, changes.get(tail.manifest.origin) ?? arrivals);
    }
    for (const fork of forks) this.publishFork(fork);
    this.frontier.reach(arrivals);
  }

  /** Notes a verified position whose commit is under way. */
  advance(tail: LogTail): void {
    const { origin } = tail.manifest;
    const held = frontierEntry(this.#crypto, tail.manifest);
    this.#logs.set(origin, { tail, held, stored: this.#logs.get(origin)?.stored });
  }

  /**
   * Notes that a position is committed, as the store's arrival of this number.
   * @returns what others are to be told of the log
   */
  publish(tail: LogTail, arrival: number): FrontierEntry {
    const { origin } = tail.manifest;
    const log = this.#logs.get(origin);
    if (log === undefined) throw new RangeError(`${origin} was never advanced`);
    // Most often nothing came after it; then it has been hashed already.
    const entry = log.tail === tail ? log.held : frontierEntry(this.#crypto, tail.manifest);
    log.stored = { entry, arrival, manifest: tail.manifest };
    const told = frozenAt(origin, entry.seq, this.#publishedForks.get(origin)) ?? entry;
    this.frontier.set(told, arrival);
    return told;
  }

  /** Notes that a log is forked; the commit of the proof is under way. */
  fork({ origin, seq }: Fork): void {
    this.#forks.set(origin, seq);
  }

  /**
   * Notes that the proof of a fork is committed.
   * @returns what others are to be told of the log; undefined while it is not held up to its fork
   */
  publishFork(fork: Fork): FrontierEntry | undefined {
    const { origin, seq } = fork;
    this.fork(fork);
    this.#publishedForks.set(origin, seq);
    const entry = frozenAt(origin, this.storedLength(origin), seq);
    if (entry !== undefined) this.frontier.set(entry, this.#logs.get(origin)?.stored?.arrival ?? 0);
    return entry;
  }

  /** Newest verified position of a log. */
  tail(origin: Origin): LogTail | undefined {
    return this.#logs.get(origin)?.tail;
  }

  /** Frontier entry of the newest verified position: that of the fork, for a log that is held up to it. */
  held(origin: Origin): FrontierEntry | undefined {
    return frozenAt(origin, this.length(origin), this.#forks.get(origin)) ?? this.#logs.get(origin)?.held;
  }

  /** Records of a log that are verified, those past a fork among them. */
  length(origin: Origin): Seq {
    return this.#logs.get(origin)?.held.seq ?? 0;
  }

  /** Newest committed position of a log, past a fork if there is one: up to there it can be read and served. */
  stored(origin: Origin): FrontierEntry | undefined {
    return this.#logs.get(origin)?.stored?.entry;
  }

  /** Newest committed manifest of a log. */
  newest(origin: Origin): Manifest | undefined {
    return this.#logs.get(origin)?.stored?.manifest;
  }

  /** Whether all that is verified of a log is committed. */
  isStored(origin: Origin): boolean {
    const log = this.#logs.get(origin);
    return log?.stored !== undefined && log.stored.manifest === log.tail.manifest;
  }

  /** Records of a log that are committed, those past a fork among them. */
  storedLength(origin: Origin): Seq {
    return this.stored(origin)?.seq ?? 0;
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
}

/** The frontier entry of a forked log that is held up to its fork. */
const frozenAt = (origin: Origin, length: Seq, fork: Seq | undefined): FrontierEntry | undefined =>
  fork === undefined || length < fork - 1 ? undefined : frozenEntry(origin, fork);
