import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FileAddressBook } from '../../../node/host/address-book.ts';
import { deviceOf } from '../../support/numbered-device.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const ADDRESSES_MAX = 16;
const address = (n: number): string => `/ip4/192.168.1.${n}/tcp/4001`;
const addresses = (count: number, from = 1): readonly string[] =>
  Array.from({ length: count }, (_, i) => address(from + i));

test('of one device 16 addresses are kept; the oldest goes when there is a newer one', async () => {
  const home = temporaryFolder();
  const book = await FileAddressBook.open(home);
  const device = deviceOf(1);
  book.note(device, addresses(ADDRESSES_MAX));
  expect(book.addressesOf(device)).toEqual(addresses(ADDRESSES_MAX));
  book.note(device, [address(99)]);
  const kept = [address(99), ...addresses(ADDRESSES_MAX - 1)];
  expect(book.addressesOf(device)).toEqual(kept);
  book.note(device, addresses(ADDRESSES_MAX + 1, 100));
  await book.saved();
  const again = await FileAddressBook.open(home);
  expect(again.devices()).toEqual([device]);
  expect(again.addressesOf(device)).toEqual(addresses(ADDRESSES_MAX, 100));
  expect(again.addressesOf(deviceOf(2))).toEqual([]);
});

test('a device that is met where it was met before is not written again', async () => {
  const home = temporaryFolder();
  const path = join(home, 'address-book.json');
  const book = await FileAddressBook.open(home);
  book.note(deviceOf(1), addresses(3));
  await book.saved();
  await rm(path);
  book.note(deviceOf(1), addresses(3));
  book.note(deviceOf(1), [address(1)]);
  await book.saved();
  expect(existsSync(path)).toBe(false);
  book.note(deviceOf(1), [address(2)]);
  await book.saved();
  expect((await FileAddressBook.open(home)).addressesOf(deviceOf(1))).toEqual([2, 1, 3].map(address));
});
