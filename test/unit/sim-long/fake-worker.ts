/** Run as a process of its own: answers a task as its scenario says, or not at all. */
import process from 'node:process';
import type { Result, Task } from '../../../scripts/sim-long/task.ts';

process.on('message', ({ scenario, seed }: Task) => {
  if (scenario === 'ends') process.exit(7);
  if (scenario === 'hangs') return;
  const result: Result = { verdict: 'pass', missed: [], peakMemoryBytes: 1, wallMs: 2, problems: [seed] };
  process.send?.(result);
});
process.on('disconnect', () => process.exit());
