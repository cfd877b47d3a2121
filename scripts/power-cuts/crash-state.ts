import { createHash } from 'node:crypto';
import { Draws as SimulationDraws } from '../../simulations/draws/index.ts';
import { Draws } from '../draws.ts';
import { drawCuts } from './cut-order.ts';
import type { Operation } from './operation.ts';
import { type Image, imageAfter, type PowerCut } from './power-cut.ts';
import type { WatchedWorkload } from './watched-workload.ts';
import type { Promised } from './workload.ts';

/** What may be on the disk when the power is back, beside what must be. */
export interface CrashState {
  readonly cut: PowerCut;
  readonly image: Image;
  /** What had been answered for until then; undefined for nothing. */
  readonly promised: Promised | undefined;
}

/**
 * Crash states in the order in which they are to be looked at, no two alike.
 * @param before what was promised before the workload began
 * @param seed what the order follows from, and what is lost of what was not synced
 */
export function* drawCrashStates(
  { operations, safe }: WatchedWorkload,
  before: Promised | undefined,
  seed: number,
): Iterable<CrashState> {
  const seen = new Set<string>();
  for (const cut of drawCuts(operations, safe, new SimulationDraws(BigInt(seed)).stream('disk'))) {
    const image = imageAfter(operations, safe, cut, new Draws(seed, `${cut.at} ${cut.persisted}`));
    const promised = promisedBy(operations.slice(0, cut.at)) ?? before;
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
const promisedBy = (operations: readonly Operation[]): Promised | undefined => {
  const promises = operations.flatMap((operation): readonly Promised[] =>
    operation.type === 'say'
      ? operation.text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
      : [],
  );
  return promises.length === 0 ? undefined : { events: Math.max(...promises.map(({ events }) => events)) };
};
