import type { DiskImage } from '../disk/index.ts';
import type { OwnLogNotes } from './own-logs.ts';

/** Everything on the disk of a device, as a backup keeps it. */
export interface DeviceBackup {
  readonly disk: DiskImage;
  readonly notes: OwnLogNotes;
}
