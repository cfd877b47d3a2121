/** Run as a process of its own: does with a task what the name of its scenario says. */
import process from 'node:process';
import type { RunNews, RunTask } from '../../../node/simulator/run-task.ts';

const tell = (news: RunNews): void => void process.send?.(news);

process.on('message', ({ scenario: { name }, seed }: RunTask) => {
  if (name === 'ends') process.exit(7);
  tell({ type: 'progress', share: 0.5 });
  if (name === 'hangs') return;
  if (name === 'throws') tell({ type: 'failed', code: 'no_luck', message: 'out of luck', hint: 'Wait.' });
  // The digest tells which process it was, or how that was begun.
  const digest = name === 'begun' ? process.execArgv.join(' ') : `${process.pid}`;
  if (name !== 'throws') tell({ type: 'done', outcome: { name, seed, digest } as never });
});
process.on('disconnect', () => process.exit());
