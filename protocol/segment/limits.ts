/** When a segment is full (docs/protocol/limits.md). It may be closed earlier, on demand. */
export const SEGMENT_LIMITS = {
  /** Most records in a segment. */
  eventsMax: 1024,
  /** Most bytes of all records of a segment, codec bytes included, framing not. */
  bytesMax: 1024 * 1024,
} as const;

/** How much a segment holds. */
export interface SegmentSize {
  /** Records. */
  readonly events: number;
  /** Bytes of the records, codec bytes included, framing not. */
  readonly bytes: number;
}

/**
 * Whether a segment can take one more record. If not, it closes, and the record begins the next one; an empty
 * segment takes any record, since one record is never larger than a segment.
 *
 * @param recordBytes length of the next record, codec byte included
 */
export const fits = (segment: SegmentSize, recordBytes: number): boolean =>
  segment.events < SEGMENT_LIMITS.eventsMax && segment.bytes + recordBytes <= SEGMENT_LIMITS.bytesMax;
