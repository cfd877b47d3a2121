import { type HomePlace, homeIn } from '../home-place.ts';

/** Where a workload takes place. */
export interface WorkloadPlace extends HomePlace {
  /** The folder that is watched: the home, and what a device keeps beside it. */
  readonly folder: string;
  /** A folder that is not watched, for what else takes part. */
  readonly elsewhere: string;
}

/** What a device has answered for. */
export interface Promised {
  /** Events of its own log. */
  readonly events: number;
}

/** What a device does when the power goes, at any moment of it. */
export interface Workload {
  /** What it does, in a few words. */
  readonly what: string;
  /** Makes what is there before, safely; gives what is promised of it, undefined where there is no home yet. */
  prepare(place: WorkloadPlace): Promise<Promised | undefined>;
  /**
   * Goes on, in a process that is watched.
   * @param promise is told of everything that has been answered for, at once
   */
  run(place: WorkloadPlace, promise: (promised: Promised) => void): Promise<void>;
  /** What a person does first when the power is back, where that is more than to go on. */
  recover?(place: WorkloadPlace): Promise<void>;
  /** What the doctor finds in the end, where it finds anything: its device then writes to a new log. */
  readonly leaves?: string;
}

/** @param folder the one that is watched */
export const placeIn = (folder: string, elsewhere: string): WorkloadPlace => ({
  ...homeIn(folder),
  folder,
  elsewhere,
});
