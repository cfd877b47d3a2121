import { createHash } from 'node:crypto';
import { Draws as SimulationDraws } from '../../simulations/draws/index.ts';
import { Draws } from '../draws.ts';
import { drawCuts } from './cut-order.ts';
import type { Deed } from './deed.ts';
import type { Promised } from './life.ts';
import { type Image, imageAfter, type PowerCut } from './power-cut.ts';
import type { WatchedLife } from './watched-life.ts';

/** What may be on the disk when the power is back. */
export interface Disk {
  readonly cut: PowerCut;
  readonly image: Image;
  /** What had been answered for until then; undefined for nothing. */
  readonly promised: Promised | undefined;
}

/**
 * Disks in the order in which they are to be looked at, no two alike.
 * @param before what was promised before the life began
 * @param seed what the order follows from, and what is lost of what was not synced
 */
export function* drawDisks(
  { deeds, safe }: WatchedLife,
  before: Promised | undefined,
  seed: number,
): Iterable<Disk> {
  const seen = new Set<string>();
  for (const cut of drawCuts(deeds, safe, new SimulationDraws(BigInt(seed)).stream('disk'))) {
    const image = imageAfter(deeds, safe, cut, new Draws(seed, `${cut.at} ${cut.leftover}`));
    const promised = promisedBy(deeds.slice(0, cut.at)) ?? before;
    const name = nameOf(image, promised);
    if (!seen.has(name)) yield { cut, image, promised };
    seen.add(name);
  }
}

const nameOf = (image: Image, promised: Promised | undefined): string => {
  const hash = createHash('sha256').update(JSON.stringify(promised ?? null));
  for (const [path, bytes] of image) hash.update(`${path}\0${bytes?.length}\0`).update(bytes ?? '');
  return hash.digest('hex');
};

/** The most that has been promised. */
const promisedBy = (deeds: readonly Deed[]): Promised | undefined => {
  const promises = deeds.flatMap((deed): readonly Promised[] =>
    deed.type === 'say'
      ? deed.text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
      : [],
  );
  return promises.length === 0 ? undefined : { events: Math.max(...promises.map(({ events }) => events)) };
};
