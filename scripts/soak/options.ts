import { parseArgs } from 'node:util';
import { number, whole } from '../option-number.ts';

/** What a soak is to do. */
export interface SoakOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly devices: number;
  /** Whether each device gets a host of its own, which takes Linux and root. */
  readonly hosts: boolean;
  /** Where the homes are to be, and to stay; undefined: a folder for temporary files. */
  readonly keep: string | undefined;
}

/** How the script is called. */
export const USAGE = `npm run soak -- [--minutes N] [--seed N] [--devices N] [--hosts] [--keep FOLDER]

  --minutes  how long to go on (default 30)
  --seed     what all decisions follow from (default: a new one, which is printed)
  --devices  how many (default 5)
  --hosts    each device on a network namespace of its own: Linux and root only
  --keep     folder for the homes of the devices, which stay there`;

/** @throws Error, for people, when an option is unknown or makes no sense */
export const readOptions = (args: readonly string[]): SoakOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '30' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
      devices: { type: 'string', default: '5' },
      hosts: { type: 'boolean', default: false },
      keep: { type: 'string' },
    },
  });
  return {
    minutes: number('minutes', values.minutes, 0.1, 100_000),
    seed: whole('seed', values.seed, 0, Number.MAX_SAFE_INTEGER),
    devices: whole('devices', values.devices, 2, 100),
    hosts: values.hosts,
    keep: values.keep,
  };
};

/** The command that makes all decisions once more. */
export const replayCommand = ({ minutes, seed, devices, hosts }: SoakOptions): string =>
  `npm run soak -- --minutes ${minutes} --seed ${seed} --devices ${devices}${hosts ? ' --hosts' : ''}`;
