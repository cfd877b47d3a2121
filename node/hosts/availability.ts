import { spawnSync } from 'node:child_process';
import { getuid, pid, platform } from 'node:process';
import { IpError, ip, tc, tryIp } from './ip.ts';

/** Why hosts cannot be made on this machine; undefined when they can. */
export const hostsUnavailable = (): string | undefined => {
  if (platform !== 'linux') return 'network namespaces are a part of Linux';
  if (getuid?.() !== 0) return 'only root may make network namespaces';
  if (!hasIproute2()) return 'there is no iproute2, which makes them';
  return probe();
};

/** Whether the programs are there that hosts are made with. */
export const hasIproute2 = (): boolean =>
  ['ip', 'tc'].every((program) => spawnSync(program, ['-V'], { stdio: 'ignore' }).status === 0);

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
