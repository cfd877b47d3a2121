import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SmoError } from '../../protocol/fault/index.ts';
import type { EventView, NodeApi, Status } from '../api/index.ts';
import { connectControl } from '../control/index.ts';

/** How the processes of a demo are started. */
export interface DemoLaunch {
  /** Words that start the program. */
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Folder that holds the homes, one a device. */
  readonly folder: string;
}

/** What `smo up --json` prints when it listens. */
interface Ready {
  readonly device: string;
  readonly addresses: readonly string[];
  readonly socket: string;
}

/** One device of the demo: a home, and the process that runs on it. */
export class DeviceProcess {
  readonly name: string;
  readonly home: string;
  readonly #launch: DemoLaunch;
  /** Length of each log that the device is known to have applied. */
  readonly #applied = new Map<string, number>();
  readonly #watchers = new Set<() => void>();
  #child: ChildProcess | undefined;
  #ready: Ready | undefined;
  #api: NodeApi | undefined;
  /** Bytes of runs that have ended. */
  #earlier = { bytesIn: 0, bytesOut: 0 };

  constructor(name: string, launch: DemoLaunch) {
    this.name = name;
    this.home = join(launch.folder, name);
    this.#launch = launch;
  }

  get api(): NodeApi {
    if (this.#api === undefined) throw new TypeError(`${this.name} is not up`);
    return this.#api;
  }

  /** Id of the device; empty before it is up. */
  get device(): string {
    return this.#ready?.device ?? '';
  }

  get addresses(): readonly string[] {
    return this.#ready?.addresses ?? [];
  }

  /** Runs a command that ends, and gives its JSON. */
  async run(...args: readonly string[]): Promise<unknown> {
    const [program = '', ...words] = this.#launch.command;
    const child = spawn(program, [...words, '--home', this.home, '--json', ...args], {
      env: this.#launch.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const [code] = await once(child, 'close');
    const result = parse(output);
    if (code === 0) return result;
    const error = (result as { error?: { code?: string; message?: string } } | undefined)?.error;
    throw new SmoError(
      error?.code ?? 'demo_failed',
      `${this.name}: smo ${args[0]}: ${error?.message ?? `exit ${code}`}`,
    );
  }

  /** Starts `smo up` and waits until it listens. */
  async up(dial: readonly string[]): Promise<void> {
    const [program = '', ...words] = this.#launch.command;
    const options = [
      '--listen',
      '/ip4/127.0.0.1/tcp/0',
      '--no-mdns',
      ...dial.flatMap((address) => ['--dial', address]),
    ];
    const child = spawn(program, [...words, '--home', this.home, '--json', 'up', ...options], {
      env: this.#launch.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stderr.resume();
    const lines = createInterface({ input: child.stdout });
    const [line] = await Promise.race([once(lines, 'line'), once(child, 'close').then(() => [''])]);
    const ready = parse(String(line)) as Ready | undefined;
    const api = ready?.socket === undefined ? undefined : await connectControl(ready.socket);
    if (ready === undefined || api === undefined) {
      throw new SmoError('demo_failed', `${this.name} did not start: ${line}`);
    }
    this.#ready = ready;
    this.#api = api;
    this.#follow(api);
  }

  /** Ends the process without any warning, as a power cut would. */
  async kill(): Promise<void> {
    const { traffic } = await this.api.status();
    this.#earlier = addTraffic(this.#earlier, traffic);
    await this.#end('SIGKILL');
  }

  /** Asks the process to stop, and waits until it has. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Status, with the traffic of all runs. */
  async status(): Promise<Status> {
    const status = await this.api.status();
    return { ...status, traffic: addTraffic(this.#earlier, status.traffic) };
  }

  /** Whether the device has applied a log up to a seq. */
  holds(origin: string, seq: number): boolean {
    return (this.#applied.get(origin) ?? 0) >= seq;
  }

  /** Calls back after each event that the device applies; returns the way to stop. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Reads the device's log as it grows, until the process ends. */
  #follow(api: NodeApi): void {
    const read = async (): Promise<void> => {
      for await (const event of api.log({ follow: true })) this.#note(event);
    };
    // The stream breaks when the process ends, which is how each run of the demo ends too.
    read().catch(() => undefined);
  }

  #note({ origin, seq }: EventView): void {
    if (!this.holds(origin, seq)) this.#applied.set(origin, seq);
    for (const watcher of this.#watchers) watcher();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    this.#api = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
  }
}

const addTraffic = (a: Status['traffic'], b: Status['traffic']): Status['traffic'] => ({
  bytesIn: a.bytesIn + b.bytesIn,
  bytesOut: a.bytesOut + b.bytesOut,
});

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
