import { spawnSync } from 'node:child_process';
import { getuid, platform } from 'node:process';

/** How long a package manager may take. */
const INSTALL_TIMEOUT_MS = 120_000;

/** Installs a package for tests that need it, where that is a matter of apt-get; elsewhere they are left out. */
export const installPackage = (name: string): void => {
  if (platform !== 'linux' || getuid?.() !== 0) return;
  const install = ['install', '--yes', '--no-install-recommends', name];
  // The lists of packages are fetched only when those at hand do not do.
  if (!aptGet(...install) && aptGet('update')) aptGet(...install);
};

const aptGet = (...args: readonly string[]): boolean =>
  spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=60', ...args], {
    stdio: 'ignore',
    timeout: INSTALL_TIMEOUT_MS,
  }).status === 0;
