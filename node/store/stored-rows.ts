import type { Origin } from '../../protocol/event/index.ts';
import type { Database } from './level-database.ts';
import { decodeArrival } from './log-rows.ts';
import { type LogState, lengthAt, type SegmentSpan } from './log-state.ts';
import type { StoredRow } from './quarantine.ts';
import { blockKey, kindRange, logRange, parseKey, recordKey, sealedKey } from './record-key.ts';
import { unpackRow } from './row.ts';

/**
 * The rows of a log beyond what is held of it: those that its damaged tail accounted for, and that tail.
 * @param held undefined when nothing is
 */
export const rowsBeyond = async (
  db: Database,
  origin: Origin,
  held: LogState | undefined,
): Promise<readonly StoredRow[]> => {
  const segments = held === undefined ? 0 : held.tail.manifest.segment + 1;
  const length = held === undefined ? 0 : lengthAt(held.tail.manifest);
  const rows: StoredRow[] = [];
  for (const kind of ['tail', 'sealed', 'block', 'record', 'damage'] as const) {
    for await (const [key, value] of db.entries(logRange(kind, origin))) {
      const name = parseKey(key);
      const isBeyond =
        name === undefined ||
        name.kind === 'tail' ||
        ('number' in name && name.number >= (kind === 'record' ? length + 1 : segments));
      if (isBeyond) rows.push({ key, value });
    }
  }
  for await (const [key, value] of db.entries(kindRange('journal'))) {
    const payload = unpackRow(key, value);
    if (payload !== undefined && decodeArrival(payload)?.origin === origin) rows.push({ key, value });
  }
  return rows;
};

/** The rows of one segment: its manifest and block, or the records while it is open. */
export const rowsOfSegment = (
  db: Database,
  origin: Origin,
  { segment, firstSeq, events }: SegmentSpan,
  sealed: boolean,
): readonly StoredRow[] => {
  const keys = sealed
    ? [sealedKey(origin, segment), blockKey(origin, segment)]
    : Array.from({ length: events }, (_, index) => recordKey(origin, firstSeq + index));
  return keys.flatMap((key): readonly StoredRow[] => {
    const value = db.get(key);
    return value === undefined ? [] : [{ key, value }];
  });
};
