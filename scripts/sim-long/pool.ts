import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { brokenResult, type Result, type Task } from './task.ts';

const WORKER = join(import.meta.dirname, 'worker.ts');

/** A run that takes longer has gone astray. */
const RUN_MS_MAX = 600_000;

/** How tasks are run. */
export interface PoolOptions {
  /** Processes at a time. */
  readonly jobs: number;
  /** The program of the processes; that of this folder unless a test brings its own. */
  readonly worker?: string;
  readonly runMsMax?: number;
  /** When it is aborted no other task is begun. */
  readonly signal: AbortSignal;
  readonly done: (task: Task, result: Result) => void;
}

/** Runs tasks in several processes, each one after the other, until all are done or it is told to stop. */
export const runTasks = async (tasks: Iterator<Task>, options: PoolOptions): Promise<void> => {
  await Promise.all(Array.from({ length: options.jobs }, () => workThrough(tasks, options)));
};

const workThrough = async (tasks: Iterator<Task>, options: PoolOptions): Promise<void> => {
  const { worker = WORKER, runMsMax = RUN_MS_MAX, signal, done } = options;
  let child: ChildProcess | undefined;
  try {
    while (!signal.aborted) {
      const next = tasks.next();
      if (next.done) return;
      child ??= fork(worker, { serialization: 'json' });
      const result = await resultOf(child, next.value, runMsMax);
      const hasEnded = child.exitCode !== null || child.signalCode !== null;
      if (hasEnded) child = undefined;
      // An interruption may have ended it as well.
      if (!hasEnded || !signal.aborted) done(next.value, result);
    }
  } finally {
    if (child !== undefined) await end(child);
  }
};

/** What a process answers; a process that ends, or gives no answer, has failed at the task. */
const resultOf = async (child: ChildProcess, task: Task, runMsMax: number): Promise<Result> => {
  const beganMs = performance.now();
  const over = new AbortController();
  const sinceMs = (): number => Math.round(performance.now() - beganMs);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, runMsMax);
  child.send(task);
  try {
    return await Promise.race([
      once(child, 'message', over).then(([result]) => result as Result),
      once(child, 'exit', over).then(([code, signal]) => {
        const how = isLate
          ? `it took longer than ${runMsMax / 1_000} s`
          : `its process ended with ${code ?? signal}`;
        return brokenResult(how, sinceMs());
      }),
    ]);
  } finally {
    clearTimeout(timer);
    over.abort();
  }
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.disconnect();
  await exited;
};
