import { copyFile, readdir, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { isMissing } from '../files/index.ts';
import { readLevelLog } from './level-log.ts';
import { type LiveFiles, readLiveFiles } from './level-manifest.ts';
import { findTableDamage, hasRows, salvageTable } from './level-table.ts';

/** Damage of one file of a LevelDB folder. */
export interface FileDamage {
  /** Name of the file within the folder. */
  readonly file: string;
  /** Offset in bytes where the damage begins. */
  readonly offset: number;
  readonly what: string;
}

/**
 * Checks every byte of a LevelDB folder that its rows depend on. It has to come before LevelDB opens the folder:
 * opening skips over damaged writes, deletes the journal that shows them, takes a folder without CURRENT for a
 * new one and empties it, and reading a damaged table can end the process.
 *
 * Safe while another process uses the folder: a file that vanishes meanwhile was no longer needed.
 *
 * @returns the damage, in order of the files; empty when there is none
 */
export const findFileDamage = async (dir: string): Promise<readonly FileDamage[]> => {
  const current = await readCurrent(dir);
  if (typeof current !== 'string') return [current];
  const bytes = await readIfPresent(join(dir, current));
  // Whoever has the folder open has gone on to a new manifest.
  if (bytes === undefined) return findFileDamage(dir);
  const manifest = readLevelLog(bytes);
  if (manifest.damage !== undefined) return [{ file: current, ...manifest.damage }];
  const live = readLiveFiles(manifest.batches);
  if (live === undefined) return [{ file: current, offset: 0, what: 'it does not list files' }];

  const damage = [...(await findJournalDamage(dir, live)), ...(await findTablesDamage(dir, live))];
  if (damage.length === 0) return damage;
  // Whoever has the folder open may have gone on meanwhile, and removed files that were live before.
  const unchanged = (await readIfPresent(join(dir, current)))?.length === bytes.length;
  return unchanged && (await readCurrent(dir)) === current ? damage : findFileDamage(dir);
};

/**
 * Makes a closed folder with damage of {@link findFileDamage} one that opens again. Of the journal, everything from
 * the first damaged write on is cut off, so that no write survives that an earlier, lost one led to; a table
 * keeps its undamaged blocks; a damaged manifest is made anew by LevelDB. Every file that is changed is kept as
 * `<name>.damaged`, which LevelDB leaves alone. What was lost is then missing from the rows, where an audit finds it.
 *
 * @returns the damage that was found
 */
export const repairFiles = async (dir: string): Promise<readonly FileDamage[]> => {
  const found = await findFileDamage(dir);
  if (found.length === 0) return found;
  await cutJournals(dir);
  const sizes = (await readLiveFilesOf(dir))?.tables;
  for (const { number, file } of await numberedFiles(dir, TABLE)) {
    const path = join(dir, file);
    const bytes = await readFile(path);
    const fitted = fitTo(bytes, sizes?.get(number) ?? bytes.length);
    const isSound = findTableDamage(fitted) === undefined;
    if (isSound && fitted === bytes) continue;
    await copyFile(path, `${path}.damaged`);
    await writeFile(path, isSound ? fitted : salvageTable(fitted));
  }
  // What is left is a manifest that lists files which are not there, or none that can be read.
  if ((await findFileDamage(dir)).length > 0) await rebuildManifest(dir);
  return found;
};

/** True when the folder is absent or holds nothing. */
export const isEmptyFolder = async (dir: string): Promise<boolean> => {
  try {
    return (await readdir(dir)).length === 0;
  } catch (error) {
    if (isMissing(error)) return true;
    throw error;
  }
};

/** What the manifest lists; undefined when it cannot be read. */
const readLiveFilesOf = async (dir: string): Promise<LiveFiles | undefined> => {
  const current = await readCurrent(dir);
  const bytes = typeof current === 'string' ? await readIfPresent(join(dir, current)) : undefined;
  const manifest = bytes && readLevelLog(bytes);
  return manifest === undefined || manifest.damage !== undefined
    ? undefined
    : readLiveFiles(manifest.batches);
};

/** The manifest knows a table by its size: what is too long is cut, and what is missing is filled with zeros. */
const fitTo = (bytes: Uint8Array, size: number): Uint8Array => {
  if (bytes.length === size) return bytes;
  const fitted = new Uint8Array(size);
  fitted.set(bytes.subarray(0, size));
  return fitted;
};

/**
 * LevelDB's own repair: a new manifest from the tables and journals that are there. A table without any rows
 * would end the process.
 */
const rebuildManifest = async (dir: string): Promise<void> => {
  for (const { file } of await numberedFiles(dir, TABLE)) {
    const path = join(dir, file);
    if (!hasRows(await readFile(path))) await rename(path, `${path}.damaged`);
  }
  for (const name of await readdir(dir)) {
    if (!/^(CURRENT|MANIFEST-\d+)$/.test(name)) continue;
    await copyFile(join(dir, name), join(dir, `${name}.damaged`));
  }
  await ClassicLevel.repair(dir);
};

const JOURNAL = /^(\d+)\.log$/;
const TABLE = /^(\d+)\.(ldb|sst)$/;

const findJournalDamage = async (dir: string, live: LiveFiles): Promise<readonly FileDamage[]> => {
  const found: FileDamage[] = [];
  const journals = (await numberedFiles(dir, JOURNAL)).filter(({ number }) => number >= live.journal);
  if (live.journal > 0 && !journals.some(({ number }) => number === live.journal)) {
    found.push({ file: `${numbered(live.journal)}.log`, offset: 0, what: 'the file is missing' });
  }
  for (const { file } of journals) {
    const bytes = await readIfPresent(join(dir, file));
    const damage = bytes && readLevelLog(bytes).damage;
    if (damage !== undefined) found.push({ file, ...damage });
  }
  return found;
};

const findTablesDamage = async (dir: string, live: LiveFiles): Promise<readonly FileDamage[]> => {
  const found: FileDamage[] = [];
  const names = new Map((await numberedFiles(dir, TABLE)).map(({ number, file }) => [number, file]));
  for (const [number, size] of live.tables) {
    const file = names.get(number) ?? `${numbered(number)}.ldb`;
    const bytes = await readIfPresent(join(dir, file));
    if (bytes === undefined) found.push({ file, offset: 0, what: 'the file is missing' });
    else if (bytes.length !== size) {
      found.push({ file, offset: 0, what: `the file has ${bytes.length} bytes instead of ${size}` });
    } else {
      const damage = findTableDamage(bytes);
      if (damage !== undefined) found.push({ file, ...damage });
    }
  }
  return found;
};

const cutJournals = async (dir: string): Promise<void> => {
  let cut = false;
  for (const { file } of await numberedFiles(dir, JOURNAL)) {
    const path = join(dir, file);
    const { damage, intactBytes } = readLevelLog(await readFile(path));
    if (cut) await rename(path, `${path}.damaged`);
    else if (damage !== undefined) {
      await copyFile(path, `${path}.damaged`);
      await truncate(path, intactBytes);
      cut = true;
    }
  }
};

/** Files whose name is a number and an ending, oldest first. */
const numberedFiles = async (
  dir: string,
  pattern: RegExp,
): Promise<readonly { readonly number: number; readonly file: string }[]> => {
  const files: { readonly number: number; readonly file: string }[] = [];
  for (const file of await readdir(dir)) {
    const number = pattern.exec(file)?.[1];
    if (number !== undefined) files.push({ number: Number(number), file });
  }
  return files.sort((a, b) => a.number - b.number);
};

const numbered = (number: number): string => String(number).padStart(6, '0');

/** Name of the manifest that the folder's CURRENT file points to, or what is wrong with it. */
const readCurrent = async (dir: string): Promise<string | FileDamage> => {
  const current = await readIfPresent(join(dir, 'CURRENT'));
  const damage = (what: string): FileDamage => ({ file: 'CURRENT', offset: 0, what });
  if (current === undefined) return damage('the file is missing');
  const name = /^(MANIFEST-\d+)\n$/.exec(Buffer.from(current).toString('latin1'))?.[1];
  if (name === undefined) return damage('the file does not name a manifest');
  if ((await readdir(dir)).includes(name)) return name;
  // Whoever has the folder open may have gone on to a new manifest since.
  const isCurrent = (await readIfPresent(join(dir, 'CURRENT')))?.toString() === current.toString();
  return isCurrent ? damage(`${name}, which it names, is missing`) : readCurrent(dir);
};

const readIfPresent = async (path: string): Promise<Uint8Array | undefined> => {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};
