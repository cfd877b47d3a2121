import { lstat, readdir, readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject, type JsonValue } from '../../../protocol/bytes/index.ts';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import type { SmoError } from '../../../protocol/fault/index.ts';
import { knownFault } from '../../files/index.ts';
import {
  type Environment,
  HOME_LAYOUT,
  type Home,
  markerPath,
  openHome,
  openMarker,
  readHomeFile,
  socketPaths,
} from '../../home/index.ts';
import { readGenesis } from '../genesis.ts';
import { InviteBook } from '../invite-book.ts';
import { Recovery } from '../recovery.ts';
import type { FileMode, HomeState, MarkerState } from './patient.ts';

/**
 * Reads what belongs to no store.
 * @throws SmoError `home_missing`: there is nothing to look at
 */
export const readHomeState = async (dir: string, env: Environment): Promise<HomeState> => {
  const opened = await faultOf(() => openWhole(dir));
  if (opened.error?.code === 'home_missing') throw opened.error;
  // The key may be what is wrong: the rest can be looked at without it.
  const file = opened.value?.file ?? (await faultOf(() => readHomeFile(dir))).value;
  return {
    file,
    home: opened.value,
    error: opened.error,
    modes: await readModes(dir),
    invites: (await faultOf(() => InviteBook.open(dir))).error,
    marker: file && (await readMarker(file.device, env)),
    freeBytes: await freeBytesOf(dir),
    leftovers: await findLeftovers(dir),
    socket: await findSocket(dir),
    isRecovering: (await Recovery.open(dir)).isUnderWay,
  };
};

/** The home with its key; what it says about its space holds. */
const openWhole = async (dir: string): Promise<Home> => {
  const home = await openHome(dir);
  if (home.file.space !== null) readGenesis(dir, home.file.space);
  return home;
};

/** What a call gives, or the SmoError that it throws; what the system refuses is one, too. */
export const faultOf = async <T>(
  call: () => Promise<T>,
): Promise<{ readonly value: T | undefined; readonly error: SmoError | undefined }> => {
  try {
    return { value: await call(), error: undefined };
  } catch (error) {
    const fault = knownFault(error);
    if (fault === undefined) throw error;
    return { value: undefined, error: fault };
  }
};

/** Free space for this user in bytes; undefined where the system does not say. */
export const freeBytesOf = async (dir: string): Promise<number | undefined> => {
  try {
    const { bavail, bsize } = await statfs(dir);
    return bavail * bsize;
  } catch {
    return undefined;
  }
};

const readModes = async (dir: string): Promise<readonly FileMode[]> => {
  // Windows has access lists in place of modes.
  if (process.platform === 'win32') return [];
  const wanted = [
    [dir, 0o700],
    [join(dir, HOME_LAYOUT.key), 0o600],
  ] as const;
  const modes = await Promise.all(
    wanted.map(async ([path, mode]): Promise<readonly FileMode[]> => {
      const found = await stat(path).catch(() => undefined);
      if (found === undefined) return [];
      return [{ path, mode: found.mode, wanted: mode, isOwn: found.uid === process.getuid?.() }];
    }),
  );
  return modes.flat();
};

/** A marker is read as an empty one where it is no marker; here it matters why. */
const readMarker = async (device: DeviceId, env: Environment): Promise<MarkerState> => {
  const path = markerPath(device, env);
  const problem = (kind: 'missing' | 'damaged' | 'unreadable', message: string): MarkerState => ({
    path,
    entries: new Map(),
    problem: { kind, message },
  });
  const { value: text, error } = await faultOf(() => readTextIfThere(path));
  if (error !== undefined) return problem('unreadable', error.message);
  if (text === undefined) return problem('missing', `${path} is missing`);
  const entries = (await openMarker(device, env)).read();
  const json = parseJson(text);
  if (isJsonObject(json) && Object.keys(json).length === entries.size) return { path, entries };
  return { ...problem('damaged', `${path} is not a marker, or not all of it can be read`), entries };
};

const readTextIfThere = async (path: string): Promise<string | undefined> => {
  if ((await lstat(path).catch(() => undefined)) === undefined) return undefined;
  return readFile(path, 'utf8');
};

const parseJson = (text: string): JsonValue => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** Folders that a repair works with, and removes when it comes to its end. */
const OF_A_REPAIR: ReadonlySet<string> = new Set(
  ['building', 'copy', 'lock', 'new'].map((name) => `${HOME_LAYOUT.records}.${name}`),
);

/** Texts that were to replace a file, and copies of a damaged store that is being looked at. */
const UNFINISHED = /\.[0-9a-f]{12}\.(?:tmp|copy)$/;

/** What is this old is not being worked on any more. */
const UNFINISHED_MS = 60 * 60 * 1000;

const findLeftovers = async (dir: string): Promise<readonly string[]> => {
  const names = await readdir(dir).catch((): string[] => []);
  // Without an old store, the new one is what takes over.
  const successor = names.includes(HOME_LAYOUT.records) ? undefined : `${HOME_LAYOUT.records}.new`;
  const ofRepairs = names.filter((name) => OF_A_REPAIR.has(name) && name !== successor);
  const unfinished = await Promise.all([dir, join(dir, HOME_LAYOUT.quarantine)].map(findUnfinished));
  return [...ofRepairs.map((name) => join(dir, name)), ...unfinished.flat()].sort();
};

const findUnfinished = async (dir: string): Promise<readonly string[]> => {
  const names = await readdir(dir).catch((): string[] => []);
  const paths: string[] = [];
  for (const path of names.filter((name) => UNFINISHED.test(name)).map((name) => join(dir, name))) {
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > UNFINISHED_MS) paths.push(path);
  }
  return paths;
};

const findSocket = async (dir: string): Promise<string | undefined> => {
  if (process.platform === 'win32') return undefined;
  for (const path of socketPaths(dir)) {
    const found = await lstat(path).catch(() => undefined);
    if (found?.isSocket()) return path;
  }
  return undefined;
};
