import { expect, test } from 'vitest';
import { type LocalNetwork, localNetworks, networkOf } from '../../../transports/local-networks.ts';

const wide: LocalNetwork = { address: '10.1.2.3', prefix: 8 };
const narrow: LocalNetwork = { address: '10.1.9.9', prefix: 24 };
const point: LocalNetwork = { address: '172.16.0.1', prefix: 32 };

test('an address is in the smallest network that holds it', () => {
  const networks = [wide, narrow, point];
  expect(networkOf(networks, '10.1.9.200')).toBe(narrow);
  expect(networkOf(networks, '10.1.8.200')).toBe(wide);
  expect(networkOf([...networks].reverse(), '10.1.9.200')).toBe(narrow);
  expect(networkOf(networks, '172.16.0.1')).toBe(point);
  expect(networkOf(networks, '172.16.0.2')).toBe(undefined);
  expect(networkOf([{ address: '0.0.0.0', prefix: 0 }], '8.8.8.8')?.prefix).toBe(0);
});

test('what is no address of IPv4 is in no network', () => {
  for (const text of ['', 'fe80::1', '10.1.9', 'host', '::ffff:10.1.9.9'])
    expect(networkOf([wide], text)).toBe(undefined);
  expect(
    networkOf(
      [
        { address: 'strange', prefix: 24 },
        { address: '10.0.0.1', prefix: 99 },
      ],
      '10.1.9.9',
    ),
  ).toBe(undefined);
});

test('the machine that runs this is in the loopback network', () => {
  expect(localNetworks()).toContainEqual({ address: '127.0.0.1', prefix: 8 });
});
