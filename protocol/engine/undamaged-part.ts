import type { Manifest } from '../manifest/index.ts';
import type { HeldLogs, ReadRequest, SegmentRange } from '../sync/index.ts';
import { recordsBeforeDamage } from './stored-records.ts';

/**
 * What can be given of a segment although a record of it cannot be read: those before it, under a head that covers no
 * more. Only the author of the log can sign one. Reads from the beginning of the segment on, so this takes as long as it
 * takes to hash a segment.
 *
 * @param sign signs a head over the first records of a segment; undefined where that cannot be answered for
 * @returns undefined when nothing is left of what was asked for, or all of it can be read
 */
export const undamagedPart = (
  held: HeldLogs,
  { origin, segment, events }: ReadRequest,
  sign: (segment: Manifest, records: readonly Uint8Array[]) => Manifest | undefined,
): SegmentRange | undefined => {
  const newest = held.newest(origin);
  const manifest = newest?.segment === segment ? newest : held.manifest(origin, segment);
  if (manifest === undefined) return undefined;
  const { firstSeq } = manifest;
  const records = recordsBeforeDamage(held, origin, firstSeq, manifest.events);
  if (records.length <= events || records.length === manifest.events) return undefined;
  const head = sign(manifest, records);
  return head && { manifest: head, firstSeq: firstSeq + events, records: records.slice(events) };
};
