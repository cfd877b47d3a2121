export { type DiskImage, SimDisk } from './sim-disk.ts';
export type { Damage, RecordPlace } from './spoil.ts';
