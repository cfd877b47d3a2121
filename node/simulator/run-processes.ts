import { type ChildProcess, fork } from 'node:child_process';
import { extname, join } from 'node:path';
import { SmoError } from '../../protocol/fault/index.ts';
import type { Outcome } from '../../simulations/index.ts';
import type { RunNews, RunTask } from './run-task.ts';

/** Beside this file, as source or compiled. */
const WORKER = join(import.meta.dirname, `run-worker${extname(import.meta.filename)}`);

export interface ProcessesOptions<Task extends RunTask> {
  /** How many processes. */
  readonly jobs: number;
  /** Ends all that runs; what was not done then is left. */
  readonly signal: AbortSignal;
  /** Which share is done of something that runs. */
  readonly progress: (task: Task, share: number) => void;
  /** Is called for one task after the other, as they end. */
  readonly done: (task: Task, outcome: Outcome) => Promise<void>;
}

/**
 * Does tasks in processes of their own, each of which takes the next one when it is done with one.
 * @throws SmoError `run_died` when a process ends by itself, or what a run threw; then all others are ended
 */
export const runInProcesses = async <Task extends RunTask>(
  tasks: readonly Task[],
  { jobs, signal, progress, done }: ProcessesOptions<Task>,
): Promise<void> => {
  const broken = new AbortController();
  const over = AbortSignal.any([signal, broken.signal]);
  let next = 0;
  // One call at a time, in the order in which the runs end.
  let telling: Promise<void> = Promise.resolve();
  const work = async (): Promise<void> => {
    const worker = new RunWorker();
    const end = (): void => worker.end();
    over.addEventListener('abort', end);
    try {
      for (; !over.aborted; ) {
        const task = tasks[next];
        next += 1;
        if (task === undefined) break;
        const outcome = await worker.run(task, (share) => progress(task, share));
        telling = telling.then(() => done(task, outcome));
        await telling;
      }
    } catch (error) {
      // What is ended ends with an error of its own.
      if (over.aborted) return;
      broken.abort(error);
    } finally {
      over.removeEventListener('abort', end);
      worker.end();
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, tasks.length) }, work));
  if (broken.signal.aborted) throw broken.signal.reason;
};

/** One process. */
class RunWorker {
  readonly #child: ChildProcess = fork(WORKER, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });

  run(task: RunTask, progress: (share: number) => void): Promise<Outcome> {
    const child = this.#child;
    return new Promise<Outcome>((resolve, reject) => {
      const forget = (): void => {
        child.off('message', hear);
        child.off('exit', die);
        child.off('error', reject);
      };
      const hear = (message: unknown): void => {
        const news = message as RunNews;
        if (news.type === 'progress') {
          progress(news.share);
          return;
        }
        forget();
        if (news.type === 'done') resolve(news.outcome);
        else reject(new SmoError(news.code, news.message, news.hint));
      };
      const die = (code: number | null, signal: string | null): void => {
        forget();
        reject(died(task, signal ?? `exit code ${code}`));
      };
      child.on('message', hear);
      child.on('exit', die);
      child.on('error', reject);
      child.send(task, (error) => {
        if (error !== null) die(child.exitCode, child.signalCode);
      });
    });
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}

const died = ({ scenario, seed }: RunTask, how: string): SmoError =>
  new SmoError(
    'run_died',
    `the process that ran ${scenario.name} with seed ${seed} ended (${how})`,
    'Memory may have run out: try fewer --jobs.',
  );
