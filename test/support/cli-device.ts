import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import type { NodeApi } from '../../node/api/index.ts';
import { connectControl } from '../../node/control/index.ts';
import { endWithTest } from './end-with-test.ts';
import { COMPILE_CACHE, PROGRAM } from './program.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** How a command ended. */
export interface CliOutcome {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A failure as both forms of a command told it. */
export interface CliFailure {
  readonly exit: number | null;
  readonly code: string;
  /** The one line on stderr, without the name of the program. */
  readonly line: string;
}

export interface RunOptions {
  /** Written to the standard input. */
  readonly input?: string;
  readonly cwd?: string;
}

export interface FailOptions extends RunOptions {
  /** For commands that a second one at the same time would disturb. */
  readonly oneByOne?: boolean;
}

/** One machine of a test: a folder for the homes, and an environment in which nothing of the person's own counts. */
export interface Machine {
  readonly dir: string;
  /** A device of this machine; its home need not exist yet. */
  device(name: string, home?: string): CliDevice;
  /** Starts the program. The process is ended at the end of the test if it still runs. */
  spawn(args: readonly string[], cwd?: string): ChildProcessWithoutNullStreams;
}

/** A machine for one test, with more in its environment if need be. */
export const newMachine = (more: NodeJS.ProcessEnv = {}): Machine => {
  const dir = temporaryFolder();
  const temporary = join(dir, 'tmp');
  mkdirSync(temporary);
  const environment = {
    PATH: env.PATH,
    HOME: dir,
    TMPDIR: temporary,
    ...COMPILE_CACHE,
    SMO_STATE_HOME: join(dir, 'state'),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    ...more,
  };
  const machine: Machine = {
    dir,
    device: (name, home = join(dir, name)) => new CliDevice(machine, name, home),
    spawn: (args, cwd = dir) => endWithTest(spawn(execPath, [PROGRAM, ...args], { cwd, env: environment })),
  };
  return machine;
};

/** Runs the program to its end. */
export const runProgram = async (
  machine: Machine,
  args: readonly string[],
  { input = '', cwd }: RunOptions = {},
): Promise<CliOutcome> => {
  const child = machine.spawn(args, cwd);
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  // A command that fails early does not read its input.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [exit] = await once(child, 'close');
  return { exit, ...texts };
};

/** Asserts that a failure is one line on stderr, or one JSON document on stdout; both of one command. */
export const assertFailure = (human: CliOutcome, program: CliOutcome): CliFailure => {
  expect(human).toEqual({
    exit: expect.any(Number),
    stdout: '',
    stderr: expect.stringMatching(/^smo: [^\n]+\.\n$/),
  });
  expect(human.exit).toBeGreaterThan(0);
  expect({ exit: program.exit, stderr: program.stderr }).toEqual({ exit: human.exit, stderr: '' });
  const { error } = JSON.parse(program.stdout);
  expect(error).toEqual({ code: expect.any(String), message: expect.any(String), hint: expect.any(String) });
  return { exit: human.exit, code: error.code, line: human.stderr.slice('smo: '.length).trimEnd() };
};

/** A device of a test: commands on its home, each a process of its own. */
export class CliDevice {
  readonly name: string;
  readonly home: string;
  readonly machine: Machine;

  constructor(machine: Machine, name: string, home: string) {
    this.machine = machine;
    this.name = name;
    this.home = home;
  }

  run(args: readonly string[], options?: RunOptions): Promise<CliOutcome> {
    return runProgram(this.machine, ['--home', this.home, ...args], options);
  }

  /** Runs a command that must succeed, and gives what it printed for people. */
  async text(...args: readonly string[]): Promise<string> {
    const { exit, stdout, stderr } = await this.run(args);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    return stdout;
  }

  /** Runs a command that must succeed, and gives its one JSON document. */
  async json(args: readonly string[], options?: RunOptions): Promise<ReturnType<typeof JSON.parse>> {
    const { exit, stdout, stderr } = await this.run(['--json', ...args], options);
    expect({ exit, stderr, stdout }).toEqual({
      exit: 0,
      stderr: '',
      stdout: expect.stringMatching(/^.+\n$/),
    });
    return JSON.parse(stdout);
  }

  /** Runs a command that must fail, in both forms, and asserts that each tells it as every failure is told. */
  async fails(
    args: readonly string[],
    { oneByOne = false, ...options }: FailOptions = {},
  ): Promise<CliFailure> {
    const human = this.run(args, options);
    if (oneByOne) await human;
    const program = this.run(['--json', ...args], options);
    return assertFailure(await human, await program);
  }

  /** Starts `smo up` on the loopback interface and waits until it is ready. */
  up(...options: readonly string[]): Promise<RunningDevice> {
    return this.start('--listen', '/ip4/127.0.0.1/tcp/0', '--no-mdns', ...options);
  }

  /** Starts `smo up` with these options alone. */
  async start(...options: readonly string[]): Promise<RunningDevice> {
    const child = this.machine.spawn(['--home', this.home, '--json', 'up', ...options]);
    const log: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
    const lines = createInterface({ input: child.stdout });
    const closed = once(child, 'close');
    const [line] = await Promise.race([once(lines, 'line'), closed.then(() => ['nothing'])]);
    if (!String(line).startsWith('{"ready":true'))
      throw new Error(`${this.name} said: ${line}\n${log.join('\n')}`);
    const ready: Ready = JSON.parse(line);
    const api = await connectControl(ready.socket);
    if (api === undefined) throw new Error(`nobody answers at ${ready.socket}`);
    return { ready, api, log, child, closed, end: (signal) => endWith(child, closed, signal) };
  }
}

/** What `smo up --json` prints when it listens. */
export interface Ready {
  readonly ready: true;
  readonly device: string;
  readonly addresses: readonly string[];
  readonly socket: string;
}

/** A device that is up. */
export interface RunningDevice {
  readonly ready: Ready;
  /** Through its control socket. */
  readonly api: NodeApi;
  /** Lines that it has logged so far. */
  readonly log: readonly string[];
  readonly child: ChildProcessWithoutNullStreams;
  readonly closed: Promise<readonly unknown[]>;
  /** Sends a signal and waits for the end of the process. */
  end(signal: NodeJS.Signals): Promise<Ended>;
}

export interface Ended {
  readonly exit: number | null;
  readonly tookMs: number;
}

const endWith = async (
  child: ChildProcessWithoutNullStreams,
  closed: Promise<readonly unknown[]>,
  signal: NodeJS.Signals,
): Promise<Ended> => {
  const beganMs = performance.now();
  child.kill(signal);
  await closed;
  return { exit: child.exitCode, tookMs: Math.round(performance.now() - beganMs) };
};
