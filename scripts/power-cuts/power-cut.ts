import type { Draws } from '../draws.ts';
import { Names } from './names.ts';
import { isChange, isNaming, type NodeId, type Operation } from './operation.ts';
import { persistedBytes } from './persisted-bytes.ts';

/**
 * What persists, of what was not synced, when the power goes. Names come to the disk in the order in which they were given, as
 * file systems with a journal do it; bytes of files come whenever they like. Where `tears`, there may be a hole before
 * bytes that are there, which file systems with a journal do not leave on disks that keep their word: a device may then
 * have to be repaired, and must have lost nothing.
 */
export const PERSISTENCE = {
  /** All of it: the process was killed, and the machine went on. */
  all: { names: 'newest', bytes: 'all', tears: false },
  /** Nothing. */
  nothing: { names: 'oldest', bytes: 'none', tears: false },
  /** Names alone, so that new files are empty. */
  names: { names: 'newest', bytes: 'none', tears: false },
  /** Names, and of each file the bytes that came first. */
  first: { names: 'newest', bytes: 'first', tears: false },
  /** Some of the names, and of each file all, none or the first of the bytes. */
  some: { names: 'some', bytes: 'any', tears: false },
  /** Names, and of each file some sectors; others are zero, or as they were. */
  sectors: { names: 'newest', bytes: 'sectors', tears: true },
} as const;

export type Persistence = keyof typeof PERSISTENCE;

/** A loss of power. */
export interface PowerCut {
  /** How many operations had been done. */
  readonly at: number;
  readonly persisted: Persistence;
}

/** What is on a disk: files by their paths, and folders as null. */
export type Image = ReadonlyMap<string, Uint8Array | null>;

/** What a power cut leaves of what operations have done, and of what was `safe` before: so many of them. */
export const imageAfter = (
  operations: readonly Operation[],
  safe: number,
  cut: PowerCut,
  draws: Draws,
): Image => {
  const done = operations.slice(0, cut.at);
  const { names: namesLeft, bytes } = PERSISTENCE[cut.persisted];
  const forced = syncedUpTo(done, safe, () => true);
  const named = { oldest: forced, newest: cut.at, some: draws.between(forced, cut.at) }[namesLeft];
  const names = new Names();
  for (const operation of done.slice(0, named)) if (isNaming(operation)) names.apply(operation);
  const image = new Map<string, Uint8Array | null>();
  for (const [path, node] of names.paths()) {
    if (names.isFolder(node)) image.set(path, null);
    else {
      const synced = syncedUpTo(done, safe, (file) => file === node);
      const changes = done.flatMap((operation, at) =>
        isChange(operation, node) ? [{ at, change: operation }] : [],
      );
      image.set(path, persistedBytes(changes, { synced, named }, bytes, draws));
    }
  }
  return image;
};

/** How many operations had been done when the newest sync of some files began. */
const syncedUpTo = (
  operations: readonly Operation[],
  safe: number,
  isOf: (node: NodeId) => boolean,
): number =>
  operations.reduce(
    (most, operation) =>
      operation.type === 'sync' && isOf(operation.node) ? Math.max(most, operation.covers) : most,
    safe,
  );
