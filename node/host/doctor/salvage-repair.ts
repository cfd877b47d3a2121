import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { deviceOf } from '../../../protocol/event/index.ts';
import { SmoError } from '../../../protocol/fault/index.ts';
import { HOME_LAYOUT, type Home, LogNotes, openMarker } from '../../home/index.ts';
import { salvageStore } from '../../store/index.ts';
import { Recovery } from '../recovery.ts';
import type { Patient } from './patient.ts';
import { quarantinePath } from './quarantine-folder.ts';
import { freeBytesOf } from './read-home.ts';
import type { RecordsContext } from './read-records.ts';
import { writeSummary } from './set-aside-folders.ts';

/** Makes a new record store of what is sound; gives where the old one is. */
export const salvage = async (
  { dir, env, others }: Patient,
  home: Home,
  context: RecordsContext,
): Promise<string> => {
  const records = join(dir, HOME_LAYOUT.records);
  await assertSpaceFor(records);
  const keepAs = await quarantinePath(dir, 'records');
  const marker = await openMarker(home.file.device, env);
  await salvageStore(records, keepAs, { ...context, signer: home.key.signer }, async (logs) => {
    await writeSummary(keepAs, logs);
    const own = logs.filter(({ origin }) => deviceOf(origin) === home.file.device);
    const cut = own.filter(({ kept, stored }) => kept < stored);
    await marker.advance(Object.fromEntries(cut.map(({ origin, stored }) => [origin, stored])));
    const notes = new LogNotes(home);
    const marked = marker.read().get(notes.main) ?? Infinity;
    const kept = own.find(({ origin }) => origin === notes.main)?.kept ?? 0;
    // A second history of the old log must never be signed: only a log that is known to be whole goes on.
    if (kept < marked) await notes.retire(notes.main, 'behind');
    await Recovery.begin(dir, others);
  });
  return keepAs;
};

/** A salvage needs the space of the store twice more: for a copy in which files are mended, and for the new store. */
const assertSpaceFor = async (records: string): Promise<void> => {
  const names = await readdir(records).catch((): string[] => []);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(records, name))).size));
  const needed = 2 * sizes.reduce((sum, size) => sum + size, 0);
  const free = await freeBytesOf(join(records, '..'));
  if (free === undefined || free > needed) return;
  const [neededMiB, freeMiB] = [needed, free].map((bytes) => Math.ceil(bytes / 1024 / 1024));
  throw new SmoError(
    'disk_full',
    `repairing the record store takes ${neededMiB} MiB, and ${freeMiB} MiB are free`,
    'Free some space, or move the home to another disk; nothing has been changed.',
  );
};
