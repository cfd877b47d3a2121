import { equalBytes } from '../bytes/index.ts';
import type { Cursor } from './frame.ts';

/** What one side said of its own frontier in a hello or a compare. */
export interface Statement {
  readonly frontierDigest: Uint8Array;
  readonly arrivals: number;
  /** In a hello: whose arrivals these are. */
  readonly storeId?: string;
  /** In a hello: how much of the other side's store this side holds. */
  readonly cursor?: Cursor;
}

/**
 * How two sides find out what each lacks:
 *
 * - `equal`: there is nothing to be found out.
 * - `changes`: each tells what has changed since the other's cursor.
 * - `drive`: this side descends the frontier tree and asks for the nodes that it has to see.
 * - `follow`: the other side does.
 */
export type Outcome = 'equal' | 'changes' | 'drive' | 'follow';

/**
 * What follows from the two statements of a comparison. Both sides look at the same two and so come to the same
 * end, whatever has happened to either since: of two different digests the smaller one drives.
 */
export const compareStatements = (own: Statement, remote: Statement): Outcome => {
  if (equalBytes(own.frontierDigest, remote.frontierDigest)) return 'equal';
  if (isUsable(own.cursor, remote) && isUsable(remote.cursor, own)) return 'changes';
  return drives(own, remote) ? 'drive' : 'follow';
};

/** Whether this side leads what the two do together. */
export const drives = (own: Statement, remote: Statement): boolean => {
  const differing = own.frontierDigest.findIndex((byte, i) => byte !== remote.frontierDigest[i]);
  return (own.frontierDigest[differing] ?? 0) < (remote.frontierDigest[differing] ?? 0);
};

/** A store with another id, or with fewer arrivals than the cursor counts, is not the one that was read. */
const isUsable = (cursor: Cursor | undefined, { storeId, arrivals }: Statement): boolean =>
  cursor !== undefined && cursor.storeId === storeId && cursor.arrivals <= arrivals;
