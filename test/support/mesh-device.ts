import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { createInterface } from 'node:readline';
import type { NodeApi } from '../../node/api/index.ts';
import { connectControl } from '../../node/control/index.ts';
import { endChild } from './end-child.ts';
import { COMPILE_CACHE, PROGRAM } from './program.ts';

/** Lines of its log that a device keeps for whoever looks into a failure. */
const LOG_LINES_MAX = 200;

/** What a command that must succeed printed. */
export type Json = ReturnType<typeof JSON.parse>;

/** How a device is run. */
export interface MeshDeviceInit {
  readonly name: string;
  /** Folder of the whole run: homes, markers and temporary files are below it. */
  readonly folder: string;
  /** Words that run the program after them, such as those of a `Host`. */
  readonly command?: readonly string[];
  /** Options of every `smo up`. */
  readonly up?: readonly string[];
  /** Options of Node itself. */
  readonly node?: readonly string[];
}

/** What `smo up --json` prints when it listens. */
interface Ready {
  readonly device: string;
  readonly addresses: readonly string[];
  readonly socket: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly closed: Promise<unknown>;
  readonly ready: Ready;
  readonly api: NodeApi;
}

/** A device of a mesh of real processes, on this host or on one of its own; for tests and scripts alike. */
export class MeshDevice {
  readonly name: string;
  readonly home: string;
  readonly #init: MeshDeviceInit;
  readonly #watchers = new Set<(line: string) => void>();
  #log: string[] = [];
  #running: Running | undefined;
  #runs = 0;
  #crash: string | undefined;

  constructor(init: MeshDeviceInit) {
    this.name = init.name;
    this.home = join(init.folder, init.name);
    this.#init = init;
  }

  /** Folder of its marker. */
  get stateHome(): string {
    return stateHomeIn(this.#init.folder);
  }

  get isUp(): boolean {
    return this.#running !== undefined;
  }

  /** How often it has come up. */
  get runs(): number {
    return this.#runs;
  }

  /** How a run ended that nobody ended; undefined while none has. */
  get crash(): string | undefined {
    return this.#crash;
  }

  /** Of the running device, through its control socket. */
  get api(): NodeApi {
    return this.#required().api;
  }

  get addresses(): readonly string[] {
    return this.#required().ready.addresses;
  }

  get pid(): number {
    return this.#required().child.pid ?? 0;
  }

  /** The last lines that it has logged, over all its runs. */
  get log(): readonly string[] {
    return this.#log;
  }

  /** Whatever it has logged so far is of no interest. */
  forgetLog(): void {
    this.#log = [];
  }

  /** Resident memory of the running device in bytes, as Linux tells it. */
  get residentBytes(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** Sends a signal to the running device and waits for a line that it then logs. */
  async answerTo(signal: NodeJS.Signals, words: RegExp): Promise<string> {
    const { child, closed } = this.#required();
    const answer = Promise.withResolvers<string>();
    const watch = (line: string): void => {
      if (words.test(line)) answer.resolve(line);
    };
    this.#watchers.add(watch);
    try {
      child.kill(signal);
      return await Promise.race([answer.promise, closed.then(() => this.#gone())]);
    } finally {
      this.#watchers.delete(watch);
    }
  }

  /**
   * Runs a command that ends, and gives its JSON.
   * @throws Error with what it said when it failed
   */
  async run(...args: readonly string[]): Promise<Json> {
    const child = this.#spawn(args);
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        texts[name] += text;
      });
    }
    const [exit] = await once(child, 'close');
    if (exit === 0) return JSON.parse(texts.stdout);
    throw new Error(
      `${this.name}: smo ${args[0]} ended with ${exit}: ${texts.stdout}${texts.stderr}`.trimEnd(),
    );
  }

  /** Starts `smo up` and waits until it listens. */
  async up(...options: readonly string[]): Promise<void> {
    const child = this.#spawn(['up', ...(this.#init.up ?? []), ...options]);
    if (child.stdout === null || child.stderr === null) throw new TypeError('a child without pipes');
    const closed = once(child, 'close');
    createInterface({ input: child.stderr }).on('line', (line) => this.#note(line));
    const lines = createInterface({ input: child.stdout });
    const [line] = await Promise.race([once(lines, 'line'), closed.then(() => ['nothing'])]);
    const ready: Ready | undefined = String(line).startsWith('{"ready":true')
      ? JSON.parse(String(line))
      : undefined;
    const api = ready && (await connectControl(ready.socket));
    if (ready === undefined || api === undefined) {
      throw new Error(`${this.name} did not come up: ${line}\n${this.#log.slice(-10).join('\n')}`);
    }
    const running: Running = { child, closed, ready, api };
    this.#running = running;
    this.#runs += 1;
    closed.then(() => {
      if (this.#running !== running) return;
      this.#running = undefined;
      this.#crash = `${this.name} ended by itself with ${child.exitCode ?? child.signalCode}`;
    });
  }

  /** Sends a signal to the running device and waits for its end; a stop that takes too long becomes a kill. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    await endChild(running.child, running.closed, signal);
  }

  #required(): Running {
    return this.#running ?? this.#gone();
  }

  #gone(): never {
    throw new Error(`${this.name} is not up:\n${this.#log.slice(-10).join('\n')}`);
  }

  #note(line: string): void {
    this.#log = [...this.#log.slice(-LOG_LINES_MAX + 1), line];
    for (const watch of this.#watchers) watch(line);
  }

  #spawn(args: readonly string[]): ChildProcess {
    const { folder, command = [], node = [] } = this.#init;
    const [program = '', ...words] = [...command, execPath, ...node, PROGRAM];
    return spawn(program, [...words, '--home', this.home, '--json', ...args], {
      cwd: folder,
      env: environment(folder),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}

/** An environment in which nothing of the person's own counts. */
const environment = (folder: string): NodeJS.ProcessEnv => ({
  PATH: env.PATH,
  HOME: folder,
  TMPDIR: folder,
  ...COMPILE_CACHE,
  SMO_STATE_HOME: stateHomeIn(folder),
});

const stateHomeIn = (folder: string): string => join(folder, 'state');

/** Makes the first device a space of its own and lets the others join it with tickets; the first is up then. */
export const pair = async (devices: readonly MeshDevice[]): Promise<void> => {
  const [first, ...others] = devices;
  if (first === undefined) return;
  await first.run('init', '--name', first.name);
  await first.up();
  for (const device of others) {
    const { ticket } = await first.api.invite({ role: 'writer', expiresInMs: 600_000 });
    const joined = await device.run('join', ticket, '--name', device.name);
    if (joined.synced !== true) throw new Error(`${device.name} joined, and got nothing`);
  }
};

/** What keeps devices from holding the same; undefined when nothing does. */
export const difference = async (devices: readonly MeshDevice[]): Promise<string | undefined> => {
  const states = await Promise.all(devices.map(({ api }) => api.status()));
  const told = states.map(({ name, digest, events, frontier, waiting }) => ({
    name,
    events,
    digest,
    frontier: JSON.stringify(Object.entries(frontier).toSorted()),
    waiting: waiting.length,
  }));
  const [first] = told;
  const equal = told.every(
    ({ digest, frontier, waiting }) =>
      digest === first?.digest && frontier === first.frontier && waiting === 0,
  );
  if (equal) return undefined;
  return told
    .map(
      ({ name, events, digest, waiting }) =>
        `${name} ${events} events, ${digest.slice(0, 8)}${waiting > 0 ? `, ${waiting} logs wait` : ''}`,
    )
    .join('; ');
};

/** Which devices are not connected with each other; undefined when all are. */
export const unconnected = async (devices: readonly MeshDevice[]): Promise<string | undefined> => {
  const states = await Promise.all(devices.map(({ api }) => api.status()));
  const ids = new Set(states.map(({ device }) => device));
  const gaps = states.flatMap(({ name, peers }) =>
    peers
      .filter(({ device, connected }) => ids.has(device) && !connected)
      .map((peer) => `${name} - ${peer.name}`),
  );
  return gaps.length === 0 ? undefined : gaps.join(', ');
};
