import type { Origin } from '../event/index.ts';
import type { Fault } from '../fault/index.ts';
import { encodeManifest } from '../manifest/index.ts';
import { creditOf, type SyncFault, type SyncFrame } from './frame.ts';
import type { FrontierEntry } from './frontier.ts';
import { SYNC_LIMITS } from './limits.ts';
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
}

/** A segment that is being sent. */
interface Loaded {
  readonly want: Want;
  readonly range: SegmentRange;
  /** Records that have been sent. */
  sent: number;
  begun: boolean;
}

/**
 * Serves the remote's wants, one segment at a time and within the credit that the remote gives, so that a
 * slow reader holds at most one segment in memory here and slows only itself.
 */
export class RangeSender {
  readonly #view: { entry(origin: Origin): FrontierEntry | undefined };
  readonly #queue: Want[] = [];
  #reading: Want | undefined;
  #loaded: Loaded | undefined;
  #credit: number = SYNC_LIMITS.creditBytes;

  constructor(view: { entry(origin: Origin): FrontierEntry | undefined }) {
    this.#view = view;
  }

  /** The remote asks for what follows its position. */
  want(frame: Extract<SyncFrame, { type: 'want' }>): Fault<SyncFault> | undefined {
    if (this.#queue.length >= SYNC_LIMITS.wantsPerPeer) {
      return { code: 'past_limit', message: `more than ${SYNC_LIMITS.wantsPerPeer} wants at once` };
    }
    const { want, origin, sealed } = frame;
    const segment = sealed ? frame.segment + 1 : frame.segment;
    this.#queue.push({ want, origin, segment, events: sealed ? 0 : frame.events });
    return undefined;
  }

  /** The remote has dealt with so many bytes of records. */
  credit(bytes: number): Fault<SyncFault> | undefined {
    this.#credit += bytes;
    if (this.#credit <= SYNC_LIMITS.creditBytes) return undefined;
    return { code: 'credit_exceeded', message: 'credit for bytes that were never sent' };
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
    else this.#queue.unshift({ ...want, segment: END });
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
      if (next.segment === END || !this.#holds(next)) {
        yield { type: 'send', frame: { type: 'want-end', want: next.want } };
        continue;
      }
      this.#reading = next;
      yield { type: 'read' };
    }
  }

  #holds({ origin, segment }: Want): boolean {
    const entry = this.#view.entry(origin);
    return entry !== undefined && entry.segment >= segment;
  }

  /** The next frame of the loaded segment; undefined while there is not enough credit for a record. */
  #nextFrame(loaded: Loaded): SyncFrame | undefined {
    const { range, want } = loaded;
    const budget = Math.min(this.#credit, SYNC_LIMITS.rangeFrameBytes);
    const records = takeRecords(range.records, loaded.sent, budget, this.#credit);
    const left = range.records.length - loaded.sent - records.length;
    if (records.length === 0 && left > 0) return undefined;
    const frame: SyncFrame = {
      type: 'range',
      want: want.want,
      ...(loaded.begun ? {} : { manifest: encodeManifest(range.manifest) }),
      firstSeq: range.firstSeq + loaded.sent,
      records,
      segmentEnd: left === 0,
    };
    this.#credit -= creditOf(records);
    loaded.sent += records.length;
    loaded.begun = true;
    if (left === 0) this.#finish(loaded);
    return frame;
  }

  /** A sealed segment may have a successor; after a head there is nothing more. */
  #finish({ want, range }: Loaded): void {
    this.#loaded = undefined;
    this.#queue.unshift({
      ...want,
      segment: range.manifest.sealed ? range.manifest.segment + 1 : END,
      events: 0,
    });
  }
}

/** Stands for "nothing more" in place of a segment index. */
const END = -1;

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
