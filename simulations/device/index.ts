export type { DeviceBackup } from './device-backup.ts';
export type { DeviceNetwork, DeviceWatcher, DeviceWorld } from './device-world.ts';
export { bytesOf, Identity } from './identity.ts';
export { memoisedCrypto, type RunCrypto } from './run-crypto.ts';
export { SimDevice } from './sim-device.ts';
export { WORLD_BEGIN_MS } from './virtual-clock.ts';
