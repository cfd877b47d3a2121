import { parseArgs } from 'node:util';
import { whole } from '../option-number.ts';
import { WORKLOADS, type WorkloadName } from './workloads/index.ts';

/** What is to be tried. */
export interface PowerCutOptions {
  readonly workloads: readonly WorkloadName[];
  /** Crash states of each workload that are looked at, at most. */
  readonly states: number;
  readonly seed: number;
  /** Where crash states stay in which something was wrong; undefined: a folder for temporary files. */
  readonly keep: string | undefined;
}

const NAMES = Object.keys(WORKLOADS) as readonly WorkloadName[];

/** How the script is called. */
export const USAGE = `npm run power-cuts -- [--workload NAME]... [--states N] [--seed N] [--keep FOLDER]

  --workload  what a device does when the power goes, may be repeated (default: all):
${NAMES.map((name) => `                ${name.padEnd(8)} ${WORKLOADS[name].what}`).join('\n')}
  --states    how many crash states to look at of each, at most (default 300)
  --seed      what is drawn among them, and what is lost, follows from it (default 1)
  --keep      folder for crash states in which something is wrong`;

/** @throws Error, for people, when an option is unknown or makes no sense */
export const readOptions = (args: readonly string[]): PowerCutOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      workload: { type: 'string', multiple: true, default: [...NAMES] },
      states: { type: 'string', default: '300' },
      seed: { type: 'string', default: '1' },
      keep: { type: 'string' },
    },
  });
  return {
    workloads: values.workload.map(workloadName),
    states: whole('states', values.states, 1, 1_000_000),
    seed: whole('seed', values.seed, 0, Number.MAX_SAFE_INTEGER),
    keep: values.keep,
  };
};

const workloadName = (text: string): WorkloadName => {
  const name = NAMES.find((known) => known === text);
  if (name === undefined) throw new Error(`--workload is one of ${NAMES.join(', ')}, not "${text}"`);
  return name;
};
