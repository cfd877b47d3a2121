export type { PowerCut } from './power-cut.ts';
export { type DiskImage, SimDisk } from './sim-disk.ts';
export type { Damage, RecordPlace } from './spoil.ts';
