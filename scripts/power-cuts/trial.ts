import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { drawDisks } from './disk.ts';
import { examine } from './examine.ts';
import { writeImage } from './image-folder.ts';
import { type Life, type Promised, placeIn } from './life.ts';
import { LIVES, type LifeName } from './lives/index.ts';
import { LEFTOVERS, type PowerCut } from './power-cut.ts';
import { type WatchedLife, watchLife } from './watched-life.ts';

/** What is tried of a life. */
export interface TrialPlan {
  readonly name: LifeName;
  /** Disks that are looked at, at most. */
  readonly disks: number;
  readonly seed: number;
  /** For all that it takes; disks on which something is wrong stay there. */
  readonly folder: string;
}

/** A disk on which something is wrong. */
export interface Wrong {
  readonly cut: PowerCut;
  readonly findings: readonly string[];
  /** Folder with what was on the disk. */
  readonly folder: string;
}

/** What came of the power cuts of one life. */
export interface TrialOutcome {
  readonly deeds: number;
  readonly syncs: number;
  /** Disks that were looked at, no two alike. */
  readonly disks: number;
  /** Those with holes that the doctor had to repair. */
  readonly repaired: number;
  readonly wrong: readonly Wrong[];
}

/**
 * Lives a life once, and looks at what is on the disk when the power goes at some moment of it.
 * @throws Error when the life fails, or there is no strace to watch it with
 */
export const tryLife = async (plan: TrialPlan): Promise<TrialOutcome> => {
  const [watched, elsewhere] = [join(plan.folder, 'watched'), join(plan.folder, 'elsewhere')];
  for (const path of [watched, elsewhere]) mkdirSync(path, { recursive: true });
  const place = placeIn(watched, elsewhere);
  const before = await LIVES[plan.name].prepare(place);
  const outcome = await examineDisks(plan, await watchLife(plan.name, place), before);
  for (const path of [watched, elsewhere]) rmSync(path, { recursive: true, force: true });
  return outcome;
};

/** Looks at disks that power cuts may leave of a life. */
export const examineDisks = async (
  { name, disks, seed, folder }: TrialPlan,
  lived: WatchedLife,
  before: Promised | undefined,
): Promise<TrialOutcome> => {
  const life: Life = LIVES[name];
  const place = placeIn(join(folder, 'disk'), join(folder, 'elsewhere'));
  const wrong: Wrong[] = [];
  let [examined, repaired] = [0, 0];
  for (const { cut, image, promised } of drawDisks(lived, before, seed)) {
    if (examined === disks) break;
    examined += 1;
    writeImage(place.folder, image);
    const found = await examine(life, place, promised, LEFTOVERS[cut.leftover].tears);
    if (found.repaired) repaired += 1;
    if (found.findings.length === 0) continue;
    const kept = join(folder, `at-${cut.at - lived.safe}-${cut.leftover}`);
    writeImage(kept, image);
    wrong.push({ cut, findings: found.findings, folder: kept });
  }
  rmSync(place.folder, { recursive: true, force: true });
  const deeds = lived.deeds.slice(lived.safe);
  const syncs = deeds.filter(({ type }) => type === 'sync').length;
  return { deeds: deeds.length, syncs, disks: examined, repaired, wrong };
};
