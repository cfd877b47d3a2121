import { describe, expect, test } from 'vitest';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import { DialPlan } from '../../../transports/dial-plan.ts';
import { deviceOf } from '../../e2e/transports/rig.ts';

const [self, a, b, stranger] = [deviceOf(1), deviceOf(2), deviceOf(3), deviceOf(4)];
const at = (port: number, device?: DeviceId): string =>
  `/ip4/10.0.0.1/tcp/${port}${device === undefined ? '' : `/p2p/${device}`}`;

const world = (dial: readonly string[], book: readonly (readonly [DeviceId, readonly string[]])[] = []) => {
  const connected = new Set<DeviceId>();
  const sightings = new Map<DeviceId, readonly string[]>();
  const plan = new DialPlan({
    self,
    dial,
    addressBook: { list: () => book.map(([device, addresses]) => ({ device, addresses, lastSeenMs: 0 })) },
    isMember: (device) => device !== stranger,
    isConnected: (device) => connected.has(device),
    sightings: () => sightings,
  });
  return { plan, connected, sightings };
};

describe('dial plan', () => {
  test('puts what was seen first, then what is remembered, then what is configured, each once', () => {
    const { plan, sightings } = world([at(3, a), at(2, a)], [[a, [at(2), at(1)]]]);
    sightings.set(a, [at(1, a)]);
    expect(plan.targets()).toEqual([{ key: a, addresses: [at(1, a), at(2, a), at(3, a)] }]);
  });

  test('leaves out who is connected, no member, this device, or without a usable address', () => {
    const book = [
      [a, [at(1)]],
      [b, [at(2)]],
      [self, [at(3)]],
      [stranger, [at(4)]],
    ] as const;
    const { plan, connected } = world([], book);
    connected.add(a);
    expect(plan.targets().map(({ key }) => key)).toEqual([b]);
    expect(world([], [[b, []]]).plan.targets()).toEqual([]);
    expect(world([], [[b, ['nonsense', at(1, a)]]]).plan.targets()).toEqual([]);
  });

  test('an address without a device is dialled until it is known who answers there', () => {
    const { plan, connected } = world([at(1)]);
    expect(plan.targets()).toEqual([{ key: at(1), addresses: [at(1)] }]);
    plan.answered(at(1), a);
    expect(plan.keysOf(a)).toEqual([a, at(1)]);
    connected.add(a);
    expect(plan.targets()).toEqual([]);
    connected.clear();
    expect(plan.targets().length).toBe(1);
    plan.answered(at(1), self);
    expect(plan.targets()).toEqual([]);
  });

  test('tries no more than 25 addresses of one device', () => {
    const { plan } = world([], [[a, Array.from({ length: 40 }, (_, i) => at(i + 1))]]);
    expect(plan.targets()[0]?.addresses.length).toBe(25);
  });
});
