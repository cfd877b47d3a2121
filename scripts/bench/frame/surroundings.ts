import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const ROOT = join(import.meta.dirname, '../../..');

/** What figures depend on beside the program. */
export interface Surroundings {
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly memoryGiB: number;
    readonly system: string;
  };
  /** Of the project, of Node, and of the packages that are named. */
  readonly versions: Readonly<Record<string, string>>;
}

export const surroundings = (packages: readonly string[]): Surroundings => ({
  machine: {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()} ${process.arch}`,
  },
  versions: {
    'smo-mesh': versionIn(ROOT) ?? 'unknown',
    node: process.versions.node,
    ...Object.fromEntries(packages.flatMap((name) => versionOf(name))),
  },
});

/** The load of the last minute: figures taken while others work on the same cores are lower. */
export const loadNow = (): number => Number((loadavg()[0] ?? 0).toFixed(2));

const versionOf = (name: string): readonly (readonly [string, string])[] => {
  const folders = [join(ROOT, 'node_modules', name), join(ROOT, 'scripts/bench/peers/node_modules', name)];
  const version = folders.map(versionIn).find((found) => found !== undefined);
  return version === undefined ? [] : [[name, version]];
};

const versionIn = (folder: string): string | undefined => {
  const file = join(folder, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined;
};
