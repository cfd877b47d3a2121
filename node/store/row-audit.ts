import type { Database } from './level-database.ts';
import { readArrivals } from './log-catalog.ts';
import { decodeArrival, decodeTail } from './log-rows.ts';
import { lengthAt } from './log-state.ts';
import { kindRange, parseKey, storeKey } from './record-key.ts';
import { unpackRow } from './row.ts';

/**
 * Checks the rows that are no part of a log, and the journal against the logs: each log must be as long as its
 * newest arrival says. A store of format 1 has an entry for each arrival that there was. Gives what is wrong as sentences; nothing when all is well.
 */
export async function* auditRows(db: Database): AsyncIterable<string> {
  const store = db.get(storeKey());
  if (store === undefined || unpackRow(storeKey(), store) === undefined) {
    yield 'the row that names the store is missing or has changed';
  }
  for await (const key of db.keys({})) {
    if (parseKey(key) === undefined) yield `a row whose key is none: ${Buffer.from(key).toString('hex')}`;
  }
  for await (const [key, value] of db.entries(kindRange('evidence'))) {
    const name = parseKey(key);
    if (name?.kind === 'evidence' && unpackRow(key, value) === undefined) {
      yield `the evidence against log ${name.origin} has changed`;
    }
  }
  const lengths = new Map<string, number>();
  yield* auditJournal(db, lengths);
  for await (const [key, value] of db.entries(kindRange('tail'))) {
    const name = parseKey(key);
    const payload = unpackRow(key, value);
    const tail = name?.kind === 'tail' && payload ? decodeTail(name.origin, payload) : undefined;
    if (tail === undefined) continue;
    const { origin } = tail.manifest;
    const length = lengthAt(tail.manifest);
    const journalled = lengths.get(origin) ?? 0;
    if (journalled !== length) {
      yield `log ${origin} has ${length} records, and ${journalled} of them by its last arrival`;
    }
    lengths.delete(origin);
  }
  for (const [origin, length] of lengths)
    yield `log ${origin} of ${length} records has no tail that can be read`;
}

async function* auditJournal(db: Database, lengths: Map<string, number>): AsyncIterable<string> {
  let last = 0;
  for await (const [key, value] of db.entries(kindRange('journal'))) {
    const name = parseKey(key);
    if (name?.kind !== 'journal') continue;
    last = name.number;
    const payload = unpackRow(key, value);
    const entry = payload && decodeArrival(payload);
    if (entry === undefined) {
      yield `entry ${name.number} of the arrival journal has changed`;
    } else if (entry.seq < (lengths.get(entry.origin) ?? 0)) {
      yield `entry ${name.number} of the arrival journal goes back to seq ${entry.seq} of log ${entry.origin}`;
    } else lengths.set(entry.origin, entry.seq);
  }
  const arrivals = countOf(db);
  if (arrivals === undefined) yield 'the count of arrivals is missing or has changed';
  else if (arrivals !== last) yield `${arrivals} arrivals are counted, and the journal ends at ${last}`;
}

const countOf = (db: Database): number | undefined => {
  try {
    return readArrivals(db);
  } catch {
    return undefined;
  }
};
