import { expect, test } from 'vitest';
import { createMesh, type MeshHost, type MeshOptions } from '../../../transports/index.ts';
import { deviceOf, numberedDevice } from '../../support/numbered-device.ts';

const meshWith = (key: Partial<MeshOptions>): ReturnType<typeof createMesh> =>
  createMesh(
    {
      ...numberedDevice(1),
      listen: [],
      dial: [],
      mdns: null,
      addressBook: { addressesOf: () => [] },
      ...key,
    },
    { isMember: () => false, members: () => [], isInviteOpen: () => false } as unknown as MeshHost,
  );

test('a mesh is made of a device and its seed', async () => {
  expect((await meshWith({})).addresses()).toEqual([]);
});

test.each([
  ['a seed that is too short', { privateKey: new Uint8Array(31) }, 'has 32 bytes, not 31'],
  ['the seed of another device', { device: deviceOf(2) }, `is not that of ${deviceOf(2)}`],
])('and not of %s', async (_, key, message) => {
  await expect(meshWith(key)).rejects.toThrow(RangeError);
  await expect(meshWith(key)).rejects.toThrow(message);
});
