import { join } from 'node:path';
import { doJob } from '../frame/bench-process.ts';
import type { Lack, NegentropyCost, NegentropyJob } from './negentropy-job.ts';

const WORKER = join(import.meta.dirname, 'negentropy-worker.ts');

/** What negentropy takes for sets of one size, each of them found out once. */
export class NegentropyCosts {
  readonly #events: number;
  readonly #known = new Map<string, NegentropyCost>();

  constructor(events: number) {
    this.#events = events;
  }

  /** Has a process find out those that are not known yet. */
  async findOut(lacks: readonly Lack[]): Promise<void> {
    const unknown = new Map(lacks.map((lack) => [keyOf(lack), lack]));
    for (const key of this.#known.keys()) unknown.delete(key);
    if (unknown.size === 0) return;
    const job: NegentropyJob = { events: this.#events, lacks: [...unknown.values()] };
    const costs = await doJob<readonly NegentropyCost[]>(WORKER, job);
    for (const [n, key] of [...unknown.keys()].entries()) {
      const cost = costs[n];
      if (cost !== undefined) this.#known.set(key, cost);
    }
  }

  /** Of what was found out. */
  of(lack: Lack): NegentropyCost | undefined {
    return this.#known.get(keyOf(lack));
  }
}

const keyOf = (lack: Lack): string => JSON.stringify(lack);
