/** How far something that takes its time has come. */
export interface WorkProgress {
  /** What is being done, in a few words. */
  readonly phase: string;
  readonly done: number;
  /** What `done` will be at the end. */
  readonly total: number;
}
