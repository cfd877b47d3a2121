import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { announce, asksFor, type DnsRecord, readAnnouncement } from '../../../transports/mdns-records.ts';
import { deviceOf } from '../../support/numbered-device.ts';

const TAG = '_smo-unit._udp.local';
const address = (i: number, n = 1): string => `/ip4/192.168.1.${i}/tcp/4001/p2p/${deviceOf(n)}`;
const pointer = (data: unknown = `x.${TAG}`): DnsRecord => ({ type: 'PTR', name: TAG, data });
const text = (...strings: readonly unknown[]): DnsRecord => ({
  type: 'TXT',
  name: `x.${TAG}`,
  data: strings,
});
const read = (...records: readonly DnsRecord[]) => readAnnouncement(records, TAG, 'me');

describe('an announcement', () => {
  test('is read as it was written', () => {
    const addresses = [address(1), address(2)];
    const records = announce(TAG, 'x', addresses);
    expect(read(...(records?.answers ?? []), ...(records?.additionals ?? []))).toEqual({
      device: deviceOf(1),
      addresses,
    });
    expect(readAnnouncement([...(records?.answers ?? []), ...(records?.additionals ?? [])], TAG, 'x')).toBe(
      undefined,
    );
  });

  test('of several records, in bytes or text, in capitals or not, is put together', () => {
    const first = { type: 'TXT', name: `X.${TAG.toUpperCase()}`, data: `dnsaddr=${address(1)}` };
    expect(read(pointer(), first, text(Buffer.from(`dnsaddr=${address(2)}`)))?.addresses).toEqual([
      address(1),
      address(2),
    ]);
  });

  test('leaves out an address that is too long for a record, and what would not fit one packet', () => {
    const long = `/dns4/${'x'.repeat(200)}/tcp/1/p2p/${deviceOf(1)}`;
    expect(announce(TAG, 'x', [long])).toBe(undefined);
    const many = Array.from({ length: 100 }, (_, i) => address(i));
    const strings = announce(TAG, 'x', [long, ...many])?.additionals[0]?.data ?? [];
    expect(strings[0]).toBe(`dnsaddr=${address(0)}`);
    expect(strings.length).toBeGreaterThan(8);
    expect(strings.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(1_200);
  });

  test.each<readonly [string, readonly DnsRecord[]]>([
    ['no records', []],
    ['no pointer', [text(`dnsaddr=${address(1)}`)]],
    ['a pointer to no name', [pointer(7), text(`dnsaddr=${address(1)}`)]],
    ['another service', [{ ...pointer(), name: '_p2p._udp.local' }, text(`dnsaddr=${address(1)}`)]],
    ['addresses of another name', [pointer(`y.${TAG}`), text(`dnsaddr=${address(1)}`)]],
    ['an address without a device', [pointer(), text('dnsaddr=/ip4/192.168.1.1/tcp/1')]],
    [
      'a device that is none',
      [pointer(), text('dnsaddr=/ip4/192.168.1.1/tcp/1/p2p/QmNPubsDWATVngE3d5WDSNe7eVrFLuk38qb9t6vdLnu2aK')],
    ],
    ['what is no address', [pointer(), text('dnsaddr=', 'dnsaddr=/', 'dnsaddr=/ip4', 'hello', 7, undefined)]],
    ['text that is no UTF-8', [pointer(), text(Uint8Array.of(0xff, 0xfe))]],
  ])('of %s says nothing', (_, records) => {
    expect(read(...records)).toBe(undefined);
  });

  test('of two devices is that of the first', () => {
    expect(read(pointer(), text(...[1, 2, 1].map((n, i) => `dnsaddr=${address(i, n)}`)))).toEqual({
      device: deviceOf(1),
      addresses: [address(0), address(2)],
    });
  });

  test('is looked at for 16 addresses and no more', () => {
    const strings = Array.from({ length: 17 }, (_, i) => `dnsaddr=${address(i)}`);
    expect(read(pointer(), text(...strings))?.addresses).toHaveLength(16);
  });
});

test('whatever comes in as records or questions, nothing throws', () => {
  const value = fc.oneof(
    fc.constantFrom(TAG, `x.${TAG}`, `dnsaddr=${address(1)}`, 'dnsaddr=/ip4/1.2.3.4'),
    fc.anything(),
    fc.array(
      fc.oneof(
        fc.uint8Array(),
        fc.string().map((end) => `dnsaddr=/ip4/${end}`),
      ),
    ),
  );
  const record = fc.record({
    type: fc.constantFrom('PTR', 'TXT', 'A', 'ANY'),
    name: value,
    data: value,
  }) as fc.Arbitrary<DnsRecord>;
  fc.assert(
    fc.property(fc.array(record), (records) => {
      const found = readAnnouncement(records, TAG, 'me');
      if (found !== undefined)
        expect(found.addresses.every((text) => text.endsWith(`/p2p/${found.device}`))).toBe(true);
      expect(typeof asksFor(records, TAG)).toBe('boolean');
    }),
    { numRuns: 1000 },
  );
});
