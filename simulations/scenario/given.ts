import type { EventDraft } from '../../protocol/event/index.ts';
import type { GitHistory } from '../../protocol/git-history/index.ts';
import type { Scenario } from './scenario-schema.ts';

/** What was read for a workload that is not made up. */
export type GivenWorkload =
  /** A history of git. */
  | { readonly kind: 'git'; readonly history: GitHistory }
  /** Events that were written elsewhere, each after those that it had seen. */
  | { readonly kind: 'events'; readonly events: readonly GivenEvent[] }
  /** Events to be written, in this order. */
  | { readonly kind: 'drafts'; readonly drafts: readonly EventDraft[] };

/** An event that was written elsewhere. */
export interface GivenEvent {
  /** Its source is the event itself as it was elsewhere, and no other event has the same. */
  readonly draft: EventDraft;
  /** Number of its log, from 0; each event there comes after the one before. */
  readonly chain: number;
  /** How many events of other logs it had seen. */
  readonly seen: readonly { readonly chain: number; readonly count: number }[];
  /** When it was written, in ms since 1970. */
  readonly writtenAtMs: number;
}

/** A workload that has to be read from somewhere before a scenario can be expanded. */
export type OutsideWorkload = Exclude<Scenario['workload'], { readonly kind: 'synthetic' }>;

/** A scenario with another workload. It is not asked any more for what follows from what is written. */
export const withWorkload = (scenario: Scenario, workload: OutsideWorkload): Scenario => {
  const { forks } = scenario.assert;
  const assert = forks === undefined ? {} : { forks };
  const sometimes = scenario.sometimes.filter((goal) => !OF_WORKLOADS.has(goal));
  return { ...scenario, workload, assert, sometimes };
};

const OF_WORKLOADS: ReadonlySet<Scenario['sometimes'][number]> = new Set([
  'conflict-opened',
  'conflict-closed',
  'event-excluded',
]);
