import { type HomePlace, homeIn } from '../home-place.ts';

/** Where a life takes place. */
export interface LifePlace extends HomePlace {
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

/** A part of the life of a device, in which the power may go at any moment. */
export interface Life {
  /** What happens in it, in a few words. */
  readonly what: string;
  /** Makes what is there before, safely; gives what is promised of it, undefined where there is no home yet. */
  prepare(place: LifePlace): Promise<Promised | undefined>;
  /**
   * Goes on, in a process that is watched.
   * @param promise is told of everything that has been answered for, at once
   */
  live(place: LifePlace, promise: (promised: Promised) => void): Promise<void>;
  /** What a person does first when the power is back, where that is more than to go on. */
  recover?(place: LifePlace): Promise<void>;
  /** What the doctor finds in the end, where it finds anything: its device then writes to a new log. */
  readonly leaves?: string;
}

/** @param folder the one that is watched */
export const placeIn = (folder: string, elsewhere: string): LifePlace => ({
  ...homeIn(folder),
  folder,
  elsewhere,
});
