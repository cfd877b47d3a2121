import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SmoError } from '../../protocol/fault/index.ts';
import {
  decodePlan,
  encodePlan,
  type Outcome,
  type Plan,
  type RunCrypto,
  type RunListener,
  type RunMode,
  runPlan,
} from '../../simulations/index.ts';
import { EventSample } from './files/event-sample.ts';
import { EventsFile } from './files/events-file.ts';
import { MetricsFile } from './files/metrics-file.ts';
import type { RunFile } from './files/run-file.ts';
import { ShivizFile } from './files/shiviz-file.ts';
import { SightingsFile } from './files/sightings-file.ts';
import { RunRecord } from './report/run-record.ts';
import { Traffic } from './traffic.ts';

const PLAN_FILE = 'scenario.expanded.yaml';
const OUTCOME_FILE = 'manifest.json';
const REPORT_FILE = 'report.html';

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
  readonly progress: (nowUs: number) => void | Promise<void>;
}

/**
 * Runs a plan and writes the folder of the run: the plan, from which it can be run again, what came of it, what happened
 * on the way as files for programs, and a report for people.
 */
export const runIntoFolder = async (
  folder: string,
  plan: Plan,
  machine: RunCrypto,
  { version, mode, progress }: RunFolderOptions,
): Promise<Outcome> => {
  await mkdir(folder, { recursive: true });
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
  await write(PLAN_FILE, encodePlan(plan));
  const traffic = new Traffic(plan.devices.length);
  const record = new RunRecord(plan, traffic);
  const sample = EventSample.of(plan);
  const files: readonly RunFile[] = [
    new SightingsFile(join(folder, SightingsFile.fileName), sample),
    new EventsFile(join(folder, EventsFile.fileName), sample),
    new MetricsFile(join(folder, MetricsFile.fileName), traffic),
    new ShivizFile(join(folder, ShivizFile.fileName), plan.devices.length),
  ];
  try {
    const listener = listenerOf(plan, traffic, record, files);
    const outcome = await runPlan(plan, machine, { mode, progress, ...listener });
    const versions = { version, node: process.versions.node };
    const manifest: RunManifest = { ...outcome, ...versions };
    await write(OUTCOME_FILE, `${JSON.stringify(manifest, null, 2)}\n`);
    // What draws is loaded only when there is something to draw.
    const { runReport } = await import('./report/run-report.ts');
    await write(REPORT_FILE, runReport(record, outcome, versions));
    return outcome;
  } finally {
    for (const file of files) file.close();
  }
};

/** Tells the record of a run and its files what they want to hear. */
const listenerOf = (
  plan: Plan,
  traffic: Traffic,
  record: RunRecord,
  files: readonly RunFile[],
): RunListener => ({
  visible(sighting) {
    record.visible(sighting);
    for (const file of files) file.visible?.(sighting);
  },
  news(news) {
    traffic.news(news);
    for (const file of files) file.news?.(news);
  },
  samples: {
    everyUs: sampleEveryUs(plan),
    take(sample) {
      record.sample(sample);
      for (const file of files) file.sample?.(sample);
    },
  },
  journeys(journeys) {
    record.journeys = journeys;
  },
});

/** Often enough for a smooth line; with many devices less often, as each of them is looked at. */
const sampleEveryUs = ({ phases, devices }: Plan): number =>
  Math.max(SAMPLE_MIN_US, Math.ceil(phases.chaosUs / SAMPLES)) * Math.ceil(devices.length / DEVICES);

const SAMPLE_MIN_US = 250_000;
const SAMPLES = 240;
const DEVICES = 400;

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
