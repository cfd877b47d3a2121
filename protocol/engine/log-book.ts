import type { Crypto } from '../crypto/index.ts';
import type { Origin, Seq } from '../event/index.ts';
import { type FrontierEntry, frontierDigest, frontierEntry } from '../sync/index.ts';
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

  /** Notes that a position is committed. */
  publish(tail: LogTail): FrontierEntry {
    const entry = frontierEntry(this.#crypto, tail.manifest);
    const log = this.#logs.get(tail.manifest.origin);
    if (log === undefined) throw new RangeError(`${tail.manifest.origin} was never advanced`);
    log.published = { tail, entry };
    this.#digest = undefined;
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

  /** Published position of one log. */
  entry(origin: Origin): FrontierEntry | undefined {
    return this.#logs.get(origin)?.published?.entry;
  }

  /** The published frontier. */
  *entries(): Iterable<FrontierEntry> {
    for (const { published } of this.#logs.values()) if (published !== undefined) yield published.entry;
  }

  /** Digest of the published frontier. */
  digest(): Uint8Array {
    this.#digest ??= frontierDigest(this.#crypto, this.entries());
    return this.#digest;
  }
}
