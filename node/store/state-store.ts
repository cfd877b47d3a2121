import { rm } from 'node:fs/promises';
import { utf8Decode } from '../../protocol/bytes/index.ts';
import type { StateRow, StateStore, StateWrite } from '../../protocol/engine/index.ts';
import { type Database, openDatabase, type Put } from './level-database.ts';
import { packRow, packText, unpackRow } from './row.ts';
import { RowCache } from './row-cache.ts';
import { damaged } from './store-error.ts';
import { WaitingRows } from './waiting-rows.ts';

/**
 * The state store of a home: LevelDB in the folder `state`. Everything in it can be derived again from the
 * records, so nothing is synced to the disk, what is written may {@link WaitingRows wait} for a moment, and damage costs
 * the time to rebuild it.
 *
 * | key              | value                                      |
 * |------------------|--------------------------------------------|
 * | `m`              | uint8: format version, 0 while it is cleared |
 * | `r` key as UTF-8 | JSON of the row                            |
 *
 * Every value begins with a CRC-32 over its key and itself ({@link packRow}).
 */
export interface LevelStateStore extends StateStore {
  /** Reads every row both ways that LevelDB has; gives what is wrong, nothing when all is well. */
  audit(): AsyncIterable<string>;
  close(): Promise<void>;
}

/**
 * Opens the state store in `dir`, which may be absent or empty.
 * @param onFailed told when rows that have been written cannot be stored, which nobody else may be told of for long
 * @throws SmoError `home_in_use`; `state_damaged` when it cannot be opened or is of another format: then
 *   {@link wipeStateStore} and open it again
 */
export const openStateStore = async (
  dir: string,
  onFailed: (error: Error) => void = () => undefined,
): Promise<LevelStateStore> => {
  const db = await openDatabase(dir, 'state', true);
  try {
    await assertFormat(db);
  } catch (error) {
    await db.close();
    throw error;
  }
  const cache = new RowCache();
  const waiting = new WaitingRows(async (writes) => {
    const texts: (string | null)[] = [];
    await db.write(putsOf(writes, texts), false);
    for (const [i, { key }] of writes.entries()) cache.written(key, texts[i] ?? null);
  }, onFailed);
  const read = (key: string): string | null => {
    const name = rowKey(key);
    const value = db.get(name);
    const text = value === undefined ? null : readText(name, value);
    cache.set(key, text);
    return text;
  };
  return {
    get(key) {
      const written = waiting.get(key);
      if (written !== undefined) return written ?? undefined;
      const known = cache.get(key);
      const text = known === undefined ? read(key) : known;
      return text === null ? undefined : parseRow(text);
    },
    async *scan(prefix) {
      await waiting.flush();
      const gte = rowKey(prefix);
      for await (const [key, value] of db.entries({ gte, lt: keyAfterAll(gte) })) {
        yield [readName(key), parseRow(readText(key, value))] as const;
      }
    },
    async write(writes) {
      for (const { key } of writes) assertWellFormed(key);
      await waiting.write(writes);
    },
    async clear() {
      await waiting.clear();
      await clearRows(db);
      cache.clear();
    },
    async *audit() {
      await waiting.flush();
      yield* auditState(db);
    },
    async close() {
      // What cannot be stored any more is derived again.
      await waiting.flush().catch(() => undefined);
      await db.close();
    },
  };
};

/** Removes a state store that is not open, with all its files. */
export const wipeStateStore = (dir: string): Promise<void> => rm(dir, { recursive: true, force: true });

/** First byte of the keys of rows, and the key of the format. */
const ROW_LETTER = 'r';
const ROW = ROW_LETTER.charCodeAt(0);
const FORMAT_KEY = Uint8Array.of(0x6d); // m

/** Version of the layout; a store of any other is rebuilt. */
const STATE_FORMAT = 1;

/** In the place of the format while rows are being removed: half of them would pass for a state. */
const CLEARING = 0;

/** What says that the rows are to go is safe before they do: none of them may come back with a loss of power. */
const clearRows = async (db: Database): Promise<void> => {
  await db.write([formatPut(CLEARING)], true);
  await db.clear({ gte: Uint8Array.of(ROW), lt: Uint8Array.of(ROW + 1) });
  await db.write([formatPut(STATE_FORMAT)], false);
};

const formatPut = (format: number): Put => ({
  key: FORMAT_KEY,
  value: packRow(FORMAT_KEY, Uint8Array.of(format)),
});

/** @param texts is given the text of each row, or null where it is deleted */
function* putsOf(writes: readonly StateWrite[], texts: (string | null)[]): Iterable<Put> {
  for (const { key, row } of writes) {
    const name = rowKey(key);
    const text = row === null ? null : JSON.stringify(row);
    texts.push(text);
    yield { key: name, value: text === null ? undefined : packText(name, text) };
  }
}

const assertWellFormed = (key: string): void => {
  if (!key.isWellFormed()) throw new TypeError('a key of the state store holds a lone surrogate');
};

const rowKey = (key: string): Uint8Array => Buffer.from(ROW_LETTER + key);

/** First key after all that begin with these bytes; none of them ends in 0xff, which is no byte of UTF-8. */
const keyAfterAll = (prefix: Uint8Array): Uint8Array => {
  const after = Uint8Array.from(prefix);
  after[after.length - 1] = (after.at(-1) ?? 0) + 1;
  return after;
};

const readName = (key: Uint8Array): string => {
  const name = utf8Decode(key.subarray(1));
  if (name === undefined) throw damaged('state', 'a key is not valid UTF-8');
  return name;
};

const readText = (key: Uint8Array, value: Uint8Array): string => {
  const text = utf8Decode(unpackRow(key, value) ?? new Uint8Array());
  // An empty payload is no JSON: a checksum that does not fit ends here too.
  if (!text) throw damaged('state', `row ${printable(key)} has changed`);
  return text;
};

const parseRow = (text: string): StateRow => JSON.parse(text);

const assertFormat = async (db: Database): Promise<void> => {
  const value = db.get(FORMAT_KEY);
  if (value === undefined) {
    for await (const key of db.keys({ limit: 1 })) {
      throw damaged('state', `its format is not known, but it holds ${printable(key)}`);
    }
    await db.write([formatPut(STATE_FORMAT)], false);
    return;
  }
  const format = unpackRow(FORMAT_KEY, value)?.[0];
  if (format === CLEARING) await clearRows(db);
  else if (format !== STATE_FORMAT) throw damaged('state', `its format is not ${STATE_FORMAT}`);
};

async function* auditState(db: Database): AsyncIterable<string> {
  for await (const [key, value] of db.entries({})) {
    const format = key.length === 1 && key[0] === FORMAT_KEY[0];
    if ((key[0] !== ROW && !format) || unpackRow(key, value) === undefined) {
      yield `row ${printable(key)} has changed`;
    } else if (db.get(key) === undefined) {
      yield `row ${printable(key)} is there and cannot be found by its key`;
    }
  }
}

const printable = (key: Uint8Array): string => JSON.stringify(new TextDecoder().decode(key.subarray(1)));
