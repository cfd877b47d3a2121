import { spawnSync } from 'node:child_process';
import { statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

/** A disk of a test's own, in memory. */
export interface SmallDisk {
  /** Where it is mounted. */
  readonly dir: string;
  /** Takes all that is free. */
  fill(): void;
  /** Makes it larger, so that there is room again. */
  grow(): void;
}

const mount = (...words: readonly string[]): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', ...words], { stdio: 'ignore' }).status === 0;

/** A small disk, which is taken away at the end of the test; undefined where the system does not let this process mount one. */
export const smallDisk = (): SmallDisk | undefined => {
  const dir = temporaryFolder();
  if (process.platform !== 'linux' || !mount('-o', 'size=1m', 'smo-test', dir)) return undefined;
  onTestFinished(() => void spawnSync('umount', ['--lazy', dir]));
  return {
    dir,
    fill: () => {
      const { bavail, bsize } = statfsSync(dir);
      writeFileSync(join(dir, 'filling'), new Uint8Array(bavail * bsize));
    },
    grow: () => {
      if (!mount('-o', 'remount,size=64m', 'smo-test', dir)) throw new Error(`${dir} cannot be made larger`);
    },
  };
};
