/** The package that brings negentropy along. */
export const NEGENTROPY = '@welshman/net';

/** Records that one side lacks: so many of the newest, or so many evenly over all. */
export type Lack = { readonly newest: number } | { readonly scattered: number };

/** What a process is told that compares sets. */
export interface NegentropyJob {
  readonly events: number;
  readonly lacks: readonly Lack[];
}

/** What it took to find out what is lacking; nothing of that is fetched. */
export interface NegentropyCost {
  readonly trips: number;
  /** From the side that lacks something, and back. */
  readonly there: number;
  readonly back: number;
}
