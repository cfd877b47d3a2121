/** A process that runs one task after the other, as its parent asks, and ends with it. */
import { enableCompileCache } from 'node:module';
import process from 'node:process';
import { SmoError } from '../../protocol/fault/index.ts';
import { doTask } from './do-task.ts';
import type { RunNews, RunTask } from './run-task.ts';

/** A share is told when it has grown by so much. */
const SHARE_STEP = 0.02;

enableCompileCache();

const tell = (news: RunNews): void => void process.send?.(news);

const work = async (task: RunTask): Promise<void> => {
  let told = 0;
  const progress = (share: number): void => {
    if (share < told + SHARE_STEP) return;
    told = share;
    tell({ type: 'progress', share });
  };
  try {
    tell({ type: 'done', outcome: await doTask(task, progress) });
  } catch (error) {
    const { code, message, hint } = error instanceof SmoError ? error : internal(error);
    tell({ type: 'failed', code, message, hint });
  }
};

const internal = (error: unknown): SmoError =>
  new SmoError('internal', error instanceof Error ? (error.stack ?? error.message) : String(error));

process.on('message', (task) => void work(task as RunTask));
process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole group of processes: the parent decides what ends.
process.on('SIGINT', () => undefined);
