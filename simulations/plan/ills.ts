/**
 * What a disk can do wrong for a while:
 * - `full`: it takes no write,
 * - `write`: a write fails, before it is on the disk or when it is to be made safe,
 * - `read`: a read fails,
 * - `lie`: it says that writes are safe, and they are not.
 */
export const DISK_ILLS = ['full', 'write', 'read', 'lie'] as const;

export type DiskIll = (typeof DISK_ILLS)[number];

/**
 * How a device deceives the others for a while:
 * - `mutated-bytes`: a byte of a frame is another one,
 * - `truncated-frames`: a frame lacks its end,
 * - `oversize-frames`: a frame is longer than any may be,
 * - `bad-signatures`: a manifest, in a frame or in gossip, is signed otherwise than its author did,
 * - `false-frontiers`: more is told of logs than there is,
 * - `feigned-sync`: what is told sums up to what the other one has told,
 * - `withheld-ranges`: what is wanted does not come, or is said not to be there,
 * - `endless-wants`: what is held is wanted, again and again,
 * - `replayed-gossip`: old heads are gossiped in a new form,
 * - `replayed-frames`: a frame is sent once more, much later or in another session,
 * - `newer-version`: a later version of the protocol is spoken, as far as the others can tell.
 */
export const DECEITS = [
  'mutated-bytes',
  'truncated-frames',
  'oversize-frames',
  'bad-signatures',
  'false-frontiers',
  'feigned-sync',
  'withheld-ranges',
  'endless-wants',
  'replayed-gossip',
  'replayed-frames',
  'newer-version',
] as const;

export type Deceit = (typeof DECEITS)[number];
