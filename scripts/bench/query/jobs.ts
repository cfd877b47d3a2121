/** What a process is told that asks a device. */
export interface QueryJob {
  readonly folder: string;
  readonly entities: number;
}
