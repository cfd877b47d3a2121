import type { Commit, ReplicaState, StateRow } from '../../protocol/engine/index.ts';
import { rowPrefix } from '../../protocol/projection/index.ts';
import { type Lanes, noLanes, numberOf } from './lanes.ts';
import type { RowHash } from './row-hash.ts';

/** What is in these rows follows from the applied events alone, whatever the order in which they came. */
const KINDS = (['conflict', 'closed', 'invalid', 'relation', 'register', 'writes'] as const).map((kind) =>
  rowPrefix(kind),
);

/** The rows of a state store, as they are before a commit that is only asked for. */
export interface RowReader {
  get(key: string): StateRow | undefined;
  scan(prefix: string): Iterable<readonly [key: string, row: StateRow]>;
}

/**
 * A sum over the rows of a device that tell of conflicts, registers and relations. A commit changes it by the rows that
 * it changes; nothing is kept but the sum, as the rows that were there before are still on the disk.
 */
export class KeptRows {
  readonly #rows: RowReader;
  readonly #hash: RowHash;
  /** Undefined until a commit is seen: then it begins with what the disk holds. */
  #sum: Lanes | undefined;
  /** What the newest commit was of. */
  #replica: ReplicaState | undefined;
  #applied = 0;
  #isSeen = false;

  constructor(rows: RowReader, hash: RowHash) {
    this.#rows = rows;
    this.#hash = hash;
  }

  /** The rows are others now: a device was opened on what its disk holds. */
  opened(): void {
    this.#sum = undefined;
    this.#replica = undefined;
  }

  /** A commit of this state is asked for; those before it are done. */
  committing({ reset, state }: Pick<Commit, 'reset' | 'state'>, replica: ReplicaState): void {
    // The state has not changed, or follows later.
    if (!reset && state.length === 0) return;
    const sum = reset ? noLanes() : (this.#sum ?? this.#begin());
    for (const { key, row } of state) {
      if (!isKept(key)) continue;
      if (!reset) this.#add(sum, key, this.#rows.get(key), -1);
      this.#add(sum, key, row ?? undefined, 1);
      this.#isSeen = false;
    }
    this.#sum = sum;
    if (replica === this.#replica && replica.appliedCount === this.#applied) return;
    this.#replica = replica;
    this.#applied = replica.appliedCount;
    this.#isSeen = false;
  }

  /** The sum, unless it was seen already, or the newest commit is not of this state as it is now. */
  unseen(replica: ReplicaState): number | undefined {
    if (this.#isSeen || this.#sum === undefined || this.#replica !== replica) return undefined;
    if (this.#applied !== replica.appliedCount) return undefined;
    return numberOf(this.#sum);
  }

  /** Somebody has looked at the sum. */
  seen(): void {
    this.#isSeen = true;
  }

  #begin(): Lanes {
    const sum = noLanes();
    for (const prefix of KINDS) {
      for (const [key, row] of this.#rows.scan(prefix)) this.#add(sum, key, row, 1);
    }
    return sum;
  }

  #add(sum: Lanes, key: string, row: StateRow | undefined, times: 1 | -1): void {
    if (row !== undefined) this.#hash.addTo(sum, key, row, times);
  }
}

const isKept = (key: string): boolean => KINDS.some((prefix) => key.startsWith(prefix));
