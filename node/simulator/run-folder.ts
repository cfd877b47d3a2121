import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SmoError } from '../../protocol/fault/index.ts';
import {
  decodePlan,
  encodePlan,
  type Outcome,
  type Plan,
  type RunCrypto,
  type RunMode,
  runPlan,
  type Sighting,
} from '../../simulations/index.ts';
import { CsvFile } from './csv-file.ts';

const PLAN_FILE = 'scenario.expanded.yaml';
const OUTCOME_FILE = 'manifest.json';
const SIGHTINGS_FILE = 'per_event_peer.csv';

/** Times are virtual microseconds since the run began. */
const SIGHTING_COLUMNS = ['event', 'author', 'authored_us', 'device', 'visible_us'];

/** What the folder of a run says came of it. */
interface RunManifest extends Outcome {
  /** Version of this program, and of Node. */
  readonly version: string;
  readonly node: string;
}

interface RunFolderOptions {
  /** Version of this program. */
  readonly version: string;
  readonly mode: RunMode;
  readonly progress: (nowUs: number) => void;
}

/**
 * Runs a plan and writes the folder of the run: the plan, from which it can be run again, what came of it, and when each
 * event could be seen on each device.
 */
export const runIntoFolder = async (
  folder: string,
  plan: Plan,
  machine: RunCrypto,
  { version, mode, progress }: RunFolderOptions,
): Promise<Outcome> => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, PLAN_FILE), encodePlan(plan));
  const sightings = new CsvFile(join(folder, SIGHTINGS_FILE), SIGHTING_COLUMNS);
  try {
    const visible = ({ event, author, authoredUs, device, visibleUs }: Sighting): void =>
      sightings.row(event, author, authoredUs, device, visibleUs);
    const outcome = await runPlan(plan, machine, { mode, progress, visible });
    const manifest: RunManifest = { ...outcome, version, node: process.versions.node };
    await writeFile(join(folder, OUTCOME_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
    return outcome;
  } finally {
    sightings.close();
  }
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
