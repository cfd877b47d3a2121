import { join } from 'node:path';
import { loadSweep, type Sweep, type SweepPoint } from '../../../simulations/index.ts';
import type { SimMergeInput, SimSweep, SimSweepInput } from '../../cli/index.ts';
import { folderOf, readGiven } from '../outside-workload.ts';
import { runInProcesses } from '../run-processes.ts';
import type { KeptRun, RunTask } from '../run-task.ts';
import { seedAfter } from '../seeds.ts';
import { pointsOf } from './summary.ts';
import { assertSame, SweepFolder } from './sweep-folder.ts';
import type { SweepHead } from './sweep-head.ts';

/** A run of a sweep that is still to be made. */
interface SweepTask extends RunTask {
  readonly params: SweepPoint['params'];
  readonly kept: KeptRun;
}

/** Runs what a folder does not hold yet of a sweep, or of a part of it. */
export const runSweep = async (input: SimSweepInput): Promise<SimSweep> => {
  const { jobs, signal, version, onProgress, onOutcome } = input;
  const sweep = loadSweep(input.scenario);
  const { name, parameters, definition } = sweep;
  const head: SweepHead = { name, parameters, definition, version, node: process.versions.node };
  const folder = await SweepFolder.enter(input.out(name), head);
  const asked = await tasksOf(sweep, input, folder.path);
  const tasks = asked.filter((task) => !folder.has(task));
  let finished = asked.length - tasks.length;
  const shares = new Map<SweepTask, number>();
  const tell = (task: SweepTask): void => {
    const running = [...shares.values()].reduce((sum, share) => sum + share, 0);
    const phase = [name, ...Object.values(task.params), `seed ${task.seed}`].join(', ');
    onProgress({ phase, done: finished + running, total: asked.length });
  };
  await runInProcesses(tasks, {
    jobs,
    signal,
    progress(task, share) {
      shares.set(task, share);
      tell(task);
    },
    async done(task, outcome) {
      const { params, seed } = task;
      await folder.add({ params, seed, outcome });
      shares.delete(task);
      finished += 1;
      await onOutcome(params, outcome, outcome.verdict === 'fail' ? task.kept.folder : undefined);
      tell(task);
    },
  }).catch(async (error: unknown) => {
    // What is done stays, and is worth a look.
    await folder.writeResults();
    throw error;
  });
  return resultOf(folder, asked.length - finished);
};

/** Gathers the runs of parts of a sweep. */
export const mergeSweeps = async ({ folders, out }: SimMergeInput): Promise<SimSweep> => {
  const parts = await Promise.all(folders.map((folder) => SweepFolder.read(folder)));
  const [first] = parts;
  if (first === undefined) throw new RangeError('there is nothing to merge');
  for (const { head, path } of parts) assertSame(first.head, head, path);
  const folder = await SweepFolder.enter(out, first.head);
  for (const { runs } of parts) for (const run of runs) await folder.add(run);
  return resultOf(folder, 0);
};

/** All points with the first seed, then with the next one: what is there after a while says something of all points. */
const tasksOf = async (
  { points, seeds: seedsOfSweep }: Sweep,
  { scenario: name, seed: first, seeds = seedsOfSweep, shard, mode, version }: SimSweepInput,
  folder: string,
): Promise<readonly SweepTask[]> => {
  const place = folderOf(name);
  const given = await Promise.all(points.map(({ scenario }) => readGiven(scenario, place)));
  const all = Array.from({ length: seeds }, (_, i) => seedAfter(first, i).toString()).flatMap((seed) =>
    points.map(({ params, scenario }, number): SweepTask => {
      const failed = join(folder, 'failed', `${number + 1}-${seed}`);
      const kept: KeptRun = { folder: failed, when: 'failed', version };
      const read = given[number];
      const what = { scenario, params, ...(read !== undefined && { given: read }) };
      return { ...what, seed, mode, kept };
    }),
  );
  return all.filter((_, number) => number % shard.of === shard.number - 1);
};

const resultOf = async (folder: SweepFolder, left: number): Promise<SimSweep> => {
  const summary = await folder.writeResults();
  const { runs, head, path } = folder;
  const points = pointsOf(runs).map((point) => ({
    params: point[0]?.params ?? {},
    runs: point.length,
    failed: point.filter(({ outcome }) => outcome.verdict === 'fail').length,
    unknown: point.filter(({ outcome }) => outcome.verdict === 'unknown').length,
  }));
  return { name: head.name, parameters: head.parameters, points, summary, left, folder: path };
};
