import type { LogTail, LogWrite } from '../../protocol/engine/index.ts';
import type { Seq } from '../../protocol/event/index.ts';
import type { Manifest } from '../../protocol/manifest/index.ts';

/** Which records a sealed segment holds. */
export interface SegmentSpan {
  readonly segment: number;
  readonly firstSeq: Seq;
  readonly events: number;
}

/** What memory keeps of one log. */
export interface LogState {
  readonly tail: LogTail;
  /** Sealed segments in order; damage may have left gaps. */
  readonly sealed: readonly SegmentSpan[];
}

/** Seq of the last record that a manifest covers: the length of the log up to it. */
export const lengthAt = (manifest: Manifest): Seq => manifest.firstSeq + manifest.events - 1;

/** How many sealed segments a log with this newest manifest has. */
export const sealedCount = ({ segment, sealed }: Manifest): number => (sealed ? segment + 1 : segment);

/** The part of a manifest that says where its records are. */
export const spanOf = ({ segment, firstSeq, events }: Manifest): SegmentSpan => ({
  segment,
  firstSeq,
  events,
});

/** The sealed segment that holds a record; undefined when damage has hidden it. */
export const findSpan = (sealed: readonly SegmentSpan[], seq: Seq): SegmentSpan | undefined => {
  let low = 0;
  let high = sealed.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const span = sealed[middle];
    if (span === undefined || span.firstSeq > seq) high = middle;
    else low = middle + 1;
  }
  const span = sealed[low - 1];
  return span !== undefined && seq < span.firstSeq + span.events ? span : undefined;
};

/**
 * Checks that a write continues its log, and its store's count of arrivals.
 * @param before the newest manifest of the log so far, undefined for a new log
 * @throws RangeError that says what does not fit
 */
export const assertContinues = (
  before: Manifest | undefined,
  arrivalsBefore: number,
  { origin, firstSeq, records, tail: { manifest }, arrival }: LogWrite,
): void => {
  const check = (holds: boolean, what: string): void => {
    if (!holds) throw new RangeError(`a write to log ${origin} does not continue it: ${what}`);
  };
  const length = before === undefined ? 0 : lengthAt(before);
  const open = before !== undefined && !before.sealed ? before : undefined;
  const segment = open?.segment ?? (before === undefined ? 0 : before.segment + 1);
  const segmentFirst = open?.firstSeq ?? length + 1;
  check(manifest.origin === origin, `its manifest is one of ${manifest.origin}`);
  check(firstSeq === length + 1, `it begins at seq ${firstSeq} after ${length} records`);
  check(manifest.segment === segment, `segment ${manifest.segment} where ${segment} is next`);
  check(manifest.firstSeq === segmentFirst, `segment ${segment} begins at ${segmentFirst}`);
  check(lengthAt(manifest) === length + records.length, 'its manifest covers other records than it brings');
  check(records.length > 0 || (open !== undefined && manifest.sealed), 'it brings nothing');
  check(arrival === arrivalsBefore + 1, `arrival ${arrival} after ${arrivalsBefore}`);
};
