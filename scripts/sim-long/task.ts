import type { Outcome } from '../../simulations/index.ts';
import type { LongOptions } from './options.ts';

/** One run. */
export interface Task {
  readonly scenario: string;
  /** In decimal digits, as bigints do not pass from process to process. */
  readonly seed: string;
}

/** What a run came to, as far as it matters here. */
export interface Result extends Pick<Outcome, 'verdict' | 'missed' | 'peakMemoryBytes' | 'wallMs'> {
  /** What was wrong, a sentence each. */
  readonly problems: readonly string[];
}

const SEEDS = 2n ** 64n;

/** All runs, in their order. */
export function* tasksOf({ runs, from, scenarios }: LongOptions): Generator<Task> {
  for (let i = 0; i < runs; i += 1) {
    const scenario = scenarios[i % scenarios.length] ?? '';
    const seed = (from + BigInt(Math.floor(i / scenarios.length))) % SEEDS;
    yield { scenario, seed: seed.toString() };
  }
}

/** The command that runs a task once more. */
export const commandOf = ({ scenario, seed }: Task): string => `smo sim run ${scenario} --seed ${seed}`;

/** The result of a run that came to no end. */
export const brokenResult = (problem: string, wallMs: number): Result => ({
  verdict: 'fail',
  missed: [],
  peakMemoryBytes: 0,
  wallMs,
  problems: [problem],
});
