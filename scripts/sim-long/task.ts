import type { RunTask } from '../../node/simulator/index.ts';
import { seedAfter } from '../../node/simulator/seeds.ts';
import { loadScenario } from '../../simulations/index.ts';
import type { LongOptions } from './options.ts';

/** All runs, in their order. */
export function* tasksOf({ runs, from, scenarios }: LongOptions): Generator<RunTask> {
  const loaded = scenarios.map((name) => loadScenario(name));
  for (let i = 0; i < runs; i += 1) {
    const scenario = loaded[i % loaded.length];
    if (scenario === undefined) return;
    const seed = seedAfter(from, Math.floor(i / loaded.length)).toString();
    yield { scenario, seed, mode: 'exact' };
  }
}

/** The command that runs a task once more. */
export const commandOf = ({ scenario, seed }: RunTask): string =>
  `smo sim run ${scenario.name} --seed ${seed}`;
