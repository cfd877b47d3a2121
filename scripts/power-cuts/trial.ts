import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { drawCrashStates } from './crash-state.ts';
import { examine } from './examine.ts';
import { writeImage } from './image-folder.ts';
import { PERSISTENCE, type PowerCut } from './power-cut.ts';
import { type WatchedWorkload, watchWorkload } from './watched-workload.ts';
import { type Promised, placeIn, type Workload } from './workload.ts';
import { WORKLOADS, type WorkloadName } from './workloads/index.ts';

/** What is tried of a workload. */
export interface TrialPlan {
  readonly name: WorkloadName;
  /** Crash states that are looked at, at most. */
  readonly states: number;
  readonly seed: number;
  /** For all that it takes; crash states in which something is wrong stay there. */
  readonly folder: string;
}

/** A crash state in which something is wrong. */
export interface Wrong {
  readonly cut: PowerCut;
  readonly findings: readonly string[];
  /** Folder with what was on the disk. */
  readonly folder: string;
}

/** What came of the power cuts of one workload. */
export interface TrialOutcome {
  readonly operations: number;
  readonly syncs: number;
  /** Crash states that were looked at, no two alike. */
  readonly states: number;
  /** Those with holes that the doctor had to repair. */
  readonly repaired: number;
  readonly wrong: readonly Wrong[];
}

/**
 * Runs a workload once, and looks at what is on the disk when the power goes at some moment of it.
 * @throws Error when the workload fails, or there is no strace to watch it with
 */
export const tryWorkload = async (plan: TrialPlan): Promise<TrialOutcome> => {
  const [folder, elsewhere] = [join(plan.folder, 'watched'), join(plan.folder, 'elsewhere')];
  for (const path of [folder, elsewhere]) mkdirSync(path, { recursive: true });
  const place = placeIn(folder, elsewhere);
  const before = await WORKLOADS[plan.name].prepare(place);
  const outcome = await examineCrashStates(plan, await watchWorkload(plan.name, place), before);
  for (const path of [folder, elsewhere]) rmSync(path, { recursive: true, force: true });
  return outcome;
};

/** Looks at crash states of a workload. */
export const examineCrashStates = async (
  { name, states, seed, folder }: TrialPlan,
  watched: WatchedWorkload,
  before: Promised | undefined,
): Promise<TrialOutcome> => {
  const workload: Workload = WORKLOADS[name];
  const place = placeIn(join(folder, 'disk'), join(folder, 'elsewhere'));
  const wrong: Wrong[] = [];
  let [examined, repaired] = [0, 0];
  for (const { cut, image, promised } of drawCrashStates(watched, before, seed)) {
    if (examined === states) break;
    examined += 1;
    writeImage(place.folder, image);
    const found = await examine(workload, place, promised, PERSISTENCE[cut.persisted].tears);
    if (found.repaired) repaired += 1;
    if (found.findings.length === 0) continue;
    const kept = join(folder, `at-${cut.at - watched.safe}-${cut.persisted}`);
    writeImage(kept, image);
    wrong.push({ cut, findings: found.findings, folder: kept });
  }
  rmSync(place.folder, { recursive: true, force: true });
  const operations = watched.operations.slice(watched.safe);
  const syncs = operations.filter(({ type }) => type === 'sync').length;
  return { operations: operations.length, syncs, states: examined, repaired, wrong };
};
