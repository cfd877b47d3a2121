import { equalBytes } from '../../protocol/bytes/index.ts';
import type { WholeSegment } from '../../protocol/engine/index.ts';
import { encodeManifest, type Manifest } from '../../protocol/manifest/index.ts';
import type { Database, Put } from './level-database.ts';
import { decodeSealed } from './log-rows.ts';
import { type LogState, type SegmentSpan, spanOf } from './log-state.ts';
import type { StoredRow } from './quarantine.ts';
import { damageKey, sealedKey } from './record-key.ts';
import { recordPuts, sealedPuts } from './record-puts.ts';
import { unpackRow } from './row.ts';
import { rowsOfSegment } from './stored-rows.ts';

/** What a restoration changes. */
export interface RestorePlan {
  readonly puts: readonly Put[];
  /** The rows as they are, damaged or not. */
  readonly rows: readonly StoredRow[];
  /** The log as it is then: no other in length, but perhaps with a gap closed. */
  readonly log: LogState;
}

/**
 * Plans how a segment is put in the place of damaged or missing rows.
 * @throws RangeError when it is not a segment of the log as it is held
 */
export const planRestore = async (
  db: Database,
  log: LogState | undefined,
  { origin, manifest, records }: WholeSegment,
): Promise<RestorePlan> => {
  const refusal = (what: string): RangeError =>
    new RangeError(`segment ${manifest.segment} of log ${origin} cannot be restored: ${what}`);
  const check = (holds: boolean, what: string): void => {
    if (!holds) throw refusal(what);
  };
  if (log === undefined) throw refusal('the log is not held');
  const newest = log.tail.manifest;
  const span = spanOf(manifest);
  const isNewest = manifest.segment === newest.segment;
  const known = isNewest ? newest : readSealed(db, manifest);
  check(manifest.origin === origin, `its manifest is one of ${manifest.origin}`);
  check(records.length === manifest.events, `it has ${manifest.events} records, not ${records.length}`);
  check(manifest.segment <= newest.segment && (manifest.sealed || isNewest), 'the log has no such segment');
  check(known === undefined || sameManifest(known, manifest), 'the log has another manifest there');
  check(known !== undefined || fitsBetween(log, span), 'it does not fit between the segments beside it');
  const puts = manifest.sealed
    ? await sealedPuts(manifest, records)
    : recordPuts(manifest, span.firstSeq, records);
  return {
    puts: [...puts, { key: damageKey(origin, manifest.segment), value: undefined }],
    rows: rowsOfSegment(db, origin, span, manifest.sealed),
    log: manifest.sealed ? { tail: log.tail, sealed: withSpan(log.sealed, span) } : log,
  };
};

const readSealed = (db: Database, { origin, segment }: Manifest): Manifest | undefined => {
  const key = sealedKey(origin, segment);
  const value = db.get(key);
  const payload = value && unpackRow(key, value);
  return payload && decodeSealed(origin, segment, payload);
};

const sameManifest = (a: Manifest, b: Manifest): boolean => equalBytes(encodeManifest(a), encodeManifest(b));

/** Whether a segment leaves no gap to those beside it, as far as these are known. */
const fitsBetween = ({ tail, sealed }: LogState, { segment, firstSeq, events }: SegmentSpan): boolean => {
  const beside = [...sealed, spanOf(tail.manifest)];
  const before = beside.find((span) => span.segment === segment - 1);
  const after = beside.find((span) => span.segment === segment + 1);
  return (
    (before === undefined ? segment > 0 || firstSeq === 1 : before.firstSeq + before.events === firstSeq) &&
    (after === undefined || firstSeq + events === after.firstSeq)
  );
};

const withSpan = (sealed: readonly SegmentSpan[], span: SegmentSpan): readonly SegmentSpan[] =>
  [...sealed.filter(({ segment }) => segment !== span.segment), span].sort((a, b) => a.segment - b.segment);
