import { spawnSync } from 'node:child_process';
import { getuid, pid, platform } from 'node:process';
import { IpError, ip, tc, tryIp } from './ip.ts';

/** How long a package manager may take to install iproute2. */
const INSTALL_TIMEOUT_MS = 120_000;

/**
 * Why hosts cannot be made on this machine; undefined when they can. On a machine that lacks only iproute2, it is
 * installed first, where that is a matter of apt-get.
 */
export const hostsUnavailable = (): string | undefined => {
  if (platform !== 'linux') return 'network namespaces are a part of Linux';
  if (getuid?.() !== 0) return 'only root may make network namespaces';
  if (!isInstalled() && !install()) return 'there is no iproute2, and it could not be installed';
  return probe();
};

const isInstalled = (): boolean => ['ip', 'tc'].every((program) => succeeds(program, '-V'));

/** The lists of packages are fetched only when those at hand do not do. */
const install = (): boolean => {
  const aptGet = (...args: readonly string[]): boolean =>
    succeeds('apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=60', ...args);
  const iproute2 = ['install', '--yes', '--no-install-recommends', 'iproute2'];
  return (aptGet(...iproute2) || (aptGet('update') && aptGet(...iproute2))) && isInstalled();
};

const succeeds = (program: string, ...args: readonly string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore', timeout: INSTALL_TIMEOUT_MS }).status === 0;

/** Tries everything that hosts are made of: root in a container may lack the right, or the kernel a module. */
const probe = (): string | undefined => {
  const namespace = `smo-${pid}-probe`;
  try {
    ip('netns', 'add', namespace);
    ip('-n', namespace, 'link', 'add', 'bridge', 'type', 'bridge');
    ip('-n', namespace, 'link', 'add', 'left', 'type', 'veth', 'peer', 'name', 'right');
    tc(namespace, 'qdisc', 'add', 'dev', 'left', 'root', 'blackhole');
    return undefined;
  } catch (error) {
    if (!(error instanceof IpError)) throw error;
    return `this system refuses what hosts are made of: ${error.message}`;
  } finally {
    tryIp('netns', 'delete', namespace);
  }
};
