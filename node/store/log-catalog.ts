import { decodeCanonical, isJsonObject } from '../../protocol/bytes/index.ts';
import type { SegmentPlace } from '../../protocol/engine/index.ts';
import { type Origin, parseOrigin, type Seq } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import type { Database } from './level-database.ts';
import { decodeArrival, decodeSealed, decodeTail, splitSealed } from './log-rows.ts';
import { type LogState, lengthAt, type SegmentSpan, sealedCount } from './log-state.ts';
import { arrivalsKey, kindRange, parseKey, sealedKey, storeKey } from './record-key.ts';
import { unpackRow } from './row.ts';
import { damaged } from './store-error.ts';

/**
 * Version of the layout that this software writes. Format 1 had no evidence, and a journal row for each arrival;
 * format 2 had no compressed blocks.
 */
export const RECORD_FORMAT = 3;

/** What memory keeps of a record store; the writer alone changes it, after each commit. */
export interface LogCatalog {
  readonly storeId: string;
  /** Format of the store as it is on the disk. */
  readonly format: number;
  arrivals: number;
  readonly logs: Map<Origin, LogState>;
  /** Logs of which more was stored than {@link logs} says, and why that cannot be used. */
  readonly damaged: Map<Origin, SmoError>;
  /** Numbers of the segments of each log that are known to be damaged. */
  readonly damagedSegments: Map<Origin, Set<number>>;
  /** The newest arrival of each log; absent where its entry in the journal is damaged. */
  readonly newest: Map<Origin, number>;
}

/** Reads the catalog of a store. A damaged log does not keep the others from being used. */
export const loadCatalog = async (db: Database): Promise<LogCatalog> => {
  const { storeId, format } = readStoreRow(db);
  const arrivals = readArrivals(db);
  await assertJournalEnd(db, arrivals);
  const sealed = await readSpans(db);
  const logs = new Map<Origin, LogState>();
  const failed = new Map<Origin, SmoError>();
  for await (const [key, value] of db.entries(kindRange('tail'))) {
    const name = parseKey(key);
    const origin = name?.kind === 'tail' ? parseOrigin(name.origin) : undefined;
    // A key that has changed: `smo verify` lists it, and the log that it named turns up without a tail.
    if (origin === undefined || !origin.ok) continue;
    const payload = unpackRow(key, value);
    const tail = payload && decodeTail(origin.value, payload);
    if (tail === undefined) failed.set(origin.value, tailDamage(origin.value, 'has changed'));
    else logs.set(origin.value, { tail, sealed: sealed.get(origin.value) ?? [] });
  }
  for (const name of sealed.keys()) {
    const origin = parseOrigin(name);
    if (!origin.ok || logs.has(origin.value) || failed.has(origin.value)) continue;
    failed.set(origin.value, tailDamage(origin.value, 'is missing'));
  }
  for (const origin of failed.keys()) {
    const left = recoverLog(db, origin, sealed.get(origin) ?? []);
    if (left !== undefined) logs.set(origin, left);
  }
  const damagedSegments = await readMarks(db, logs);
  return {
    storeId,
    format,
    arrivals,
    logs,
    damaged: failed,
    damagedSegments,
    newest: await readJournal(db, logs),
  };
};

const tailDamage = (origin: Origin, what: string): SmoError =>
  damaged('records', `log ${origin}: its newest manifest (the tail) ${what}`);

/** What is left of a log without its tail: the sealed segments up to the first that cannot be read. */
const recoverLog = (db: Database, origin: Origin, spans: readonly SegmentSpan[]): LogState | undefined => {
  let left: LogState | undefined;
  let nextSeq: Seq = 1;
  for (const [segment, span] of spans.entries()) {
    const key = sealedKey(origin, segment);
    const value = db.get(key);
    const payload = value && unpackRow(key, value);
    const manifest = payload && decodeSealed(origin, segment, payload);
    if (manifest === undefined || span.segment !== segment || manifest.firstSeq !== nextSeq) break;
    // Nothing is appended to a sealed segment, so its peaks are of no use.
    left = { tail: { manifest, peaks: [] }, sealed: spans.slice(0, segment + 1) };
    nextSeq = manifest.firstSeq + manifest.events;
  }
  return left;
};

/** Id of the store, from the row that also says in which layout the others are. */
const readStoreRow = (db: Database): Pick<LogCatalog, 'storeId' | 'format'> => {
  const key = storeKey();
  const value = db.get(key);
  const payload = value && unpackRow(key, value);
  const json = payload && decodeCanonical(payload);
  if (!json?.ok || !isJsonObject(json.value))
    throw damaged('records', 'the row that names the store is missing or has changed');
  const { format, storeId } = json.value;
  if (typeof format === 'number' && format > RECORD_FORMAT) {
    throw new SmoError(
      'home_newer',
      `the record store has format ${format}, this software knows formats up to ${RECORD_FORMAT}`,
      'Install the newer version of smo that wrote it; nothing has been changed.',
    );
  }
  if (typeof format !== 'number' || !Number.isInteger(format) || format < 1 || typeof storeId !== 'string') {
    throw damaged('records', 'the row that names the store is missing or has changed');
  }
  return { storeId, format };
};

/** The count of arrivals, as its row has it. */
export const readArrivals = (db: Database): number => {
  const key = arrivalsKey();
  const value = db.get(key);
  const payload = value && unpackRow(key, value);
  if (payload?.length !== 8) throw damaged('records', 'the count of arrivals is missing or has changed');
  return Number(new DataView(payload.buffer, payload.byteOffset).getBigUint64(0));
};

/** Count and journal are written together: when they part, writes of the database have been lost. */
const assertJournalEnd = async (db: Database, arrivals: number): Promise<void> => {
  let last = 0;
  for await (const key of db.keys({ ...kindRange('journal'), reverse: true, limit: 1 })) {
    const name = parseKey(key);
    if (name?.kind === 'journal') last = name.number;
  }
  if (last !== arrivals) {
    throw damaged('records', `${arrivals} arrivals are counted, and the journal ends at ${last}`);
  }
};

/** The newest arrival of each log, where the journal has it and agrees with the log. */
const readJournal = async (
  db: Database,
  logs: ReadonlyMap<Origin, LogState>,
): Promise<Map<Origin, number>> => {
  const newest = new Map<Origin, number>();
  for await (const [key, value] of db.entries(kindRange('journal'))) {
    const name = parseKey(key);
    const payload = unpackRow(key, value);
    const entry = payload && decodeArrival(payload);
    const log = entry && logs.get(entry.origin);
    if (name?.kind !== 'journal' || entry === undefined || log === undefined) continue;
    // An entry that is newer than this one may be there and not be readable.
    if (entry.seq === lengthAt(log.tail.manifest)) newest.set(entry.origin, name.number);
    else newest.delete(entry.origin);
  }
  return newest;
};

/** Segments that were marked as damaged, and those whose manifests cannot be read. */
const readMarks = async (
  db: Database,
  logs: ReadonlyMap<Origin, LogState>,
): Promise<Map<Origin, Set<number>>> => {
  const damagedSegments: LogCatalog['damagedSegments'] = new Map();
  for await (const key of db.keys(kindRange('damage'))) {
    const name = parseKey(key);
    const origin = name?.kind === 'damage' ? parseOrigin(name.origin) : undefined;
    if (name?.kind !== 'damage' || !origin?.ok) continue;
    const log = logs.get(origin.value);
    if (log !== undefined && name.number <= log.tail.manifest.segment) {
      addMark(damagedSegments, { origin: origin.value, segment: name.number });
    }
  }
  for (const [origin, { tail, sealed }] of logs) {
    const known = new Set(sealed.map(({ segment }) => segment));
    const count = sealedCount(tail.manifest);
    if (known.size === count) continue;
    for (let segment = 0; segment < count; segment += 1) {
      if (!known.has(segment)) addMark(damagedSegments, { origin, segment });
    }
  }
  return damagedSegments;
};

/** Notes a segment as damaged; false when it was noted before. */
export const addMark = (marks: LogCatalog['damagedSegments'], { origin, segment }: SegmentPlace): boolean => {
  const segments = marks.get(origin) ?? new Set();
  marks.set(origin, segments);
  if (segments.has(segment)) return false;
  segments.add(segment);
  return true;
};

const readSpans = async (db: Database): Promise<ReadonlyMap<string, readonly SegmentSpan[]>> => {
  const spans = new Map<string, SegmentSpan[]>();
  for await (const [key, value] of db.entries(kindRange('sealed'))) {
    const name = parseKey(key);
    if (name?.kind !== 'sealed') continue;
    const payload = unpackRow(key, value);
    const stored = payload && splitSealed(payload);
    const list = spans.get(name.origin) ?? [];
    spans.set(name.origin, list);
    // A row that cannot be read leaves a gap; reading a record inside it says so.
    if (stored === undefined) continue;
    list.push({ segment: name.number, firstSeq: stored.firstSeq, events: stored.events });
  }
  return spans;
};
