import type { Origin } from '../event/index.ts';
import type { Fault } from '../fault/index.ts';
import { encodeManifest } from '../manifest/index.ts';
import { creditOf, type RangeFollows, type SyncFault, type SyncFrame } from './frame.ts';
import type { FrontierEntry } from './frontier.ts';
import { SYNC_LIMITS } from './limits.ts';
import type { Window } from './range-receiver.ts';
import type { SegmentRange } from './segment-range.ts';

/** What the sender does next. */
export type SenderStep = { readonly type: 'send'; readonly frame: SyncFrame } | { readonly type: 'read' };

/** What has to be read to go on: everything after the first `events` records of a segment. */
export interface ReadRequest {
  readonly origin: Origin;
  readonly segment: number;
  readonly events: number;
}

/** A want of the remote, and the position from which it is to be served. */
interface Want extends ReadRequest {
  readonly want: number;
  /** The last segment to serve. */
  readonly until: number;
}

/** A segment that is being sent. */
interface Loaded {
  readonly want: Want;
  readonly range: SegmentRange;
  /** Records that have been sent. */
  sent: number;
  begun: boolean;
}

/** How far a log may be served. */
type HeldPosition = Pick<FrontierEntry, 'segment'>;

/**
 * Serves the remote's wants, one segment at a time and within the credit that the remote gives, so that a
 * slow reader holds at most one segment in memory here and slows only itself.
 */
export class RangeSender {
  readonly #held: (origin: Origin) => HeldPosition | undefined;
  readonly #queue: Want[] = [];
  #reading: Want | undefined;
  #loaded: Loaded | undefined;
  #credit: number = SYNC_LIMITS.creditBytes;

  /** @param held how far a log is committed here */
  constructor(held: (origin: Origin) => HeldPosition | undefined) {
    this.#held = held;
  }

  /** The remote asks for part of a log. */
  want(want: number, origin: Origin, { segment, events, until }: Window): Fault<SyncFault> | undefined {
    if (this.#queue.length >= SYNC_LIMITS.wantsPerPeer) {
      return { code: 'past_limit', message: `more than ${SYNC_LIMITS.wantsPerPeer} wants at once` };
    }
    this.#queue.push({ want, origin, segment, events, until });
    return undefined;
  }

  /** The remote has dealt with so many bytes of records. */
  credit(bytes: number): Fault<SyncFault> | undefined {
    this.#credit += bytes;
    if (this.#credit <= SYNC_LIMITS.creditBytes) return undefined;
    return { code: 'credit_exceeded', message: 'credit for bytes that were never sent' };
  }

  /** Bytes of records that may be sent now. */
  get budget(): number {
    return this.#credit;
  }

  /** Bytes of records are sent outside of ranges. */
  charge(bytes: number): void {
    this.#credit -= bytes;
  }

  /** The same, if there is credit for them; false if there is not. */
  spend(bytes: number): boolean {
    if (bytes > this.#credit) return false;
    this.charge(bytes);
    return true;
  }

  /** What a `read` step stands for; undefined once it is handed in. */
  get reading(): ReadRequest | undefined {
    return this.#reading;
  }

  /** The answer to a `read` step. */
  loaded(range: SegmentRange | undefined): void {
    const want = this.#reading;
    this.#reading = undefined;
    if (want === undefined) throw new RangeError('a range was handed in that nobody asked for');
    // A head without new records brings nothing; a seal without new records does.
    const brings = range !== undefined && (range.records.length > 0 || range.manifest.sealed);
    if (brings) this.#loaded = { want, range, sent: 0, begun: false };
    else this.#queue.unshift({ ...want, until: NOTHING });
  }

  /** Everything that can be done now. */
  *take(): Iterable<SenderStep> {
    for (;;) {
      if (this.#loaded !== undefined) {
        const frame = this.#nextFrame(this.#loaded);
        if (frame === undefined) return;
        yield { type: 'send', frame };
        continue;
      }
      if (this.#reading !== undefined) return;
      const next = this.#queue.shift();
      if (next === undefined) return;
      if (!this.#serves(next)) {
        yield { type: 'send', frame: { type: 'want-end', want: next.want } };
        continue;
      }
      this.#reading = next;
      yield { type: 'read' };
    }
  }

  /** Whether there may be something to send for what is left of a want. */
  #serves({ origin, segment, until }: Want): boolean {
    return segment <= Math.min(until, this.#held(origin)?.segment ?? NOTHING);
  }

  /** The next frame of the loaded segment; undefined while there is not enough credit for a record. */
  #nextFrame(loaded: Loaded): SyncFrame | undefined {
    const { range, want } = loaded;
    const budget = Math.min(this.#credit, SYNC_LIMITS.rangeFrameBytes);
    const records = takeRecords(range.records, loaded.sent, budget, this.#credit);
    const left = range.records.length - loaded.sent - records.length;
    if (records.length === 0 && left > 0) return undefined;
    const manifest = loaded.begun ? {} : { manifest: encodeManifest(range.manifest) };
    this.#credit -= creditOf(records);
    loaded.sent += records.length;
    loaded.begun = true;
    const follows = left > 0 ? 'records' : this.#finish(loaded);
    return { type: 'range', want: want.want, ...manifest, records, follows };
  }

  /** Ends a segment. A sealed one may have a successor; after a head there is nothing more. */
  #finish({ want, range }: Loaded): RangeFollows {
    this.#loaded = undefined;
    const rest = { ...want, segment: want.segment + 1, events: 0 };
    if (!range.manifest.sealed || !this.#serves(rest)) return 'nothing';
    this.#queue.unshift(rest);
    return 'segment';
  }
}

/** Before the first segment: stands for nothing held, or nothing left to be served. */
const NOTHING = -1;

/** Records from `from` on that fit the budget; at least one if the whole credit allows it. */
const takeRecords = (
  records: readonly Uint8Array[],
  from: number,
  budget: number,
  credit: number,
): readonly Uint8Array[] => {
  let bytes = 0;
  let to = from;
  for (let record = records[to]; record !== undefined; record = records[to]) {
    bytes += record.length;
    if (bytes > (to === from ? credit : budget)) break;
    to += 1;
  }
  return records.slice(from, to);
};
