import { parseArgs } from 'node:util';
import { whole } from '../option-number.ts';
import { LIVES, type LifeName } from './lives/index.ts';

/** What is to be tried. */
export interface PowerCutOptions {
  readonly lives: readonly LifeName[];
  /** Disks of each life that are looked at, at most. */
  readonly disks: number;
  readonly seed: number;
  /** Where disks stay on which something was wrong; undefined: a folder for temporary files. */
  readonly keep: string | undefined;
}

const NAMES = Object.keys(LIVES) as readonly LifeName[];

/** How the script is called. */
export const USAGE = `npm run power-cuts -- [--life NAME]... [--disks N] [--seed N] [--keep FOLDER]

  --life    only this part of the life of a device, may be repeated:
${NAMES.map((name) => `              ${name.padEnd(8)} ${LIVES[name].what}`).join('\n')}
  --disks   how many to look at of each, at most (default 300)
  --seed    what is drawn among them, and what is lost, follows from it (default 1)
  --keep    folder for disks on which something is wrong`;

/** @throws Error, for people, when an option is unknown or makes no sense */
export const readOptions = (args: readonly string[]): PowerCutOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      life: { type: 'string', multiple: true, default: [...NAMES] },
      disks: { type: 'string', default: '300' },
      seed: { type: 'string', default: '1' },
      keep: { type: 'string' },
    },
  });
  return {
    lives: values.life.map(lifeName),
    disks: whole('disks', values.disks, 1, 1_000_000),
    seed: whole('seed', values.seed, 0, Number.MAX_SAFE_INTEGER),
    keep: values.keep,
  };
};

const lifeName = (text: string): LifeName => {
  const name = NAMES.find((known) => known === text);
  if (name === undefined) throw new Error(`--life is one of ${NAMES.join(', ')}, not "${text}"`);
  return name;
};
