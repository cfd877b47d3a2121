/** What a process is told that opens what lies in a folder. */
export interface OpenJob {
  readonly folder: string;
}

/** How long a start takes, and what is left of it when nothing is to be done. */
export interface Opened {
  /** From the start of the process. */
  readonly readyMs: number;
  readonly restMiB: number;
}
