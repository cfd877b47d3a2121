import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import { Discovery, SIGHTING_MS, SIGHTINGS_MAX } from '../../../transports/discovery.ts';
import type { MdnsInit } from '../../../transports/mdns.ts';
import { deviceOf } from '../../support/numbered-device.ts';

const address = (n: number): string => `/ip4/192.168.1.${n % 256}/tcp/4001`;

/** A discovery to which a test announces devices, and what it told. */
const rig = () => {
  const told: DeviceId[] = [];
  let announce: MdnsInit['onAnnouncement'] = () => undefined;
  const discovery = new Discovery(
    { addressManager: { getAddresses: () => [] } },
    {
      serviceTag: '_smo-unit._udp.local',
      onSighting: (device) => told.push(device),
      log: () => undefined,
      mdns: ({ onAnnouncement }) => {
        announce = onAnnouncement;
        return { start: () => undefined, stop: async () => undefined };
      },
    },
  );
  return {
    discovery,
    told,
    announce: (device: DeviceId, n = 1) => announce({ device, addresses: [address(n)] }),
  };
};

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

describe('a flood of announcements', () => {
  test('of one device is told once a second, and the latest is what counts', () => {
    const { discovery, told, announce } = rig();
    const device = deviceOf(1);
    for (let i = 0; i < 1_000; i += 1) announce(device, i);
    expect(told).toEqual([device]);
    expect(discovery.addressesOf(device)).toEqual([address(999)]);
    vi.advanceTimersByTime(SIGHTING_MS - 1);
    announce(device);
    expect(told).toHaveLength(1);
    vi.advanceTimersByTime(1);
    announce(device);
    announce(device);
    expect(told).toHaveLength(2);
  });

  test('does not keep a device that is waited for from being heard', async () => {
    const { discovery, announce } = rig();
    const device = deviceOf(1);
    announce(device);
    const next = discovery.nextSighting(device, new AbortController().signal);
    announce(device);
    await next;
  });

  test('of many devices fills the memory up to its bound: the oldest is forgotten', () => {
    const { discovery, told, announce } = rig();
    const strangers = Array.from({ length: SIGHTINGS_MAX }, (_, i) => `stranger-${i}` as DeviceId);
    for (const device of strangers) announce(device);
    const remembered = () =>
      [...strangers, deviceOf(1)].filter((device) => discovery.addressesOf(device).length > 0);
    expect(remembered()).toEqual(strangers);
    announce(deviceOf(1));
    expect(remembered()).toEqual([...strangers.slice(1), deviceOf(1)]);
    expect(told).toHaveLength(SIGHTINGS_MAX + 1);
  });
});
