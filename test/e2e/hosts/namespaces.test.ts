import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { pid } from 'node:process';
import { expect, onTestFinished, test } from 'vitest';
import { createHosts, deleteNamespace, type Host, ip } from '../../../node/hosts/index.ts';
import { endWithTest } from '../../support/end-with-test.ts';
import { describeHosts } from './host-mesh.ts';

/** Namespaces that belong to a process. */
const namespacesOf = (owner: number): readonly string[] =>
  ip('netns', 'list')
    .split('\n')
    .flatMap((line) => line.split(' ')[0] ?? [])
    .filter((name) => name.startsWith(`smo-${owner}-`));

/** Links of this machine itself. Others may come and go, but none of them is a host's. */
const ownLinks = (): readonly string[] =>
  ip('-brief', 'link').match(/^(?:h\d|site-|trunk-|eth[1-9])\S*/gm) ?? [];

describeHosts('hosts', () => {
  test('touch nothing outside of their namespaces and leave nothing', async () => {
    const before = ownLinks();
    const hosts = createHosts('a', 'b', 'ab');
    onTestFinished(() => hosts.remove());
    expect(namespacesOf(pid)).toHaveLength(4);
    expect(ownLinks()).toEqual(before);
    const [host] = hosts.all;
    const [program = '', ...words] = [...(host?.command ?? []), 'sleep', '1000'];
    const child = endWithTest(spawn(program, words));
    await once(child, 'spawn');
    hosts.remove();
    // It is ended together with its host.
    const [, signal] = await once(child, 'close');
    expect(signal).toBe('SIGKILL');
    expect(namespacesOf(pid)).toEqual([]);
  });

  test('have no way to those that they avoid, and have it again', () => {
    const hosts = createHosts('a', 'a', 'a');
    onTestFinished(() => hosts.remove());
    const [one, two, three] = hosts.all as [Host, Host, Host];
    const reaches = (to: Host): boolean => {
      const [program = '', ...words] = [...one.command, 'ip', 'route', 'get', to.address];
      return spawnSync(program, words).status === 0;
    };
    const after = (...avoided: readonly Host[]): readonly boolean[] => {
      one.avoid(new Set(avoided.map(({ address }) => address)));
      return [reaches(two), reaches(three)];
    };
    expect(after(two)).toEqual([false, true]);
    expect(after(two, three)).toEqual([false, false]);
    expect(after(three)).toEqual([true, false]);
    expect(after()).toEqual([true, true]);
  });

  test('sweep away what a run that was killed has left', () => {
    const { pid: ended } = spawnSync('true');
    const name = `smo-${ended}-1-net`;
    ip('netns', 'add', name);
    onTestFinished(() => deleteNamespace(name));
    createHosts('a').remove();
    expect(namespacesOf(ended)).toEqual([]);
  });
});
