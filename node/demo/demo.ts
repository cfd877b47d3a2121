import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareTree, type GitHistory } from '../../protocol/git-history/index.ts';
import type { DemoDevice, DemoInput, DemoPartition, DemoReport } from '../cli/index.ts';
import { interrupted, until } from './condition.ts';
import { type DemoLaunch, DeviceProcess } from './device-process.ts';
import { findHistory } from './find-history.ts';
import { HistoryPlayer } from './history-player.ts';
import { Interruptions } from './interruptions.ts';
import { CONFLICT_ENTITY, playPartition } from './partition.ts';

/** Steps beside the commits, for the progress bar. */
const STEPS = { partition: 1, seal: 1, verify: 1 } as const;

/** Names of the first devices; more are numbered. */
const NAMES = ['laptop', 'desktop', 'server'];

/**
 * Runs several devices as processes of their own on this machine through a real history: pairs them, lets them
 * write while some are cut off, brings them together, makes a conflict and resolves it, seals and verifies, and
 * compares the outcome with git.
 *
 * @throws SmoError when something does not happen that has to
 */
export const runDemo = async (input: DemoInput): Promise<DemoReport> => {
  const scratch = await mkdtemp(join(tmpdir(), 'smo-demo-'));
  const folder = input.keep ?? join(scratch, 'homes');
  const launch: DemoLaunch = {
    command: input.command,
    // The markers of the demo's devices do not belong among those of the person's own.
    env: { ...process.env, SMO_STATE_HOME: join(scratch, 'state') },
    folder,
  };
  const names = Array.from({ length: input.devices }, (_, i) => NAMES[i] ?? `device-${i + 1}`);
  const devices = names.map((name) => new DeviceProcess(name, launch));
  try {
    return await new Demo(input, devices, scratch).run();
  } catch (error) {
    throw input.signal.aborted ? interrupted() : error;
  } finally {
    await Promise.all(devices.map((device) => device.stop()));
    await rm(scratch, { recursive: true, force: true });
  }
};

class Demo {
  readonly #input: DemoInput;
  readonly #devices: readonly DeviceProcess[];
  readonly #scratch: string;
  readonly #beganMs = Date.now();
  readonly #story: string[] = [];
  #done = 0;
  #total = 1;

  constructor(input: DemoInput, devices: readonly DeviceProcess[], scratch: string) {
    this.#input = input;
    this.#devices = devices;
    this.#scratch = scratch;
  }

  async run(): Promise<DemoReport> {
    this.#show('the history is read from git');
    const { source, history } = await findHistory(this.#input.git, this.#scratch);
    const player = new HistoryPlayer(this.#devices, history.commits, this.#input.signal);
    this.#total = this.#devices.length + player.total + STEPS.partition + STEPS.seal + STEPS.verify;
    await this.#pair();
    await this.#play(player);
    const partition = await this.#partition();
    await this.#seal();
    return this.#report(source, history, partition);
  }

  /** The first device makes the space and invites the others, one after the other. */
  async #pair(): Promise<void> {
    const [first, ...others] = this.#devices;
    if (first === undefined) return;
    this.#show(`${first.name} makes a space`);
    await first.run('init', '--name', first.name, '--space', 'demo');
    await first.up([]);
    this.#step();
    for (const device of others) {
      this.#show(`${device.name} joins`);
      const { ticket } = await first.api.invite({ role: 'writer', expiresInMs: 60_000 });
      await device.run('join', ticket, '--name', device.name);
      const known = this.#devices.slice(0, this.#devices.indexOf(device));
      await device.up(known.flatMap(({ addresses }) => addresses));
      this.#step();
    }
  }

  async #play(player: HistoryPlayer): Promise<void> {
    const show = (phase: string): void => this.#show(phase);
    const interruptions = new Interruptions(this.#devices, player, this.#input.crash, show);
    await player.play(interruptions, () => this.#step());
    await interruptions.end();
    this.#show('all devices catch up');
    await this.#converge();
  }

  async #partition(): Promise<DemoPartition> {
    const partition = await playPartition({
      devices: this.#devices,
      signal: this.#input.signal,
      show: (phase) => this.#show(phase),
      converge: (devices) => this.#converge(devices),
    });
    this.#step();
    return partition;
  }

  async #seal(): Promise<void> {
    this.#show('every device seals its log');
    for (const { api } of this.#devices) {
      await api.seal();
      // One after the other: devices that each lack the other's seal have as many as each other.
      await this.#converge();
    }
    this.#step();
  }

  /** Waits until the devices hold the same logs and seals, and have the same digest. */
  async #converge(devices: readonly DeviceProcess[] = this.#devices): Promise<void> {
    await until('the devices agree', devices, this.#input.signal, async () => {
      const states = await Promise.all(devices.map(({ api }) => api.status()));
      const views = new Set(
        states.map(({ digest, segments, frontier, waiting }) =>
          JSON.stringify([digest, segments, Object.entries(frontier).sort(), waiting]),
        ),
      );
      return views.size === 1 && states.every(({ waiting }) => waiting.length === 0);
    });
  }

  async #report(source: string, history: GitHistory, partition: DemoPartition): Promise<DemoReport> {
    this.#show('every device verifies every record that it holds');
    const devices: DemoDevice[] = [];
    let stateEqualsGit = true;
    let conflictsClosed = 0;
    for (const device of this.#devices) {
      const [verified, status, { entities }] = await Promise.all([
        device.api.verify(),
        device.status(),
        device.api.list(),
      ]);
      const paths = new Map(Object.entries(entities).filter(([id]) => id !== CONFLICT_ENTITY));
      stateEqualsGit &&= compareTree(history.tree, paths).length === 0 && status.openConflicts === 0;
      conflictsClosed = status.closedConflicts;
      devices.push({
        name: device.name,
        device: status.device,
        events: status.events,
        segments: status.segments,
        bytesIn: status.traffic.bytesIn,
        bytesOut: status.traffic.bytesOut,
        digest: status.digest,
        verified: verified.ok,
      });
    }
    this.#step();
    const converged = new Set(devices.map(({ digest }) => digest)).size === 1;
    return {
      ok: converged && stateEqualsGit && devices.every(({ verified }) => verified),
      story: this.#story,
      source,
      commits: history.commits.length,
      events: devices[0]?.events ?? 0,
      segments: devices[0]?.segments ?? 0,
      bytesMoved: devices.reduce((sum, { bytesOut }) => sum + bytesOut, 0),
      conflictsClosed,
      converged,
      stateEqualsGit,
      durationMs: Date.now() - this.#beganMs,
      partition,
      devices,
    };
  }

  #show(phase: string): void {
    this.#input.signal.throwIfAborted();
    this.#story.push(phase);
    this.#input.onProgress({ phase, done: this.#done, total: this.#total });
  }

  #step(): void {
    this.#done += 1;
    const phase = this.#story.at(-1) ?? '';
    this.#input.onProgress({ phase, done: this.#done, total: this.#total });
  }
}
