import type { CollectedMemory } from '../../test/support/collected.ts';

/** What a process was seen to take at one moment. */
export interface MemorySample extends CollectedMemory {
  /** Since the soak began, in ms. */
  readonly atMs: number;
  /** Events that the device held. */
  readonly events: number;
}

/** How the memory of one process went. */
export interface MemoryVerdict {
  /** Events that came between the middle third and the last one. */
  readonly events: number;
  readonly held: Course;
  readonly resident: Course;
  readonly flat: boolean;
}

/** How one kind of memory went. */
export interface Course {
  /** Medians of the middle third and of the last third of the soak. */
  readonly middleBytes: number;
  readonly lastBytes: number;
  /** What the last third may be at most. */
  readonly allowedBytes: number;
}

/** What each kind of memory may grow by beside what its events may take. */
export interface MemoryAllowance {
  /**
   * Memory that grows with what is held, by design: the causal index keeps 16 bytes for each log of which an event
   * sees something new, in arrays that double, and a store keeps its indexes at hand.
   */
  readonly bytesPerEvent: number;
  /** Objects and buffers come and go with what happens at the moment of a sample. */
  readonly heldSlackBytes: number;
  /** Pages come and go in large pieces, and an allocator that splits its pages gives few of them back. */
  readonly residentSlackBytes: number;
}

export const MEMORY_ALLOWANCE: MemoryAllowance = {
  bytesPerEvent: 256,
  heldSlackBytes: 3 * 1024 * 1024,
  residentSlackBytes: 20 * 1024 * 1024,
};

/** A soak that is shorter than this, in ms, says nothing: its processes are still warming up. */
export const JUDGED_FROM_MS = 10 * 60_000;

/**
 * Whether a process that lived through the whole soak has kept its memory: the median of the last third is no more
 * than that of the middle third, plus what its new events may take, plus some slack. The first third does not count:
 * a process warms up.
 *
 * @returns undefined when the soak was too short, or a third has no samples
 */
export const judgeMemory = (
  samples: readonly MemorySample[],
  totalMs: number,
  { bytesPerEvent, heldSlackBytes, residentSlackBytes }: MemoryAllowance = MEMORY_ALLOWANCE,
): MemoryVerdict | undefined => {
  const third = (n: number): readonly MemorySample[] =>
    samples.filter(({ atMs }) => atMs >= (totalMs * n) / 3 && atMs < (totalMs * (n + 1)) / 3);
  const [middle, last] = [third(1), third(2)];
  if (totalMs < JUDGED_FROM_MS || middle.length === 0 || last.length === 0) return undefined;
  const events = median(last.map((sample) => sample.events)) - median(middle.map((sample) => sample.events));
  const course = (bytes: (sample: MemorySample) => number, slackBytes: number): Course => {
    const middleBytes = median(middle.map(bytes));
    const allowedBytes = middleBytes + bytesPerEvent * events + slackBytes;
    return { middleBytes, lastBytes: median(last.map(bytes)), allowedBytes };
  };
  const held = course(({ heldBytes }) => heldBytes, heldSlackBytes);
  const resident = course(({ residentBytes }) => residentBytes, residentSlackBytes);
  return { events, held, resident, flat: [held, resident].every(isFlat) };
};

const isFlat = ({ lastBytes, allowedBytes }: Course): boolean => lastBytes <= allowedBytes;

/** The middle of several numbers; of an even count, the upper one. */
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
