import { describe, expect, test } from 'vitest';
import {
  circuitTo,
  deviceInAddress,
  isCircuit,
  listenError,
  parseAddress,
  relayInAddress,
  requireAddress,
  usableAddresses,
  withDevice,
  withoutDevice,
} from '../../../transports/addresses.ts';
import { deviceOf } from '../../support/numbered-device.ts';

const device = deviceOf(1);

describe('addresses', () => {
  test('name a device or none', () => {
    expect(deviceInAddress(requireAddress(`/ip4/10.0.0.1/tcp/1/p2p/${device}`))).toBe(device);
    expect(deviceInAddress(requireAddress('/ip4/10.0.0.1/tcp/1'))).toBeUndefined();
    expect(withDevice(withDevice('/ip4/10.0.0.1/tcp/1', device), device)).toBe(
      `/ip4/10.0.0.1/tcp/1/p2p/${device}`,
    );
    expect(withoutDevice(withDevice('/ip4/10.0.0.1/tcp/1', device), device)).toBe('/ip4/10.0.0.1/tcp/1');
    const behind = circuitTo(device, deviceOf(2));
    expect(withDevice(withoutDevice(behind, device), device)).toBe(behind);
    expect(withoutDevice(behind, deviceOf(2))).toBe(behind);
  });

  test('through a relay name the relay, and the device behind it if it is told', () => {
    const relay = deviceOf(2);
    const listening = requireAddress(`/ip4/10.0.0.1/tcp/1/p2p/${relay}/p2p-circuit`);
    expect([relayInAddress(listening), deviceInAddress(listening)]).toEqual([relay, undefined]);
    const leading = requireAddress(circuitTo(device, relay));
    expect([relayInAddress(leading), deviceInAddress(leading)]).toEqual([relay, device]);
    expect(relayInAddress(requireAddress(`/ip4/10.0.0.1/tcp/1/p2p/${device}`))).toBeUndefined();
    expect(relayInAddress(requireAddress('/p2p-circuit'))).toBeUndefined();
    expect([leading, listening].map((address) => isCircuit(address.toString()))).toEqual([true, true]);
  });

  test('through a relay are of no use to others, and a relay here does not mean that its peer is here', () => {
    const circuit = circuitTo(device, deviceOf(2));
    const announced = ['/ip4/127.0.0.1/tcp/1', '/ip4/10.0.0.7/tcp/1', circuit];
    expect(usableAddresses(announced, '/ip4/127.0.0.1/tcp/9')).toEqual(announced.slice(0, 2));
    const relayHere = `/ip4/127.0.0.1/tcp/9/p2p/${deviceOf(2)}/p2p-circuit`;
    expect(usableAddresses(announced, relayHere)).toEqual(announced.slice(1, 2));
  });

  test('that are none are undefined from outside, and an error from the person', () => {
    for (const text of ['', '/', 'localhost', '/ip4/1.2.3/tcp/1', '/ip4/1.2.3.4/tcp']) {
      expect(parseAddress(text)).toBeUndefined();
    }
    expect(() => requireAddress('localhost')).toThrow('"localhost" is not an address.');
  });

  test('of the loopback interface are of use only on the same machine', () => {
    const announced = ['/ip4/127.0.0.1/tcp/1', '/ip4/10.0.0.7/tcp/1', '/ip6/::1/tcp/1', '/ip6/fe80::1/tcp/1'];
    expect(usableAddresses(announced, '/ip4/127.0.0.1/tcp/9')).toEqual(announced);
    expect(usableAddresses(announced, '/ip4/10.0.0.7/tcp/9')).toEqual([announced[1], announced[3]]);
  });

  test('in memory are of use only in the same process', () => {
    const announced = ['/memory/here', '/ip4/10.0.0.7/tcp/1'];
    expect(usableAddresses(announced, '/memory/there')).toEqual(announced);
    expect(usableAddresses(announced, '/ip4/10.0.0.7/tcp/9')).toEqual([announced[1]]);
  });

  test('an error that is not about listening stays what it is', () => {
    const error = new Error('out of memory');
    expect(listenError(error)).toBe(error);
  });
});
