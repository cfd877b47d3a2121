import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { expect } from 'vitest';
import { openRecordStore } from '../../node/store/index.ts';
import type { SegmentPlace, WholeSegment } from '../../protocol/engine/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

/**
 * Changes or removes one row of a database. LevelDB takes its own checksum of what is there then: only the row itself
 * can tell.
 */
export const changeRow = (
  dir: string,
  key: Uint8Array,
  change: (value: Uint8Array) => Uint8Array | undefined | Promise<Uint8Array>,
): Promise<void> =>
  inDatabase(dir, async (level) => {
    const value = await level.get(key);
    if (value === undefined) throw new Error(`there is no row ${Buffer.from(key).toString()}`);
    const changed = await change(new Uint8Array(value));
    if (changed === undefined) await level.del(key);
    else await level.put(key, changed);
  });

/** Puts a row into a database, as no store would. */
export const putRow = (dir: string, key: Uint8Array, value: Uint8Array): Promise<void> =>
  inDatabase(dir, (level) => level.put(key, value));

/** The bytes with one of them changed. */
export const flipByte = (bytes: Uint8Array, offset: number, bits = 0x10): Uint8Array => {
  const changed = bytes.slice();
  changed[offset] = (changed[offset] ?? 0) ^ bits;
  return changed;
};

/** The bytes with the last one changed. */
export const flipLast = (bytes: Uint8Array): Uint8Array => flipByte(bytes, bytes.length - 1);

/** Nothing in the place of a row. */
export const remove = (): undefined => undefined;

/** Whether LevelDB reads a file of a database: not its lock, nor what it writes for people. */
export const isRead = (path: string): boolean => !/^(?:LOG|LOG\.old|LOCK)$/.test(basename(path));

/** The files of a database, by name, as far as LevelDB reads them. */
export const databaseFiles = (dir: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(dir)
      .filter(isRead)
      .map((name) => [name, readFileSync(join(dir, name)).toString('hex')]),
  );

/** A copy of a store that a test may spoil. */
export const copyOf = (dir: string): string => {
  const copy = join(temporaryFolder(), 'records');
  cpSync(dir, copy, { recursive: true });
  return copy;
};

/** A segment as it is in a store, which is opened for that. */
export const segmentIn = async (dir: string, { origin, segment }: SegmentPlace): Promise<WholeSegment> => {
  const store = await openRecordStore(dir);
  const range = (await store.range(origin, segment, 0)) ?? expect.fail('there is no such segment');
  await store.close();
  return { origin, manifest: range.manifest, records: range.records };
};

type Database = ClassicLevel<Uint8Array, Uint8Array>;

const inDatabase = async (dir: string, act: (level: Database) => Promise<void>): Promise<void> => {
  const level: Database = new ClassicLevel(dir, { keyEncoding: 'view', valueEncoding: 'view' });
  try {
    await act(level);
  } finally {
    await level.close();
  }
};
