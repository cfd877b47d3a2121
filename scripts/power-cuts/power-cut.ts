import type { Draws } from '../draws.ts';
import { bytesLeft } from './bytes-left.ts';
import { type Deed, isChange, isNaming, type NodeId } from './deed.ts';
import { Names } from './names.ts';

/**
 * What a loss of power leaves of what was not synced. Names come to the disk in the order in which they were given, as
 * file systems with a journal do it; bytes of files come whenever they like. Where `tears`, there may be a hole before
 * bytes that are there, which file systems with a journal do not leave on disks that keep their word: a device may then
 * have to be repaired, and must have lost nothing.
 */
export const LEFTOVERS = {
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

export type Leftover = keyof typeof LEFTOVERS;

/** A loss of power. */
export interface PowerCut {
  /** How many deeds had been done. */
  readonly at: number;
  readonly leftover: Leftover;
}

/** What is on a disk: files by their paths, and folders as null. */
export type Image = ReadonlyMap<string, Uint8Array | null>;

/** What a power cut leaves of what deeds have done, and of what was `safe` before: so many of them. */
export const imageAfter = (deeds: readonly Deed[], safe: number, cut: PowerCut, draws: Draws): Image => {
  const done = deeds.slice(0, cut.at);
  const leftover = LEFTOVERS[cut.leftover];
  const forced = syncedUpTo(done, safe, () => true);
  const named = { oldest: forced, newest: cut.at, some: draws.between(forced, cut.at) }[leftover.names];
  const names = new Names();
  for (const deed of done.slice(0, named)) if (isNaming(deed)) names.apply(deed);
  const image = new Map<string, Uint8Array | null>();
  for (const [path, node] of names.paths()) {
    if (names.isFolder(node)) image.set(path, null);
    else {
      const synced = syncedUpTo(done, safe, (file) => file === node);
      const changes = done.flatMap((deed, at) => (isChange(deed, node) ? [{ at, change: deed }] : []));
      image.set(path, bytesLeft(changes, { synced, named }, leftover.bytes, draws));
    }
  }
  return image;
};

/** How many deeds had been done when the newest sync of some files began. */
const syncedUpTo = (deeds: readonly Deed[], safe: number, isOf: (node: NodeId) => boolean): number =>
  deeds.reduce(
    (most, deed) => (deed.type === 'sync' && isOf(deed.node) ? Math.max(most, deed.covers) : most),
    safe,
  );
