import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunNews, RunTask } from '../../node/simulator/run-task.ts';
import { scenario } from '../../simulations/index.ts';

const WORKER = join(import.meta.dirname, '../../node/simulator/run-worker.ts');

/** A run that takes far longer than a test. */
const LONG: RunTask = {
  scenario: scenario({ name: 'long', peers: 3, phases: { chaos: '100000h' }, workload: { events: 10 } }),
  seed: '1',
  mode: 'exact',
};

test('a folder that cannot be is told as what the system says of it', { timeout: 60_000 }, async () => {
  const child = fork(WORKER, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  try {
    const told = new Promise<RunNews>((resolve) => child.on('message', (news) => resolve(news as RunNews)));
    const folder = join(WORKER, 'run');
    child.send({ ...LONG, kept: { when: 'always', folder, version: '0' } } satisfies RunTask);
    expect(await told).toMatchObject({ type: 'failed', code: 'file_unreadable' });
    expect(await told).toMatchObject({ message: expect.stringContaining(`${folder} cannot be used`) });
  } finally {
    child.kill('SIGKILL');
  }
});

test('a process ends with its parent, whatever it runs', { timeout: 60_000 }, async () => {
  const child = fork(WORKER, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  try {
    child.send(LONG);
    child.disconnect();
    expect(await ended).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});
