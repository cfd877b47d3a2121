import type { SegmentPlace } from '../../protocol/engine/index.ts';
import type { Origin, Seq } from '../../protocol/event/index.ts';
import type { DiskRecords } from './disk-records.ts';

/**
 * What is wrong with a segment, and known to be: all its records or one of them cannot be read, or one reads as other
 * bytes that its checksum fits.
 */
export type Damage = SegmentPlace &
  ({ readonly seq?: Seq; readonly changed?: false } | { readonly seq: Seq; readonly changed: true });

/** A record's place. */
export interface RecordPlace {
  readonly origin: Origin;
  readonly seq: Seq;
}

/** Spoils one of all records that are held, as the number says; undefined when there is none. */
export const rotRecord = (records: DiskRecords, choice: number): RecordPlace | undefined => {
  const logs = records.sorted();
  const held = logs.reduce((sum, { length }) => sum + length, 0);
  let left = held === 0 ? 0 : choice % held;
  for (const { origin, length } of logs) {
    if (left < length) {
      records.damage.lose(origin, left + 1);
      return { origin, seq: left + 1 };
    }
    left -= length;
  }
  return undefined;
};

/**
 * Spoils what is held of a segment, and makes it known.
 * @throws RangeError when that is not held
 */
export const damageSegment = (records: DiskRecords, { origin, segment, seq, changed }: Damage): void => {
  const log = records.logs.get(origin);
  const manifest = log?.manifest(segment);
  if (log === undefined || manifest === undefined) {
    throw new RangeError(`there is no segment ${segment} of log ${origin}`);
  }
  const [from, end] =
    seq === undefined ? [manifest.firstSeq, manifest.firstSeq + manifest.events] : [seq, seq + 1];
  for (let each = from; each < end; each += 1) {
    if (changed) log.change(each);
    else records.damage.lose(origin, each);
  }
  records.damage.mark({ origin, segment });
};
