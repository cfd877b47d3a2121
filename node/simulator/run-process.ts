import { type ChildProcess, fork } from 'node:child_process';
import { extname, join } from 'node:path';
import process from 'node:process';
import { SmoError } from '../../protocol/fault/index.ts';
import type { Outcome } from '../../simulations/index.ts';
import type { RunNews, RunTask } from './run-task.ts';

/** Beside this file, as source or compiled. */
const WORKER = join(import.meta.dirname, `run-worker${extname(import.meta.filename)}`);

export interface RunProcessOptions {
  /** What Node is told beside what this process was told. */
  readonly nodeArguments?: readonly string[];
  /** The program of the process; the one of this folder unless a test brings its own. */
  readonly worker?: string;
  /** A run that takes longer has gone astray. */
  readonly runMsMax?: number;
}

/** A process that makes one run after the other. When it has ended, the next run begins another one. */
export class RunProcess {
  readonly #options: RunProcessOptions;
  #child: ChildProcess | undefined;

  constructor(options: RunProcessOptions) {
    this.#options = options;
  }

  /** @throws SmoError `run_died` when the process ends by itself, `run_too_long`, or what the run threw */
  run(task: RunTask, progress: (share: number) => void): Promise<Outcome> {
    const { runMsMax } = this.#options;
    const child = this.#begun();
    return new Promise<Outcome>((resolve, reject) => {
      let isLate = false;
      const late = (): void => {
        isLate = true;
        child.kill('SIGKILL');
      };
      const timer = runMsMax === undefined ? undefined : setTimeout(late, runMsMax);
      const forget = (): void => {
        clearTimeout(timer);
        child.off('message', hear);
        child.off('exit', die);
        child.off('error', fall);
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
      const lose = (how: string): void => {
        forget();
        if (this.#child === child) this.end();
        reject(isLate ? tookTooLong(task, runMsMax) : died(task, how));
      };
      const die = (code: number | null, signal: string | null): void => lose(signal ?? `exit code ${code}`);
      const fall = ({ message }: Error): void => lose(message);
      child.on('message', hear);
      child.on('exit', die);
      child.on('error', fall);
      child.send(task, (error) => {
        if (error !== null) lose(error.message);
      });
    });
  }

  end(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  #begun(): ChildProcess {
    const { worker = WORKER, nodeArguments = [] } = this.#options;
    this.#child ??= fork(worker, {
      execArgv: [...process.execArgv, ...nodeArguments],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    return this.#child;
  }
}

const died = ({ scenario, seed }: RunTask, how: string): SmoError =>
  new SmoError(
    'run_died',
    `the process that ran ${scenario.name} with seed ${seed} ended (${how})`,
    'Memory may have run out: try fewer --jobs, or fewer devices.',
  );

const tookTooLong = ({ scenario, seed }: RunTask, runMsMax = 0): SmoError =>
  new SmoError(
    'run_too_long',
    `${scenario.name} with seed ${seed} took longer than ${runMsMax / 1_000} s, and was ended`,
    `To see how far it comes, run it by itself: smo sim run ${scenario.name} --seed ${seed}`,
  );
