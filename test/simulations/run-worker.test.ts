import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunTask } from '../../node/simulator/run-task.ts';
import { scenario } from '../../simulations/index.ts';

const WORKER = join(import.meta.dirname, '../../node/simulator/run-worker.ts');

/** A run that takes far longer than a test. */
const LONG: RunTask = {
  scenario: scenario({ name: 'long', peers: 3, phases: { chaos: '100000h' }, workload: { events: 10 } }),
  seed: '1',
  mode: 'exact',
};

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
