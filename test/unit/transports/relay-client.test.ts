import { expect, test } from 'vitest';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import { namedRelays } from '../../../transports/reach-options.ts';
import { RelayClient } from '../../../transports/relay-client.ts';
import { deviceOf } from '../../support/numbered-device.ts';

const slots = (via: ReadonlySet<DeviceId>): number =>
  new RelayClient({
    via,
    isMember: () => true,
    connections: () => [],
    onRelay() {},
    random: () => 0,
  }).slots;

test('a device wants two relays, or as many as were named', () => {
  const named = [1, 2, 3].map((n) => `/ip4/10.0.0.1/tcp/${n}/p2p/${deviceOf(n)}`);
  expect([slots(namedRelays([])), slots(namedRelays(named.slice(0, 1))), slots(namedRelays(named))]).toEqual([
    2, 1, 3,
  ]);
  // Two addresses of one relay name one relay.
  expect(slots(namedRelays([...named.slice(0, 1), `/dns4/example.org/tcp/1/p2p/${deviceOf(1)}`]))).toBe(1);
});

test('a relay without its id, or something that is no address, is refused', () => {
  for (const text of ['/ip4/10.0.0.1/tcp/1', 'relay.example.org']) {
    expect(() => namedRelays([text])).toThrow(expect.objectContaining({ code: 'bad_address' }));
  }
});
