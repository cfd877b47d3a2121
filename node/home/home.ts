import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { base32 } from '../../protocol/bytes/index.ts';
import { INCARNATION_BYTES } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import { closeToOthers, isMissing, syncFolder } from '../files/index.ts';
import { openRecordStore } from '../store/index.ts';
import { createKey, type DeviceKey, keyDamaged, readKey } from './device-key.ts';
import {
  HOME_FILE,
  HOME_FORMAT,
  type HomeFile,
  type HomeSpace,
  type RetiredLog,
  readHomeFile,
  writeHomeFile,
} from './home-file.ts';

/** Names within a home folder. */
export const HOME_LAYOUT = {
  key: 'device.key',
  records: 'records',
  state: 'state',
  invites: 'invites.json',
  addressBook: 'address-book.json',
  sightings: 'sightings.json',
  quarantine: 'quarantine',
  recovery: 'recovery.json',
} as const;

/** A home folder that has been opened; its databases have not. */
export interface Home {
  /** Absolute path. */
  readonly dir: string;
  readonly file: HomeFile;
  readonly key: DeviceKey;
}

/** What a new home begins with. */
export interface HomeDraft {
  /** What people call the device. */
  readonly name: string;
  /** For a device that is to be the same each time: the seed of its key. A new one without it. */
  readonly seed?: Uint8Array;
  /** Of its first log; likewise. */
  readonly incarnation?: string;
}

/**
 * Makes a home with a new key in a folder that is absent or empty. `home.json` comes last, so that a folder
 * without it has never been used; what an interrupted attempt has left is made anew.
 * @throws SmoError `home_exists` when the folder holds a home or anything else, `home_open` when others may read it
 */
export const createHome = async (dir: string, { name, seed, incarnation }: HomeDraft): Promise<Home> => {
  await mkdir(dir, { recursive: true });
  await assertUnused(dir);
  await closeToOthers(dir);
  await (await open(join(dir, UNFINISHED), 'w', 0o600)).close();
  await syncFolder(dir);
  for (const leftover of [HOME_LAYOUT.key, HOME_LAYOUT.records]) {
    await rm(join(dir, leftover), { recursive: true, force: true });
  }
  const key = await createKey(join(dir, HOME_LAYOUT.key), seed);
  const records = await openRecordStore(join(dir, HOME_LAYOUT.records), { create: true });
  await records.close();
  const file: HomeFile = {
    format: HOME_FORMAT,
    device: key.signer.device,
    name,
    incarnation: incarnation ?? newIncarnation(),
    space: null,
  };
  await writeHomeFile(dir, file);
  await rm(join(dir, UNFINISHED), { force: true });
  await syncFolder(dir);
  return { dir, file, key };
};

/**
 * Opens the home in a folder.
 * @throws SmoError `home_missing`, `home_damaged`, `home_newer`, `key_missing`, `key_mode`, `key_damaged`
 */
export const openHome = async (dir: string): Promise<Home> => {
  await assertNotBereft(dir);
  const file = await readHomeFile(dir);
  await rm(join(dir, UNFINISHED), { force: true }).catch(() => {
    // On a disk that is only read it does no harm.
  });
  const path = join(dir, HOME_LAYOUT.key);
  const key = await readKey(path);
  if (key.signer.device !== file.device) {
    throw keyDamaged(`${path} is the key of ${key.signer.device}, and this home is that of ${file.device}`);
  }
  return { dir, file, key };
};

/** What of a home can change. */
export interface HomeChange {
  readonly name?: string;
  readonly incarnation?: string;
  readonly space?: HomeSpace;
  readonly inviter?: HomeFile['device'];
  readonly retired?: readonly RetiredLog[];
}

/** Changes what `home.json` says; on the disk when the promise resolves. Gives the home as it is then. */
export const updateHome = async (home: Home, change: HomeChange): Promise<Home> => {
  const file: HomeFile = { ...home.file, ...change };
  await writeHomeFile(home.dir, file);
  return { ...home, file };
};

/** A random incarnation for a log that a device begins. */
export const newIncarnation = (): string => base32.encode(randomBytes(INCARNATION_BYTES));

/**
 * Marks a home that is being made: without it, nothing in a folder is ever removed. A loss of power can bring it back
 * beside a finished home; there it goes with the next look.
 */
const UNFINISHED = 'unfinished';

const assertUnused = async (dir: string): Promise<void> => {
  const names = await readdir(dir);
  if (names.includes(HOME_FILE)) {
    throw new SmoError('home_exists', `there is a home in ${dir} already`, 'Choose another with `--home`.');
  }
  if (names.length > 0 && !names.includes(UNFINISHED)) {
    throw new SmoError(
      'home_exists',
      `${dir} is not empty: it holds ${names.slice(0, 3).join(', ')}`,
      'Choose another folder with `--home`, or empty this one.',
    );
  }
};

/** A home that has lost its `home.json` must not pass for none: `smo init` would be the wrong advice. */
const assertNotBereft = async (dir: string): Promise<void> => {
  const names = await listFolder(dir);
  if (names.includes(HOME_FILE) || names.includes(UNFINISHED) || !names.includes(HOME_LAYOUT.key)) return;
  throw new SmoError(
    'home_damaged',
    `${join(dir, HOME_FILE)} is missing beside ${HOME_LAYOUT.key}`,
    'Put the file back from a backup; the records and the key beside it are as they were.',
  );
};

const listFolder = async (dir: string): Promise<readonly string[]> => {
  try {
    return await readdir(dir);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};
