import { ed25519 } from '@noble/curves/ed25519.js';
import { type DeviceId, deviceIdFromPublicKey } from '../../protocol/crypto/index.ts';
import type { MeshOptions } from '../../transports/index.ts';

const seedOf = (n: number): Uint8Array => new Uint8Array(32).fill(n);

/** The device that belongs to a number. */
export const deviceOf = (n: number): DeviceId => deviceIdFromPublicKey(ed25519.getPublicKey(seedOf(n)));

/** The same with its key, as a mesh takes it. */
export const numberedDevice = (n: number): Pick<MeshOptions, 'device' | 'privateKey'> => ({
  device: deviceOf(n),
  privateKey: seedOf(n),
});
