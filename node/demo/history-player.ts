import {
  assignToDevices,
  type DeviceCommit,
  draftsOfCommit,
  type GitCommit,
} from '../../protocol/git-history/index.ts';
import { until } from './condition.ts';
import type { DeviceProcess } from './device-process.ts';

/** Where a commit's last event is. */
interface CommitEnd {
  readonly origin: string;
  readonly seq: number;
}

/** What happens to the devices while a history is played. */
export interface PlayScript {
  /** Called before each commit with how many are done. */
  before(done: number): Promise<void>;
  /** Called when no device can go on; returns whether that has changed anything. */
  stuck(): Promise<boolean>;
}

/**
 * Plays a history on several devices: each writes the commits of its authors, in order, and a commit only once
 * it holds all of the commit's ancestors.
 */
export class HistoryPlayer {
  readonly #devices: readonly DeviceProcess[];
  readonly #signal: AbortSignal;
  readonly #queues: DeviceCommit[][];
  readonly #commits: ReadonlyMap<string, GitCommit>;
  readonly #ends = new Map<string, CommitEnd>();
  readonly total: number;
  #done = 0;

  constructor(devices: readonly DeviceProcess[], commits: readonly GitCommit[], signal: AbortSignal) {
    this.#devices = devices;
    this.#signal = signal;
    this.#commits = new Map(commits.map((commit) => [commit.id, commit]));
    const shares = assignToDevices(commits, devices.length);
    this.#queues = devices.map((_, i) => shares.filter(({ device }) => device === i));
    this.total = shares.length;
  }

  get done(): number {
    return this.#done;
  }

  async play(script: PlayScript, onCommit: () => void): Promise<void> {
    while (this.#done < this.total) {
      this.#signal.throwIfAborted();
      await script.before(this.#done);
      const next = this.#next() ?? ((await script.stuck()) ? this.#next() : await this.#wait());
      if (next === undefined) continue;
      await this.#write(next);
      this.#done += 1;
      onCommit();
    }
  }

  /** The first commit that its device can write now; the devices take turns where several can. */
  #next(): number | undefined {
    for (let i = 0; i < this.#devices.length; i += 1) {
      const device = (this.#done + i) % this.#devices.length;
      const commit = this.#queues[device]?.[0];
      if (commit !== undefined && this.#isReady(device, commit.commit)) return device;
    }
    return undefined;
  }

  async #wait(): Promise<number | undefined> {
    await until(
      'a device holds what its next commit builds on',
      this.#devices,
      this.#signal,
      () => this.#next() !== undefined,
    );
    return this.#next();
  }

  #isReady(number: number, commit: GitCommit): boolean {
    const device = this.#devices[number];
    return this.#ancestors(commit).every((end) => end !== undefined && device?.holds(end.origin, end.seq));
  }

  /** Ends of the nearest ancestors that wrote something; undefined for one that is not written yet. */
  #ancestors(commit: GitCommit): readonly (CommitEnd | undefined)[] {
    const ends: (CommitEnd | undefined)[] = [];
    const visited = new Set<string>();
    const open = [...commit.parents];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const parent = this.#commits.get(id);
      if (parent === undefined || visited.has(id)) continue;
      visited.add(id);
      if (parent.changes.length > 0) ends.push(this.#ends.get(id));
      else open.push(...parent.parents);
    }
    return ends;
  }

  async #write(number: number): Promise<void> {
    const device = this.#devices[number];
    const next = this.#queues[number]?.shift();
    if (device === undefined || next === undefined)
      throw new RangeError(`device ${number} has nothing to write`);
    const { events } = await device.api.append({ drafts: draftsOfCommit(next.commit) });
    const last = events.at(-1);
    if (last !== undefined) this.#ends.set(next.commit.id, last);
  }
}
