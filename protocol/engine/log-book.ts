import type { Crypto } from '../crypto/index.ts';
import type { Origin, Seq } from '../event/index.ts';
import { type FrontierEntry, frontierEntry, PublishedFrontier } from '../sync/index.ts';
import type { EngineImage } from './image.ts';
import type { LogTail } from './ports.ts';

/** One log, as far as it is verified here. */
interface LogState {
  /** Newest verified position; its commit may still be under way. */
  tail: LogTail;
  /** Frontier entry of the tail. */
  held: FrontierEntry;
}

/** Every log of the replica: where it stands, and how much of that may be published. */
export class LogBook {
  readonly #crypto: Crypto;
  readonly #logs = new Map<Origin, LogState>();
  /** Committed positions, which others may be told of. */
  readonly frontier: PublishedFrontier;

  /** @param image as stored, so committed */
  constructor(
    crypto: Crypto,
    { tails, arrivals, changes }: Pick<EngineImage, 'tails' | 'arrivals' | 'changes'>,
  ) {
    this.#crypto = crypto;
    this.frontier = new PublishedFrontier(crypto);
    for (const tail of tails) {
      this.advance(tail);
      this.publish(tail, changes.get(tail.manifest.origin) ?? arrivals);
    }
    this.frontier.reach(arrivals);
  }

  /** Notes a verified position whose commit is under way. */
  advance(tail: LogTail): void {
    const { origin } = tail.manifest;
    const held = frontierEntry(this.#crypto, tail.manifest);
    this.#logs.set(origin, { tail, held });
  }

  /** Notes that a position is committed, as the store's arrival of this number. */
  publish(tail: LogTail, arrival: number): FrontierEntry {
    const entry = frontierEntry(this.#crypto, tail.manifest);
    this.frontier.set(entry, arrival);
    return entry;
  }

  /** Newest verified position of a log. */
  tail(origin: Origin): LogTail | undefined {
    return this.#logs.get(origin)?.tail;
  }

  /** Frontier entry of the newest verified position. */
  held(origin: Origin): FrontierEntry | undefined {
    return this.#logs.get(origin)?.held;
  }

  /** Records of a log that are verified. */
  length(origin: Origin): Seq {
    return this.held(origin)?.seq ?? 0;
  }

  /** All logs, in no particular order. */
  origins(): Iterable<Origin> {
    return this.#logs.keys();
  }
}
