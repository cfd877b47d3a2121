import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ProcessesOptions, runInProcesses } from '../../../node/simulator/run-processes.ts';
import type { RunTask } from '../../../node/simulator/run-task.ts';
import { loadScenario, type Outcome, scenario } from '../../../simulations/index.ts';

const FAKE = join(import.meta.dirname, 'fake-worker.ts');

const taskOf = (name: string, seed = '1'): RunTask => ({
  scenario: scenario({ name }),
  seed,
  mode: 'exact',
});

/** What runs that do as their names say come to, in the order in which they end. */
const outcomesOf = async (
  tasks: Iterable<RunTask>,
  options: Partial<ProcessesOptions<RunTask>> = {},
): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  const { signal } = new AbortController();
  const done = async (_: RunTask, outcome: Outcome): Promise<void> => void outcomes.push(outcome);
  await runInProcesses(tasks, { jobs: 1, worker: FAKE, signal, done, ...options });
  return outcomes;
};

/** Options by which all others go on, and what they have been told by then. */
const tellingAll = () => {
  const told: string[] = [];
  const options: Partial<ProcessesOptions<RunTask>> = {
    done: async (_, { name }) => void told.push(name),
    failed: async ({ scenario: { name } }, { code }) => void told.push(`${name}: ${code}`),
  };
  return { told, options };
};

describe('processes that run tasks', () => {
  test('do each of them once, each process one after the other', async () => {
    const seeds = Array.from({ length: 9 }, (_, i) => `${i}`);
    const tasks = seeds.map((seed) => taskOf('answers', seed));
    const outcomes = await outcomesOf(tasks, { jobs: 2 });
    expect(outcomes.map(({ seed }) => seed).toSorted()).toEqual(seeds);
    expect(new Set(outcomes.map(({ digest }) => digest)).size).toBeLessThanOrEqual(2);
  });

  test('are begun with what Node is told for them', async () => {
    const [outcome] = await outcomesOf([taskOf('begun')], { nodeArguments: ['--no-opt'] });
    expect(outcome?.digest).toContain('--no-opt');
  });

  test('take no task before one of them is free', async () => {
    let taken = 0;
    const tasks = (function* () {
      for (; taken < 5; taken += 1) yield taskOf('answers');
    })();
    const seen: number[] = [];
    await outcomesOf(tasks, { done: async () => void seen.push(taken) });
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  test('are told of one after the other, and which share is done', async () => {
    let isTelling = false;
    const shares: number[] = [];
    await outcomesOf([taskOf('answers'), taskOf('answers'), taskOf('answers')], {
      jobs: 3,
      progress: (_, share) => void shares.push(share),
      async done() {
        expect(isTelling).toBe(false);
        isTelling = true;
        await new Promise(setImmediate);
        isTelling = false;
      },
    });
    expect(shares).toEqual([0.5, 0.5, 0.5]);
  });

  test('end at the first run that comes to no outcome, and say which it was', async () => {
    const outcomes = outcomesOf([taskOf('hangs'), taskOf('ends', '5'), taskOf('answers')], { jobs: 2 });
    await expect(outcomes).rejects.toMatchObject({
      code: 'run_died',
      message: 'the process that ran ends with seed 5 ended (exit code 7)',
      hint: 'Memory may have run out: try fewer --jobs, or fewer devices.',
    });
    await expect(outcomesOf([taskOf('throws')])).rejects.toMatchObject({ code: 'no_luck', hint: 'Wait.' });
  });

  test('go on with others, where somebody is told of the one that came to no outcome', async () => {
    const { told, options } = tellingAll();
    await outcomesOf([taskOf('ends'), taskOf('throws'), taskOf('answers')], options);
    expect(told).toEqual(['ends: run_died', 'throws: no_luck', 'answers']);
  });

  test('do not wait for a run that has gone astray', async () => {
    const late = outcomesOf([taskOf('hangs', '7')], { runMsMax: 1 });
    await expect(late).rejects.toMatchObject({
      code: 'run_too_long',
      message: 'hangs with seed 7 took longer than 0.001 s, and was ended',
      hint: 'To see how far it comes, run it by itself: smo sim run hangs --seed 7',
    });
  });

  test('are ended when they are told to stop, and begin nothing any more', async () => {
    const stop = new AbortController();
    const { told, options } = tellingAll();
    await outcomesOf([taskOf('answers'), taskOf('hangs'), taskOf('answers')], {
      ...options,
      signal: stop.signal,
      progress: ({ scenario: { name } }) => (name === 'hangs' ? stop.abort() : undefined),
    });
    expect(told).toEqual(['answers']);
  });

  test('are ended when what they came to cannot be told', async () => {
    const seen: string[] = [];
    const telling = outcomesOf([taskOf('answers', '1'), taskOf('answers', '2')], {
      async done(_, { seed }) {
        seen.push(seed);
        throw new Error('the disk is full');
      },
    });
    await expect(telling).rejects.toThrow('the disk is full');
    expect(seen).toEqual(['1']);
  });

  test('run scenarios of the library', async () => {
    const task: RunTask = { scenario: loadScenario('silent-reconnect'), seed: '5', mode: 'exact' };
    const { signal } = new AbortController();
    const outcomes: Outcome[] = [];
    await runInProcesses([task], {
      jobs: 1,
      signal,
      done: async (_, outcome) => void outcomes.push(outcome),
    });
    expect(outcomes).toMatchObject([{ verdict: 'pass', name: 'silent-reconnect', seed: '5' }]);
  });
});
