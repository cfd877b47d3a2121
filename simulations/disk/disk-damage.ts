import { compareStrings } from '../../protocol/bytes/index.ts';
import type { SegmentPlace } from '../../protocol/engine/index.ts';
import type { Origin, Seq } from '../../protocol/event/index.ts';

/** What is damaged of the records of a disk, and how much of that is known. */
export class DiskDamage {
  /** Records whose checksums do not fit their bytes. */
  readonly #lost = new Map<Origin, Set<Seq>>();
  /** Segments that are known to be damaged, which outlasts a restart. */
  readonly #marked = new Map<Origin, Set<number>>();

  /** Makes a record unreadable. Nobody knows of it before it is read. */
  lose(origin: Origin, seq: Seq): void {
    addTo(this.#lost, origin, seq);
  }

  /** Notes that a segment is damaged. */
  mark({ origin, segment }: SegmentPlace): void {
    addTo(this.#marked, origin, segment);
  }

  /** The first record that cannot be read from a seq up to another one, that one left out. */
  firstLost(origin: Origin, firstSeq: Seq, endSeq: Seq): Seq | undefined {
    const lost = this.#lost.get(origin);
    if (lost === undefined) return undefined;
    const inside = [...lost].filter((seq) => firstSeq <= seq && seq < endSeq);
    return inside.length === 0 ? undefined : Math.min(...inside);
  }

  /** Segments that are known to be damaged, in order. Costs nothing while there is none: it is asked for all the time. */
  get marked(): readonly SegmentPlace[] {
    if (this.#marked.size === 0) return [];
    return [...this.#marked]
      .sort(([a], [b]) => compareStrings(a, b))
      .flatMap(([origin, segments]) =>
        [...segments].sort((a, b) => a - b).map((segment) => ({ origin, segment })),
      );
  }

  /** A segment is whole again, which holds the records from a seq up to another one, that one left out. */
  mend({ origin, segment }: SegmentPlace, firstSeq: Seq, endSeq: Seq): void {
    removeFrom(this.#lost, origin, (seq) => firstSeq <= seq && seq < endSeq);
    removeFrom(this.#marked, origin, (marked) => marked === segment);
  }

  /** A log has become shorter. */
  cut(origin: Origin, length: Seq, newestSegment: number): void {
    removeFrom(this.#lost, origin, (seq) => seq > length);
    removeFrom(this.#marked, origin, (segment) => segment > newestSegment);
  }

  copy(): DiskDamage {
    const copy = new DiskDamage();
    for (const [origin, seqs] of this.#lost) copy.#lost.set(origin, new Set(seqs));
    for (const [origin, segments] of this.#marked) copy.#marked.set(origin, new Set(segments));
    return copy;
  }
}

const addTo = (places: Map<Origin, Set<number>>, origin: Origin, number: number): void => {
  const numbers = places.get(origin) ?? new Set();
  places.set(origin, numbers.add(number));
};

const removeFrom = (
  places: Map<Origin, Set<number>>,
  origin: Origin,
  goes: (number: number) => boolean,
): void => {
  const numbers = places.get(origin);
  if (numbers === undefined) return;
  for (const number of numbers) if (goes(number)) numbers.delete(number);
  if (numbers.size === 0) places.delete(origin);
};
