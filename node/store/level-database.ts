import { mkdir } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { ClassicLevel } from 'classic-level';
import { SmoError } from '../../protocol/fault/index.ts';
import { closeToOthers } from '../files/index.ts';
import { findFileDamage, isEmptyFolder } from './level-files.ts';
import { type DatabaseName, damaged, isLocked, openCause, readError } from './store-error.ts';

type Level = ClassicLevel<Uint8Array, Uint8Array>;

/** Puts that are made one after the other before others get their turn: some milliseconds. */
const PUTS_AT_ONCE = 1024;

/** One write to a database; `value` undefined deletes. */
export interface Put {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/** Which keys to walk over, in the order of their bytes. */
export interface KeyRange {
  readonly gte?: Uint8Array;
  readonly gt?: Uint8Array;
  readonly lt?: Uint8Array;
  readonly reverse?: boolean;
  readonly limit?: number;
}

/** A LevelDB database of binary keys and values whose failures are {@link SmoError}s. */
export interface Database {
  get(key: Uint8Array): Uint8Array | undefined;
  entries(range: KeyRange): AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]>;
  keys(range: KeyRange): AsyncIterable<Uint8Array>;
  /**
   * All or none; with `sync` completed only after fsync.
   * @param puts taken bit by bit, so that many of them, and what it takes to make them, hold up nothing else
   */
  write(puts: Iterable<Put>, sync: boolean): Promise<void>;
  clear(range: KeyRange): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the database in `dir`; an absent or empty folder becomes a new one only with `create`. LevelDB by itself
 * would take a folder whose CURRENT file is gone for a new one, and delete everything in it.
 *
 * @throws SmoError `home_in_use` when another process has it open; `store_damaged` or `state_damaged`; `disk_full` or
 *   `store_refused` when the system does not let it be opened
 */
export const openDatabase = async (dir: string, name: DatabaseName, create: boolean): Promise<Database> => {
  const fresh = await isEmptyFolder(dir);
  if (fresh && !create) throw damaged(name, `${dir} is missing or empty`);
  if (fresh) {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await closeToOthers(dir);
  } else {
    const [first] = await findFileDamage(dir);
    if (first !== undefined) {
      throw damaged(name, `file ${dir}/${first.file}, at byte ${first.offset}: ${first.what}`);
    }
  }
  const level: Level = new ClassicLevel(dir, { keyEncoding: 'view', valueEncoding: 'view' });
  try {
    await level.open({ createIfMissing: fresh });
  } catch (error) {
    throw openError(dir, name, error);
  }
  return wrap(level, name);
};

const openError = (dir: string, name: DatabaseName, error: unknown): unknown => {
  const cause = openCause(error);
  if (isLocked(cause)) {
    return new SmoError(
      'home_in_use',
      `${dir} is open in another process`,
      'Stop the other one first, or leave it running: commands reach a device that is up by themselves.',
    );
  }
  return readError(name, cause, `${dir}: `);
};

const wrap = (level: Level, name: DatabaseName): Database => ({
  get(key) {
    try {
      return level.getSync(key);
    } catch (error) {
      throw readError(name, error);
    }
  },
  entries: (range) => surfacing(level.iterator(range), name),
  keys: (range) => surfacing(level.keys(range), name),
  async write(puts, sync) {
    // Put by put, which costs half of what a list of them does.
    const batch = level.batch();
    try {
      let count = 0;
      for (const { key, value } of puts) {
        if (value === undefined) batch.del(key);
        else batch.put(key, value);
        count += 1;
        if (count % PUTS_AT_ONCE === 0) await setImmediate();
      }
    } catch (error) {
      await batch.close();
      throw error;
    }
    await batch.write({ sync });
  },
  async clear(range) {
    await level.clear(range);
  },
  close: () => level.close(),
});

async function* surfacing<T>(items: AsyncIterable<T>, name: DatabaseName): AsyncIterable<T> {
  try {
    yield* items;
  } catch (error) {
    throw readError(name, error);
  }
}
