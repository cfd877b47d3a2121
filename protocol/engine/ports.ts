import type { JsonValue } from '../bytes/index.ts';
import type { Origin, Seq } from '../event/index.ts';
import type { Manifest } from '../manifest/index.ts';
import type { SegmentRange } from '../sync/index.ts';

export type { SegmentRange };

/** A row of derived state: any JSON value. Rows are never changed in place. */
export type StateRow = JsonValue;

/** One write to the state store; `row` null deletes. */
export interface StateWrite {
  readonly key: string;
  readonly row: StateRow | null;
}

/**
 * The newest signed position of a log, as the record store keeps it. The store holds exactly the records that
 * the newest manifest and the sealed ones before it cover.
 */
export interface LogTail {
  /** Newest manifest: a head, or the sealed one that closed the last segment. */
  readonly manifest: Manifest;
  /** Peaks of the Merkle tree over the segment's leaf hashes, left to right: what appending to it needs. */
  readonly peaks: readonly Uint8Array[];
}

/** Records that one log gains, together with the manifest that covers them. */
export interface LogWrite {
  readonly origin: Origin;
  /** Seq of the first record. */
  readonly firstSeq: Seq;
  /** May be empty: a head that turns into a sealed manifest without new records. */
  readonly records: readonly Uint8Array[];
  /** The segment's newest manifest after these records; sealed closes the segment for ever. */
  readonly tail: LogTail;
  /** The store's count of frontier changes after this one: 1, 2, 3 and so on (the arrival journal). */
  readonly arrival: number;
}

/** Proof that a log has been forked, as the bytes of its evidence object. */
export interface EvidenceRow {
  readonly origin: Origin;
  readonly bytes: Uint8Array;
}

/**
 * One step of storage: record writes and evidence first, in one batch, then the state that follows from them, or from
 * those of commits before.
 */
export interface Commit {
  readonly id: number;
  /** True: completed only when the record writes and the evidence have reached the disk (fsync). */
  readonly durable: boolean;
  readonly logs: readonly LogWrite[];
  /** Newest evidence of each log that has some; replaces the older one of its log. */
  readonly evidence: readonly EvidenceRow[];
  /** True: the derived state is cleared before `state` is written. */
  readonly reset: boolean;
  readonly state: readonly StateWrite[];
}

/** The newest entry of one log in the arrival journal. */
export interface Arrival {
  readonly arrival: number;
  readonly origin: Origin;
  /** Length of the log after this arrival. */
  readonly seq: Seq;
}

/**
 * A log whose newest position could not be read. It is held up to the end of its last readable sealed segment,
 * or not at all; what lay beyond comes back as any other part of a log does.
 */
export interface DamagedLog {
  readonly origin: Origin;
  readonly message: string;
}

/** One segment of one log. */
export interface SegmentPlace {
  readonly origin: Origin;
  readonly segment: number;
}

/** All records of one segment with their manifest: what takes the place of damaged ones. */
export interface WholeSegment {
  readonly origin: Origin;
  readonly manifest: Manifest;
  readonly records: readonly Uint8Array[];
}

/** Random bytes in the id of a record store: it goes with each greeting, and has to tell the stores of one device apart. */
export const STORE_ID_BYTES = 5;

/**
 * Port: the durable truth. Sealed segments are immutable; an open segment only grows. Every implementation
 * passes test/conformance/record-store.ts.
 */
export interface RecordStore {
  /** Id of {@link STORE_ID_BYTES} drawn when the store was created (base32); a restored copy keeps it. */
  readonly storeId: string;
  /** Frontier changes so far. */
  arrivals(): number;
  /** Every log's newest position, in order of origin; of damaged logs that which is left. */
  tails(): Promise<readonly LogTail[]>;
  /**
   * Logs whose newest position could not be read when the store was opened, until they are written to again.
   * Appending to an own one would sign a second history.
   */
  damagedLogs(): readonly DamagedLog[];
  /**
   * Segments that are held and cannot be read as a whole, as far as that is known: what a reading met, what
   * `smo doctor` found, now or before a restart. They wait for {@link restore}.
   */
  damagedSegments(): readonly SegmentPlace[];
  /**
   * Writes of one commit, all or none. Resolves after fsync when `durable`. A write to a damaged log continues
   * what {@link tails} says of it; what was stored beyond is put into quarantine first.
   * Throws RangeError when a write does not continue its log.
   */
  write(
    logs: readonly LogWrite[],
    options: { readonly durable: boolean; readonly evidence?: readonly EvidenceRow[] },
  ): Promise<void>;
  /**
   * Puts the records and the manifest of a segment that is held in the place of damaged or missing ones; durable
   * when it resolves. What was there is put into quarantine first. Neither the position of the log nor the arrival
   * journal changes. The caller has verified the segment.
   * Throws RangeError when it is not a segment of the log as it is held, to the byte of its manifest where that
   * can be read.
   */
  restore(segment: WholeSegment): Promise<void>;
  /** The newest evidence of each log that has some and whose evidence can be read, in order of origin. */
  evidence(): Promise<readonly EvidenceRow[]>;
  /** One record, without waiting; undefined when not held. Throws SmoError `store_damaged`, as all reading does. */
  record(origin: Origin, seq: Seq): Uint8Array | undefined;
  /** Up to `count` records from `firstSeq` on; fewer at the end of the log. */
  records(origin: Origin, firstSeq: Seq, count: number): Promise<readonly Uint8Array[]>;
  /**
   * The records of one segment after its first `events` ones, with the segment's newest manifest; undefined
   * when the log has no such segment. What a durable write brings is not among them before it is on the disk: a
   * peer that was sent it would know a history which a loss of power takes from its author.
   */
  range(origin: Origin, segment: number, events: number): Promise<SegmentRange | undefined>;
  /** Manifests of a log, sealed ones in order and the head, if any, last. */
  manifests(origin: Origin): Promise<readonly Manifest[]>;
  /** Manifest of one segment, sealed or the head, without waiting; undefined when the log has no such segment. */
  manifest(origin: Origin, segment: number): Manifest | undefined;
  /** The logs that have changed after an arrival, each with its newest one, oldest first. */
  journal(after: number): AsyncIterable<Arrival>;
}

/**
 * Port: derived state, rebuildable from the record store at any time. Every
 * implementation passes test/conformance/state-store.ts.
 */
export interface StateStore {
  /** One row, without waiting. */
  get(key: string): StateRow | undefined;
  /** All rows whose key starts with `prefix`, in the order of the keys' UTF-8 bytes. */
  scan(prefix: string): AsyncIterable<readonly [key: string, row: StateRow]>;
  /**
   * All or none. Resolves when the rows can be read; a crash may take the newest writes back, never one before another
   * one that stays.
   */
  write(writes: readonly StateWrite[]): Promise<void>;
  /** Forgets everything, for good: no loss of power brings anything back once it resolves. */
  clear(): Promise<void>;
}
