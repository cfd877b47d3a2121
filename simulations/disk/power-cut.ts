import type { Origin } from '../../protocol/event/index.ts';
import type { DrawStream } from '../draws/index.ts';
import type { RecordPlace } from './spoil.ts';

/** What the journal of a database has of one write after a loss of power: all, a part, or nothing. */
type Trace = 'whole' | 'part' | 'nothing';

/** What is left of the writes of a database that were not safe. */
export interface Leftover {
  /** So many of the oldest can be used. */
  readonly kept: number;
  /** Whether a part of the first one beyond is there. */
  readonly isTorn: boolean;
  /**
   * Whether whole writes are there beyond one that is not: the journal does not fit its checksums, and the store has to
   * be made anew of what comes before. The end of a journal that is cut short alone is what any loss of power leaves.
   */
  readonly isDamaged: boolean;
  /** Numbers of the whole writes beyond. */
  readonly beyond: readonly number[];
}

/** What a loss of power has taken. */
export interface PowerCut {
  readonly isTorn: boolean;
  readonly isReordered: boolean;
  /** Where each log begins of which the disk had said that it is safe, and it was not. */
  readonly broken: readonly RecordPlace[];
  /** Logs of which a record store that was made anew is known to hold less than the old one. */
  readonly cut: readonly Origin[];
}

/** Decides what is left of so many writes of which the first are safe, if a disk may write them in any order. */
export const tornLeftover = (chance: DrawStream, writes: number, safe: number): Leftover => {
  const traces = Array.from({ length: writes - safe }, (): Trace => {
    const drawn = chance.below(3);
    return drawn === 0 ? 'nothing' : drawn === 1 ? 'part' : 'whole';
  });
  const first = traces.findIndex((trace) => trace !== 'whole');
  if (first < 0) return { kept: writes, isTorn: false, isDamaged: false, beyond: [] };
  const beyond = traces.flatMap((trace, i) => (i > first && trace === 'whole' ? [safe + i] : []));
  return {
    kept: safe + first,
    isTorn: traces[first] === 'part',
    isDamaged: beyond.length > 0,
    beyond,
  };
};
