export { type Damage, type DiskImage, SimDisk } from './sim-disk.ts';
