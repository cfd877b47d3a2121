import type { Origin } from '../event/index.ts';
import type { Fault } from '../fault/index.ts';
import { SEGMENT_LIMITS } from '../segment/index.ts';
import { creditOf, type SyncFault, type SyncFrame } from './frame.ts';

/** Where the records begin that are asked for: after the first `skipped` of a segment. */
interface Place {
  readonly origin: Origin;
  readonly segment: number;
  readonly skipped: number;
}

/** What has come of a segment that never came whole, not verified. Of the same remote what follows it can be asked for. */
export interface PartialSegment extends Place {
  readonly records: readonly Uint8Array[];
}

/** Records of one segment as they came, not verified. */
export interface ReceivedRange extends PartialSegment {
  /** Canonical bytes of a manifest. */
  readonly manifest: Uint8Array;
  /** Bytes of the records that came in this session: to be released once the range has been dealt with. */
  readonly bytes: number;
  /** Whether the first records came in a session before, and the rest may not belong to them. */
  readonly resumed: boolean;
  /** Whether the remote sends the next segment as well. */
  readonly continues: boolean;
}

/** The segment that is due next of a want: its frames are put together until it is whole. */
export class ArrivingSegment {
  /** Whether its first records came in a session before. */
  readonly resumed: boolean;
  readonly #place: Place;
  readonly #records: Uint8Array[];
  #manifest: Uint8Array | undefined;
  /** Bytes of all records, and of those that came in this session. */
  #size: number;
  #bytes = 0;

  /** @param before records that came in a session before, and are not asked for again */
  constructor(place: Place, before: readonly Uint8Array[] = []) {
    this.#place = place;
    this.#records = [...before];
    this.#size = creditOf(before);
    this.resumed = before.length > 0;
  }

  get origin(): Origin {
    return this.#place.origin;
  }

  get segment(): number {
    return this.#place.segment;
  }

  /** How many of its records are held, and were not asked for. */
  get skipped(): number {
    return this.#place.skipped;
  }

  /** Bytes of the records that came in this session. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What has come of it; undefined when there is nothing. */
  get part(): PartialSegment | undefined {
    return this.#records.length === 0 ? undefined : { ...this.#place, records: this.#records };
  }

  /** Adds a frame; returns what is wrong with it. */
  join({ manifest, records, follows }: Extract<SyncFrame, { type: 'range' }>): Fault<SyncFault> | undefined {
    const isFirst = this.#manifest === undefined;
    if (isFirst !== (manifest !== undefined) || (records.length === 0 && follows === 'records')) {
      return { code: 'bad_range', message: `frames of log ${this.origin} do not join` };
    }
    this.#manifest ??= manifest;
    this.#records.push(...records);
    const bytes = creditOf(records);
    this.#bytes += bytes;
    this.#size += bytes;
    if (this.#size <= SEGMENT_LIMITS.bytesMax && this.#records.length <= SEGMENT_LIMITS.eventsMax)
      return undefined;
    return { code: 'past_limit', message: `a segment of log ${this.origin} past the limit` };
  }

  /**
   * The whole of it, once its last frame has joined.
   * @throws RangeError when none has
   */
  whole(continues: boolean): ReceivedRange {
    const [manifest, records, bytes, { resumed }] = [this.#manifest, this.#records, this.#bytes, this];
    if (manifest === undefined) throw new RangeError('nothing has come of this segment');
    return { ...this.#place, manifest, records, bytes, resumed, continues };
  }
}
