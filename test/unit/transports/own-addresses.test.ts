import { multiaddr } from '@multiformats/multiaddr';
import { describe, expect, test } from 'vitest';
import { type OwnAddress, ownAddresses } from '../../../transports/own-addresses.ts';
import { deviceOf } from '../../support/numbered-device.ts';

const [self, relay, other] = [deviceOf(1), deviceOf(2), deviceOf(3)];
const own = (text: string, verified = true, type = 'transport'): OwnAddress => ({
  multiaddr: multiaddr(text),
  verified,
  type,
});
const whole = (text: string): string => `${text}/p2p/${self}`;

describe('own addresses', () => {
  test('are told whether or not strangers have verified them, unless only others claim them', () => {
    const addresses = [
      own('/ip4/10.0.0.1/tcp/1'),
      own('/ip4/11.0.0.1/tcp/1', false),
      own('/ip4/11.0.0.2/tcp/2', false, 'ip-mapping'),
      own('/dns4/example.org/tcp/3', true, 'announce'),
      own('/ip4/11.0.0.3/tcp/4', false, 'observed'),
      own('/ip4/11.0.0.4/tcp/5', true, 'observed'),
    ];
    expect(ownAddresses(addresses, self)).toEqual(
      [
        '/ip4/10.0.0.1/tcp/1',
        '/ip4/11.0.0.1/tcp/1',
        '/ip4/11.0.0.2/tcp/2',
        '/dns4/example.org/tcp/3',
        '/ip4/11.0.0.4/tcp/5',
      ].map(whole),
    );
  });

  test('name the device once, and each way once', () => {
    const address = '/ip4/10.0.0.1/tcp/1';
    expect(ownAddresses([own(address), own(whole(address))], self)).toEqual([whole(address)]);
  });

  test('put relays last, two addresses of each, and those of its loopback interface only for want of others', () => {
    const through = (host: string, at = relay): string => `/ip4/${host}/tcp/1/p2p/${at}/p2p-circuit`;
    const addresses = [
      own(through('127.0.0.1')),
      own(through('10.0.0.1')),
      own(through('11.0.0.1')),
      own(through('127.0.0.1', other)),
      own('/ip4/10.0.0.9/tcp/1'),
    ];
    expect(ownAddresses(addresses, self)).toEqual(
      ['/ip4/10.0.0.9/tcp/1', through('10.0.0.1'), through('11.0.0.1'), through('127.0.0.1', other)].map(
        whole,
      ),
    );
  });
});
