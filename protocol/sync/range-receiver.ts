import type { Origin, Seq } from '../event/index.ts';
import { SEGMENT_LIMITS } from '../segment/index.ts';
import { creditOf, type SyncFault, type SyncFrame } from './frame.ts';
import type { FrontierEntry } from './frontier.ts';
import { SYNC_LIMITS } from './limits.ts';

/** Records of one segment as they came, not verified. */
export interface ReceivedRange {
  readonly origin: Origin;
  /** Canonical bytes of a manifest. */
  readonly manifest: Uint8Array;
  readonly firstSeq: Seq;
  readonly records: readonly Uint8Array[];
  /** Bytes of the records: to be released once the range has been dealt with. */
  readonly bytes: number;
}

/** What a range frame leads to. */
export type RangeOutcome =
  | { readonly type: 'partial' }
  | { readonly type: 'stray'; readonly bytes: number }
  | { readonly type: 'whole'; readonly range: ReceivedRange }
  | { readonly type: 'fault'; readonly code: SyncFault; readonly message: string };

/** A want of this replica that the remote is answering. */
interface OpenWant {
  readonly origin: Origin;
  /** The segment of which a part has come. */
  segment: PartialSegment | undefined;
  /** Whether a whole segment has come. */
  served: boolean;
}

/** How a want ended. */
export interface EndedWant {
  readonly origin: Origin;
  /** Whether the remote has sent anything whole. */
  readonly served: boolean;
  /** Bytes of records that came and make no whole segment: dropped, and due as credit. */
  readonly bytes: number;
}

interface PartialSegment {
  readonly manifest: Uint8Array;
  readonly firstSeq: Seq;
  readonly records: Uint8Array[];
  bytes: number;
}

/** Asks for logs and puts the frames of the answers together to whole segments, within bounds. */
export class RangeReceiver {
  readonly #wants = new Map<number, OpenWant>();
  readonly #origins = new Set<Origin>();
  /** Wants that were given up here and that the remote has not ended yet. */
  readonly #abandoned = new Set<number>();
  #lastWant = 0;
  /** When the remote last sent something that was asked for, in ms since 1970. */
  #progressMs = 0;
  /** Bytes of records that came and were not released. */
  #held = 0;

  /** Logs that are being asked for. */
  get origins(): ReadonlySet<Origin> {
    return this.#origins;
  }

  /** Whether the remote takes one more want: those that were given up count until it has ended them. */
  get hasRoom(): boolean {
    return this.#wants.size + this.#abandoned.size < SYNC_LIMITS.wantsPerPeer;
  }

  /**
   * When the open wants expire, in ms since 1970. There is one deadline for all: the remote serves them one
   * after the other, so that frames for the first are no sign that the others have stalled.
   */
  get deadlineMs(): number | undefined {
    return this.#wants.size === 0 ? undefined : this.#progressMs + SYNC_LIMITS.wantTimeoutMs;
  }

  /** The frame that asks for everything of a log after a position. */
  want(origin: Origin, held: FrontierEntry | undefined, nowMs: number): SyncFrame {
    this.#lastWant += 1;
    const want = this.#lastWant;
    if (this.#wants.size === 0) this.#progressMs = nowMs;
    this.#wants.set(want, { origin, segment: undefined, served: false });
    this.#origins.add(origin);
    const position = {
      segment: held?.segment ?? 0,
      events: held?.events ?? 0,
      sealed: held?.sealed ?? false,
    };
    return { type: 'want', want, origin, ...position };
  }

  /** The remote has sent all that it holds; undefined when the want had been given up, or never was. */
  end(want: number, nowMs: number): EndedWant | undefined {
    if (this.#wants.has(want) || this.#abandoned.delete(want)) this.#progressMs = nowMs;
    return this.#close(want);
  }

  /** Gives up the want for a log, if there is one; returns the bytes that are due as credit. */
  abandon(origin: Origin): number {
    const [want] = [...this.#wants].find(([, open]) => open.origin === origin) ?? [];
    if (want === undefined) return 0;
    this.#abandoned.add(want);
    return this.#close(want)?.bytes ?? 0;
  }

  /** The logs that were asked for in vain, once the deadline has passed or the clock was set far back. */
  expired(nowMs: number): readonly Origin[] {
    const isWaiting = Math.abs(nowMs - this.#progressMs) < SYNC_LIMITS.wantTimeoutMs;
    return isWaiting ? [] : [...this.#origins];
  }

  /** Counts bytes of a whole range as dealt with. The remote may have waited for nothing but this credit. */
  release(bytes: number, nowMs: number): void {
    this.#held -= bytes;
    this.#progressMs = nowMs;
  }

  /** Takes one frame of an answer. */
  range(frame: Extract<SyncFrame, { type: 'range' }>, nowMs: number): RangeOutcome {
    const bytes = creditOf(frame.records);
    const want = this.#wants.get(frame.want);
    if (want !== undefined || this.#abandoned.has(frame.want)) this.#progressMs = nowMs;
    if (want === undefined) return { type: 'stray', bytes };
    if (frame.manifest !== undefined && want.segment === undefined) {
      want.segment = { manifest: frame.manifest, firstSeq: frame.firstSeq, records: [], bytes: 0 };
    }
    const segment = want.segment;
    if (segment === undefined || frame.firstSeq !== segment.firstSeq + segment.records.length) {
      return { type: 'fault', code: 'bad_range', message: `frames of log ${want.origin} do not join` };
    }
    if (frame.records.length === 0 && !frame.segmentEnd) {
      return { type: 'fault', code: 'bad_range', message: `a frame of log ${want.origin} brings nothing` };
    }
    this.#held += bytes;
    segment.bytes += bytes;
    for (const record of frame.records) segment.records.push(record);
    if (this.#held > SYNC_LIMITS.creditBytes) {
      return { type: 'fault', code: 'credit_exceeded', message: 'more records than there was credit for' };
    }
    if (segment.bytes > SEGMENT_LIMITS.bytesMax || segment.records.length > SEGMENT_LIMITS.eventsMax) {
      return { type: 'fault', code: 'past_limit', message: `a segment of log ${want.origin} past the limit` };
    }
    if (!frame.segmentEnd) return { type: 'partial' };
    want.segment = undefined;
    want.served = true;
    return { type: 'whole', range: { origin: want.origin, ...segment } };
  }

  #close(want: number): EndedWant | undefined {
    const open = this.#wants.get(want);
    if (open === undefined) return undefined;
    this.#wants.delete(want);
    this.#origins.delete(open.origin);
    const bytes = open.segment?.bytes ?? 0;
    this.#held -= bytes;
    return { origin: open.origin, served: open.served, bytes };
  }
}
