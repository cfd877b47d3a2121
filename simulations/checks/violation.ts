/**
 * What a run must keep.
 *
 * - S1: devices with the same applied events show the same state, and keep the same conflicts, whenever they come to it.
 * - S2: that state is what the definitions make of what a device holds.
 * - S3: every record that is held, and every event that is applied, is one that its author has written.
 * - S4: what was acknowledged is there after every restart; what a disk has lost or damaged comes back if others had it.
 * - S5: nothing is applied before what it has seen.
 * - S6: what a device tells that it holds only grows, and after a restart is no less than what was safe.
 * - S7: the conflicts that are kept are those of the definitions.
 * - S8: who is a member, and may write, follows from the applied control events and from nothing else.
 * - S9: two devices that both say that they are in sync hold the same.
 * - S10: a fork is proved, of nobody who signed one history, and the same for all who hold the same; its proof is stored.
 * - S11: what has a declared bound keeps it.
 * - S12: what a device writes comes after all that it has seen, in the total order too.
 * - L2: between devices that are equal no records move.
 * - L3: devices that reach each other get what they lack.
 */
export type Invariant =
  | 'S1'
  | 'S2'
  | 'S3'
  | 'S4'
  | 'S5'
  | 'S6'
  | 'S7'
  | 'S8'
  | 'S9'
  | 'S10'
  | 'S11'
  | 'S12'
  | 'L2'
  | 'L3';

/** Something that must never be, and where and when it was seen. */
export interface Violation {
  readonly invariant: Invariant;
  /** Virtual time. */
  readonly atUs: number;
  /** Number of the device that it was seen on. */
  readonly device: number;
  readonly message: string;
}

/** Notes a violation, seen on a device of this number. */
export type Note = (invariant: Invariant, device: number, message: string) => void;
