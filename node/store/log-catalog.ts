import { decodeCanonical, isJsonObject } from '../../protocol/bytes/index.ts';
import { type Origin, parseOrigin } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import type { Database } from './level-database.ts';
import { decodeTail, splitSealed } from './log-rows.ts';
import type { LogState, SegmentSpan } from './log-state.ts';
import { arrivalsKey, kindRange, parseKey, storeKey } from './record-key.ts';
import { unpackRow } from './row.ts';
import { damaged } from './store-error.ts';

/** Version of the layout that this software writes. */
export const RECORD_FORMAT = 1;

/** What memory keeps of a record store; the writer alone changes it, after each commit. */
export interface LogCatalog {
  readonly storeId: string;
  arrivals: number;
  /** A log whose tail is damaged has its error here. */
  readonly logs: Map<Origin, LogState | SmoError>;
}

/** State of a log; undefined when it is not held. Throws what is wrong with it. */
export const stateOf = (catalog: LogCatalog, origin: Origin): LogState | undefined => {
  const state = catalog.logs.get(origin);
  if (state instanceof SmoError) throw state;
  return state;
};

/** Reads the catalog of a store. A damaged log does not keep the others from being used. */
export const loadCatalog = async (db: Database): Promise<LogCatalog> => {
  const storeId = readStoreId(db);
  const arrivals = readArrivals(db);
  await assertJournalEnd(db, arrivals);
  const sealed = await readSpans(db);
  const logs = new Map<Origin, LogState | SmoError>();
  for await (const [key, value] of db.entries(kindRange('tail'))) {
    const name = parseKey(key);
    const origin = name?.kind === 'tail' ? parseOrigin(name.origin) : undefined;
    // A key that has changed: `smo verify` lists it, and the log that it named turns up without a tail.
    if (origin === undefined || !origin.ok) continue;
    const payload = unpackRow(key, value);
    const tail = payload && decodeTail(origin.value, payload);
    logs.set(
      origin.value,
      tail === undefined
        ? damaged('records', `log ${origin.value}: its newest manifest (the tail) has changed`)
        : { tail, sealed: sealed.get(origin.value) ?? [] },
    );
  }
  for (const origin of sealed.keys()) {
    const parsed = parseOrigin(origin);
    if (!parsed.ok || logs.has(parsed.value)) continue;
    logs.set(parsed.value, damaged('records', `log ${origin}: its newest manifest (the tail) is missing`));
  }
  return { storeId, arrivals, logs };
};

/** Id of the store, from the row that also says in which layout the others are. */
const readStoreId = (db: Database): string => {
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
  if (format !== RECORD_FORMAT || typeof storeId !== 'string') {
    throw damaged('records', 'the row that names the store is missing or has changed');
  }
  return storeId;
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
