import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SmoError } from '../../protocol/fault/index.ts';
import { decodePlan, encodePlan, type Outcome, type Plan } from '../../simulations/index.ts';

const PLAN_FILE = 'scenario.expanded.yaml';
const OUTCOME_FILE = 'manifest.json';

/** What the folder of a run says came of it. */
export interface RunManifest extends Outcome {
  /** Version of this program, and of Node. */
  readonly version: string;
  readonly node: string;
}

/** Writes the folder of one run: the plan, from which it can be run again, and what came of it. */
export const writeRunFolder = async (folder: string, plan: Plan, manifest: RunManifest): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, PLAN_FILE), encodePlan(plan));
  await writeFile(join(folder, OUTCOME_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
};

/**
 * The plan of a run, and the hash of its trace.
 * @throws SmoError `not_a_run`, `scenario_invalid`
 */
export const readRunFolder = async (
  folder: string,
): Promise<{ readonly plan: Plan; readonly traceHash: string }> => {
  const [planText, manifestText] = await Promise.all(
    [PLAN_FILE, OUTCOME_FILE].map((name) => readFile(join(folder, name), 'utf8').catch(() => undefined)),
  );
  if (planText === undefined || manifestText === undefined) {
    throw new SmoError(
      'not_a_run',
      `${folder} holds no run: there is no ${planText === undefined ? PLAN_FILE : OUTCOME_FILE}`,
      'Name a folder that "smo sim run --out" has written.',
    );
  }
  const plan = decodePlan(planText, join(folder, PLAN_FILE));
  return { plan, traceHash: traceHashIn(manifestText, folder) };
};

const traceHashIn = (text: string, folder: string): string => {
  try {
    const { traceHash } = JSON.parse(text) as Partial<Outcome>;
    if (typeof traceHash === 'string') return traceHash;
  } catch {
    // Told below, as any other file that is none.
  }
  throw new SmoError('not_a_run', `${join(folder, OUTCOME_FILE)} says nothing of a run`, 'Run it again.');
};
