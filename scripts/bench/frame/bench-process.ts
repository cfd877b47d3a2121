import { type ChildProcess, fork } from 'node:child_process';
import { on, once } from 'node:events';

/**
 * A process that does one job of a benchmark: a fresh one has compiled nothing, cached nothing and holds no memory of
 * what came before. Its side is {@link serveJob}.
 */
export class BenchProcess {
  readonly #module: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #messages: AsyncIterator<unknown[]>;

  /** @param execArgv options for Node itself */
  constructor(module: string, job: object, execArgv: readonly string[] = []) {
    this.#module = module;
    this.#child = fork(module, [JSON.stringify(job)], { execArgv: [...execArgv] });
    this.#ended = once(this.#child, 'exit');
    this.#messages = on(this.#child, 'message', { close: ['exit'] });
  }

  /** @throws Error when the process ends instead of telling anything */
  async next<Message>(): Promise<Message> {
    const { value, done } = await this.#messages.next();
    if (!done) return value[0] as Message;
    const { exitCode, signalCode } = this.#child;
    throw new Error(`${this.#module} ended (${signalCode ?? `exit code ${exitCode}`}) before it was done`);
  }

  /** Lets the process end, which it does as soon as nobody listens, and waits until it has. */
  async end(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended;
  }
}

/** Has a process do one job and gives what it tells in the end. */
export const doJob = async <Message>(
  module: string,
  job: object,
  execArgv?: readonly string[],
): Promise<Message> => {
  const process = new BenchProcess(module, job, execArgv);
  try {
    return await process.next<Message>();
  } finally {
    await process.end();
  }
};
