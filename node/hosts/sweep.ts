import { kill, pid as self } from 'node:process';
import { ip, tryIp } from './ip.ts';

/** Namespaces of this library: `smo-<pid of the run>-<anything>`. */
const NAMESPACE = /^smo-(\d+)-\S+/;

/** Deletes a namespace with all that is in it, processes included, unless it is gone. */
export const deleteNamespace = (name: string): void => {
  for (const pid of tryIp('netns', 'pids', name).split('\n').filter(Boolean)) end(Number(pid));
  tryIp('netns', 'delete', name);
};

/** Deletes what runs that were killed have left behind. */
export const sweepStale = (): void => {
  for (const line of ip('netns', 'list').split('\n')) {
    const [name, owner] = NAMESPACE.exec(line) ?? [];
    if (name !== undefined && Number(owner) !== self && !isAlive(Number(owner))) deleteNamespace(name);
  }
};

const end = (pid: number): void => {
  try {
    kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
};

const isAlive = (pid: number): boolean => {
  try {
    kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
