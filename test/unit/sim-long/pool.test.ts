import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type PoolOptions, runTasks } from '../../../scripts/sim-long/pool.ts';
import type { Result, Task } from '../../../scripts/sim-long/task.ts';

const FAKE = join(import.meta.dirname, 'fake-worker.ts');

const taskOf = (scenario: string, seed = '1'): Task => ({ scenario, seed });

const resultsOf = async (tasks: readonly Task[], options: Partial<PoolOptions> = {}) => {
  const results: (readonly [scenario: string, Result])[] = [];
  const { signal } = new AbortController();
  const done = (task: Task, result: Result): void => void results.push([task.scenario, result]);
  await runTasks(tasks.values(), { jobs: 1, worker: FAKE, signal, done, ...options });
  return results;
};

describe('processes that run tasks', () => {
  test('answer each of them once', async () => {
    const tasks = Array.from({ length: 9 }, (_, i) => taskOf('answers', `${i}`));
    const results = await resultsOf(tasks, { jobs: 2 });
    expect(results.map(([, { problems }]) => problems[0]).toSorted()).toEqual(tasks.map(({ seed }) => seed));
  });

  test('fail at a task at which they end, and others go on', async () => {
    const results = await resultsOf([taskOf('ends'), taskOf('answers')]);
    expect(results).toMatchObject([
      ['ends', { verdict: 'fail', problems: ['its process ended with 7'] }],
      ['answers', { verdict: 'pass' }],
    ]);
  });

  test('fail at a task that takes too long', async () => {
    expect(await resultsOf([taskOf('hangs')], { runMsMax: 1 })).toMatchObject([
      ['hangs', { verdict: 'fail', problems: ['it took longer than 0.001 s'] }],
    ]);
  });

  test('begin nothing any more once they are told to stop', async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    const tasks = ['1', '2', '3'].map((seed) => taskOf('answers', seed));
    await resultsOf(tasks, {
      signal: stop.signal,
      done({ seed }) {
        seen.push(seed);
        if (seed === '2') stop.abort();
      },
    });
    expect(seen).toEqual(['1', '2']);
  });

  test('run scenarios of the library', async () => {
    const { signal } = new AbortController();
    const verdicts: string[] = [];
    await runTasks([taskOf('silent-reconnect', '5')].values(), {
      jobs: 1,
      signal,
      done: (_, { verdict, problems }) => void verdicts.push(verdict, ...problems),
    });
    expect(verdicts).toEqual(['pass']);
  });
});
