/** What a process was seen to hold at one moment. */
export interface MemorySample {
  /** Since the soak began, in ms. */
  readonly atMs: number;
  readonly residentBytes: number;
  /** Events that the device held. */
  readonly events: number;
}

/** How the memory of one process went. */
export interface MemoryVerdict {
  /** Medians of the middle third and of the last third of the soak. */
  readonly middleBytes: number;
  readonly lastBytes: number;
  /** Events that came between those medians. */
  readonly events: number;
  /** What the last third may be at most. */
  readonly allowedBytes: number;
  readonly flat: boolean;
}

/** What the judgement allows, in words for whoever reads the table. */
export interface MemoryAllowance {
  /**
   * Memory that grows with what is held, by design: the causal index keeps 16 bytes for each log of which an event
   * sees something new, in arrays that double, and a store keeps its indexes at hand.
   */
  readonly bytesPerEvent: number;
  /** Memory comes and goes in large pieces: steps that mean nothing. */
  readonly slackBytes: number;
  /** Likewise, as a share of the middle third. */
  readonly slackShare: number;
}

export const MEMORY_ALLOWANCE: MemoryAllowance = {
  bytesPerEvent: 512,
  slackBytes: 16 * 1024 * 1024,
  slackShare: 0.1,
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
  { bytesPerEvent, slackBytes, slackShare }: MemoryAllowance = MEMORY_ALLOWANCE,
): MemoryVerdict | undefined => {
  const third = (n: number): readonly MemorySample[] =>
    samples.filter(({ atMs }) => atMs >= (totalMs * n) / 3 && atMs < (totalMs * (n + 1)) / 3);
  const [middle, last] = [third(1), third(2)];
  if (totalMs < JUDGED_FROM_MS || middle.length === 0 || last.length === 0) return undefined;
  const middleBytes = median(middle.map(({ residentBytes }) => residentBytes));
  const lastBytes = median(last.map(({ residentBytes }) => residentBytes));
  const events = median(last.map((sample) => sample.events)) - median(middle.map((sample) => sample.events));
  const allowedBytes = middleBytes + bytesPerEvent * events + Math.max(slackBytes, slackShare * middleBytes);
  return { middleBytes, lastBytes, events, allowedBytes, flat: lastBytes <= allowedBytes };
};

/** How memory went with time, from the end of the first third of the samples on. */
export interface MemoryGrowth {
  readonly samples: number;
  readonly firstBytes: number;
  readonly lastBytes: number;
  /** Slope of the straight line through the samples, by least squares. */
  readonly bytesPerMinute: number;
}

/** @returns undefined for fewer than three samples after the first third */
export const growthOf = (all: readonly MemorySample[]): MemoryGrowth | undefined => {
  const samples = all.slice(Math.floor(all.length / 3));
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || samples.length < 3) return undefined;
  const mean = (of: (sample: MemorySample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [meanMs, meanBytes] = [mean(({ atMs }) => atMs), mean(({ residentBytes }) => residentBytes)];
  const covariance = mean(({ atMs, residentBytes }) => (atMs - meanMs) * (residentBytes - meanBytes));
  const variance = mean(({ atMs }) => (atMs - meanMs) ** 2);
  return {
    samples: all.length,
    firstBytes: first.residentBytes,
    lastBytes: last.residentBytes,
    bytesPerMinute: variance === 0 ? 0 : (covariance / variance) * 60_000,
  };
};

/** The middle of several numbers; of an even count, the upper one. */
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
