import { SmoError } from '../../protocol/fault/index.ts';
import type { Outcome } from '../../simulations/index.ts';
import { heapArguments } from './heap.ts';
import { RunProcess, type RunProcessOptions } from './run-process.ts';
import type { RunTask } from './run-task.ts';

/** How runs are made in several processes. */
export interface ProcessesOptions<Task extends RunTask> extends RunProcessOptions {
  /** How many processes. */
  readonly jobs: number;
  /** Ends all that runs; what was not done then is left. */
  readonly signal: AbortSignal;
  /** Which share is done of something that runs. */
  readonly progress?: (task: Task, share: number) => void;
  /** Is called for one task after the other, as they end. */
  readonly done: (task: Task, outcome: Outcome) => Promise<void>;
  /** Is called, likewise, for a run that came to no outcome; the others go on. When left out, it ends them all. */
  readonly failed?: (task: Task, error: SmoError) => Promise<void>;
}

/**
 * Does tasks in processes of their own, each of which takes the next one when it is done with one.
 * @throws SmoError `run_died`, `run_too_long` or what a run threw, if nobody else is told; then all others are ended
 */
export const runInProcesses = async <Task extends RunTask>(
  tasks: Iterable<Task>,
  options: ProcessesOptions<Task>,
): Promise<void> => {
  const { jobs, signal, progress, done, failed } = options;
  const broken = new AbortController();
  const over = AbortSignal.any([signal, broken.signal]);
  const left = tasks[Symbol.iterator]();
  // One call at a time, in the order in which the runs end.
  let telling: Promise<void> = Promise.resolve();
  const tell = (news: () => Promise<void>): Promise<void> => {
    telling = telling.then(news);
    return telling;
  };
  const run = async (worker: RunProcess, task: Task): Promise<void> => {
    try {
      const outcome = await worker.run(task, (share) => progress?.(task, share));
      return tell(() => done(task, outcome));
    } catch (error) {
      // What is ended ends with an error of its own.
      if (over.aborted) return;
      if (failed === undefined || !(error instanceof SmoError)) throw error;
      return tell(() => failed(task, error));
    }
  };
  const nodeArguments = [...(options.nodeArguments ?? []), ...heapArguments(jobs)];
  const work = async (): Promise<void> => {
    const worker = new RunProcess({ ...options, nodeArguments });
    const end = (): void => worker.end();
    over.addEventListener('abort', end);
    try {
      while (!over.aborted) {
        const next = left.next();
        if (next.done) break;
        await run(worker, next.value);
      }
    } catch (error) {
      broken.abort(error);
    } finally {
      over.removeEventListener('abort', end);
      worker.end();
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  if (broken.signal.aborted) throw broken.signal.reason;
};
