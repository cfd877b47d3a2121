/** A process that runs one task after the other, as its parent asks, and ends with it. */
import { enableCompileCache } from 'node:module';
import process from 'node:process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { faultForParent } from '../files/index.ts';
import { doTask } from './do-task.ts';
import type { RunNews, RunTask } from './run-task.ts';

/** A share is told when it has grown by so much. */
const SHARE_STEP = 0.02;

/** A run lets the parent be heard after so many ms: it may be gone. */
const LISTEN_AFTER_MS = 500;

enableCompileCache();

const tell = (news: RunNews): void => void process.send?.(news);

const work = async (task: RunTask): Promise<void> => {
  let told = 0;
  let listenedMs = performance.now();
  const progress = (share: number): Promise<void> | undefined => {
    if (share >= told + SHARE_STEP) {
      told = share;
      tell({ type: 'progress', share });
    }
    if (performance.now() < listenedMs + LISTEN_AFTER_MS) return undefined;
    listenedMs = performance.now();
    return nextTurn();
  };
  try {
    tell({ type: 'done', outcome: await doTask(task, progress) });
  } catch (error) {
    const { code, message, hint } = faultForParent(error);
    tell({ type: 'failed', code, message, hint });
  }
};

process.on('message', (task) => void work(task as RunTask));
process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole group of processes: the parent decides what ends.
process.on('SIGINT', () => undefined);
