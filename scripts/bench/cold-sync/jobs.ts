/** What a process is told that hands out what a home holds. */
export interface SenderJob {
  readonly folder: string;
}

/** What it tells when it can be reached. */
export interface SenderReady {
  readonly ticket: string;
}

/** What a process is told that has nothing yet. */
export interface ReceiverJob extends SenderReady {
  readonly folder: string;
  /** How many events there are to come. */
  readonly events: number;
}

/** What a process is told that sends the bytes of a file. */
export interface FloorSenderJob {
  readonly file: string;
}

export interface FloorSenderReady {
  readonly address: string;
}

/** What the floor is made of: both, or one part of it alone. */
export type FloorPart = 'all' | 'stream' | 'work';

export interface FloorReceiverJob {
  readonly folder: string;
  readonly part: FloorPart;
  readonly events: number;
  /** Where the bytes come from: a sender, or for the work alone a file. */
  readonly address: string;
  readonly file: string;
}
