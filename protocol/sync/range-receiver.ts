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
  deadlineMs: number;
  segment: PartialSegment | undefined;
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
  #lastWant = 0;
  /** Bytes of records that came and were not released. */
  #held = 0;

  /** Logs that are being asked for. */
  get origins(): ReadonlySet<Origin> {
    return this.#origins;
  }

  /** The earliest deadline of an open want, in ms since 1970. */
  get deadlineMs(): number | undefined {
    let earliest: number | undefined;
    for (const { deadlineMs } of this.#wants.values()) {
      if (earliest === undefined || deadlineMs < earliest) earliest = deadlineMs;
    }
    return earliest;
  }

  /** The frame that asks for everything of a log after a position. */
  want(origin: Origin, held: FrontierEntry | undefined, nowMs: number): SyncFrame {
    this.#lastWant += 1;
    const want = this.#lastWant;
    const deadlineMs = nowMs + SYNC_LIMITS.wantTimeoutMs;
    this.#wants.set(want, { origin, deadlineMs, segment: undefined });
    this.#origins.add(origin);
    const position = {
      segment: held?.segment ?? 0,
      events: held?.events ?? 0,
      sealed: held?.sealed ?? false,
    };
    return { type: 'want', want, origin, ...position };
  }

  /**
   * Closes a want: the remote has sent all that it holds, or is given up.
   * @returns bytes of records that came and make no whole segment: dropped, and due as credit
   */
  end(want: number): number {
    const open = this.#wants.get(want);
    if (open === undefined) return 0;
    this.#wants.delete(want);
    this.#origins.delete(open.origin);
    const dropped = open.segment?.bytes ?? 0;
    this.#held -= dropped;
    return dropped;
  }

  /** Closes the want for a log, if there is one; returns the bytes that are due as credit. */
  abandon(origin: Origin): number {
    const open = [...this.#wants].find(([, want]) => want.origin === origin);
    return open === undefined ? 0 : this.end(open[0]);
  }

  /** Closes every want past its deadline; for each its log, and the bytes that are due as credit. */
  expire(nowMs: number): readonly { readonly origin: Origin; readonly bytes: number }[] {
    return [...this.#wants]
      .filter(([, { deadlineMs }]) => deadlineMs <= nowMs)
      .map(([want, { origin }]) => ({ origin, bytes: this.end(want) }));
  }

  /** Counts bytes of a whole range as dealt with. */
  release(bytes: number): void {
    this.#held -= bytes;
  }

  /** Takes one frame of an answer. */
  range(frame: Extract<SyncFrame, { type: 'range' }>, nowMs: number): RangeOutcome {
    const bytes = creditOf(frame.records);
    const want = this.#wants.get(frame.want);
    if (want === undefined) return { type: 'stray', bytes };
    want.deadlineMs = nowMs + SYNC_LIMITS.wantTimeoutMs;
    if (frame.manifest !== undefined && want.segment === undefined) {
      want.segment = { manifest: frame.manifest, firstSeq: frame.firstSeq, records: [], bytes: 0 };
    }
    const segment = want.segment;
    if (segment === undefined || frame.firstSeq !== segment.firstSeq + segment.records.length) {
      return { type: 'fault', code: 'bad_range', message: `frames of log ${want.origin} do not join` };
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
    return { type: 'whole', range: { origin: want.origin, ...segment } };
  }
}
