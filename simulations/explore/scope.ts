/** How small a world is of which everything that can happen is looked at. */
export interface Scope {
  readonly peers: number;
  /** Who has a session with whom: each with each other one, or with the next one alone. */
  readonly links: 'mesh' | 'line';
  /** Writes, one to each device in turn, all of them to one field. */
  readonly events: number;
  /** How often at most a session breaks, a frame comes twice, the power of a device goes off, one is cut off. */
  readonly drops: number;
  readonly duplicates: number;
  readonly crashes: number;
  readonly partitions: number;
}

/** Whether two devices can have a session. */
export const areLinked = ({ links }: Pick<Scope, 'links'>, a: number, b: number): boolean =>
  links === 'mesh' ? a !== b : Math.abs(a - b) === 1;

/** Faults that are left. */
export type FaultsLeft = Pick<Scope, 'drops' | 'duplicates' | 'crashes' | 'partitions'>;

/** How many of the writes are the device's own. */
export const writesOf = ({ peers, events }: Scope, device: number): number =>
  Math.floor(events / peers) + (device < events % peers ? 1 : 0);
