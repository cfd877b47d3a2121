import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { parseSeed } from '../../node/cli/commands/simulation/seed-option.ts';
import { listScenarios } from '../../simulations/index.ts';
import { whole } from '../option-number.ts';

/** What is to be run. */
export interface LongOptions {
  /** Runs in all; the scenarios take turns. */
  readonly runs: number;
  /** The first seed; all scenarios are run with one before the next comes. */
  readonly from: bigint;
  /** Processes at a time. */
  readonly jobs: number;
  readonly scenarios: readonly string[];
}

/** How the script is called. */
export const USAGE = `npm run sim:long -- [--seeds N] [--from SEED] [--jobs J] [--scenario NAME]...

  --seeds     runs in all, over which the scenarios take turns (default 10000)
  --from      the first seed (default 1); all scenarios are run with it, then with the next one
  --jobs      processes at a time (default: one a core)
  --scenario  only this one of the library; may be given several times`;

/** @throws Error, for people, when an option is unknown or makes no sense */
export const readOptions = (args: readonly string[]): LongOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '10000' },
      from: { type: 'string', default: '1' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      scenario: { type: 'string', multiple: true },
    },
  });
  const known = listScenarios().map(({ name }) => name);
  for (const name of values.scenario ?? []) {
    if (!known.includes(name))
      throw new Error(`there is no scenario ${name}; there are: ${known.join(', ')}`);
  }
  return {
    runs: whole('seeds', values.seeds, 1, 1_000_000_000),
    from: parseSeed(values.from),
    jobs: whole('jobs', values.jobs, 1, 1_000),
    scenarios: values.scenario ?? known,
  };
};
