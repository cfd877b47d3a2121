import type { Outcome } from '../../../simulations/index.ts';

/** What a sweep tells of a run, column by column. */
export const METRICS = {
  /** From the end of the chaos until all were equal; infinite when they never were. */
  converged_after_us: ({ convergedAt, healedAtUs }) =>
    convergedAt === null ? Number.POSITIVE_INFINITY : convergedAt - healedAtUs,
  stretch: ({ stretch }) => stretch,
  events: ({ events }) => events,
  messages: ({ messages }) => messages,
  bytes: ({ bytes }) => bytes,
  messages_per_peer: ({ messages, peers }) => messages / peers,
  bytes_per_peer: ({ bytes, peers }) => bytes / peers,
  conflicts_open: ({ conflicts }) => conflicts.open,
  conflicts_closed: ({ conflicts }) => conflicts.closed,
  excluded: ({ excluded }) => excluded,
  /** Different states that there were in the end. */
  digests: ({ digests }) => digests.length,
  steps: ({ steps }) => steps,
  /** Of a process that runs one run after the other, and of this machine as is the time. */
  peak_memory_bytes: ({ peakMemoryBytes }) => peakMemoryBytes,
  wall_ms: ({ wallMs }) => wallMs,
} as const satisfies Readonly<Record<string, (outcome: Outcome) => number | null>>;

export type Metric = keyof typeof METRICS;

export const METRIC_NAMES = Object.keys(METRICS) as readonly Metric[];

/** To thousandths, as tables have it. */
export const rounded = (value: number): number => Math.round(1_000 * value) / 1_000;
