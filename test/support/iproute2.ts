import { spawnSync } from 'node:child_process';
import { getuid, platform } from 'node:process';
import { hasIproute2, hostsUnavailable } from '../../node/hosts/index.ts';

/** How long a package manager may take to install iproute2. */
const INSTALL_TIMEOUT_MS = 120_000;

/**
 * Why hosts cannot be made on this machine; undefined when they can. On a machine that lacks only iproute2, it is
 * installed first, where that is a matter of apt-get.
 */
export const hostsUnavailableHere = (): string | undefined => {
  if (platform === 'linux' && getuid?.() === 0 && !hasIproute2()) install();
  return hostsUnavailable();
};

/** The lists of packages are fetched only when those at hand do not do. */
const install = (): void => {
  const iproute2 = ['install', '--yes', '--no-install-recommends', 'iproute2'];
  if (!aptGet(...iproute2) && aptGet('update')) aptGet(...iproute2);
};

const aptGet = (...args: readonly string[]): boolean =>
  spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=60', ...args], {
    stdio: 'ignore',
    timeout: INSTALL_TIMEOUT_MS,
  }).status === 0;
