import { spawnSync } from 'node:child_process';
import { execPath } from 'node:process';
import { expect, test } from 'vitest';
import { deviceOf } from '../../support/numbered-device.ts';

/**
 * AutoNAT asks and dials at public addresses alone, and at none of the machine that asks. A network namespace
 * of its own can have such addresses on one machine; making one is not allowed everywhere.
 */
const inNamespace = (command: string) =>
  spawnSync(
    'unshare',
    [
      '--map-root-user',
      '--net',
      'sh',
      '-c',
      `ip link set lo up && ip addr add 11.0.0.1/32 dev lo && ip addr add 12.0.0.1/32 dev lo && ${command}`,
    ],
    { encoding: 'utf8', timeout: 25_000 },
  );

const isPossible = inNamespace('true').status === 0;

test.skipIf(!isPossible)('a member dials a public address back, and says that it leads here', () => {
  const script = new URL('./public-addresses.ts', import.meta.url).pathname;
  const { status, stdout, stderr } = inNamespace(`exec '${execPath}' '${script}'`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { told, history, addresses } = JSON.parse(stdout);
  expect(told).toBe(
    '1: this device can be reached at /ip4/11.0.0.1/tcp/4001: another one has dialled it there',
  );
  // Left as it is, the module would have hung up on the device that asked.
  expect(history.toSorted()).toEqual(['1 up', '2 up']);
  // Public addresses are told to others, verified or not.
  expect(addresses).toEqual([
    `/ip4/11.0.0.1/tcp/4001/p2p/${deviceOf(1)}`,
    `/ip4/12.0.0.1/tcp/4001/p2p/${deviceOf(2)}`,
  ]);
});
