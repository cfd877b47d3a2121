/** How small a world is of which everything that can happen is looked at. */
export interface Scope {
  readonly peers: number;
  /** Writes, one to each device in turn, all of them to one field. */
  readonly events: number;
  /** How often at most a session breaks, a frame comes twice, the power of a device goes off, one is cut off. */
  readonly drops: number;
  readonly duplicates: number;
  readonly crashes: number;
  readonly partitions: number;
}

/** Faults that are left. */
export type FaultsLeft = Pick<Scope, 'drops' | 'duplicates' | 'crashes' | 'partitions'>;

/** How many of the writes are the device's own. */
export const writesOf = ({ peers, events }: Scope, device: number): number =>
  Math.floor(events / peers) + (device < events % peers ? 1 : 0);
