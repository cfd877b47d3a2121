/** What a process is told that hands out what a home holds. */
export interface SenderJob {
  readonly folder: string;
}

/** What it tells when it can be reached. */
export interface SenderReady {
  readonly ticket: string;
  readonly addresses: readonly string[];
}

/** What a process is told that receives what it lacks. */
export interface ReceiverJob extends SenderReady {
  readonly folder: string;
  /** Whether there is a home of a member in the folder; a new device joins otherwise. */
  readonly member: boolean;
  /** How many events it is to hold in the end. */
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
