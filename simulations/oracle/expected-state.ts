import type { Origin, PlacedEvent } from '../../protocol/event/index.ts';
import { digestOfView, foldNaively, pastsOf, readyPart, type SeqByLog, unforked } from './naive-fold.ts';
import { foldMembershipNaively, type MembershipView } from './naive-membership.ts';
import { type CountsView, countsOfView } from './state-view.ts';

/** Everything that follows from what a replica holds, in a form that two replicas can be compared in. */
export interface ReplicaView {
  readonly digest: string;
  readonly counts: CountsView;
  readonly membership: MembershipView;
  readonly forks: SeqByLog;
  /** Length of the applied part of each log. */
  readonly applied: SeqByLog;
}

/**
 * What a replica should say: the definitions, applied to a set of events and forks. Shares no code with the engine.
 *
 * @param genesis the first event of the space
 */
export const expectedView = (
  genesis: PlacedEvent,
  held: readonly PlacedEvent[],
  forks: SeqByLog,
): ReplicaView => {
  const logs = logsOf(held);
  const known = knownPart(genesis, held, forks);
  const membership = foldMembershipNaively(inCausalOrder(genesis, known), logs);
  const limits = Object.fromEntries(
    Object.entries(membership.logs).flatMap(([log, { limit }]) =>
      typeof limit === 'number' ? [[log, limit]] : [],
    ),
  );
  const counted = known.filter(({ origin, seq }) => seq <= (limits[origin] ?? seq));
  const view = foldNaively(known, { limits });
  return {
    digest: digestOfView(view),
    counts: countsOfView(view, counted.length, known.length - counted.length),
    membership,
    forks,
    applied: lengthsOf(known),
  };
};

/** The part that is applied: before the forks, ready, and of devices that an event which is applied has added. */
const knownPart = (
  genesis: PlacedEvent,
  held: readonly PlacedEvent[],
  forks: SeqByLog,
): readonly PlacedEvent[] => {
  const clamped = unforked(held, forks).map((event) => clampSeen(event, forks));
  let known: readonly PlacedEvent[] = readyPart(clamped.filter(({ origin }) => origin === genesis.origin));
  for (;;) {
    const { logs } = foldMembershipNaively(inCausalOrder(genesis, known), logsOf(held));
    const next = readyPart(clamped.filter(({ origin }) => logs[origin]?.accepted));
    if (next.length === known.length) return next;
    known = next;
  }
};

/** What an event states of a forked log ends before the fork. */
const clampSeen = (event: PlacedEvent, forks: SeqByLog): PlacedEvent => {
  if (event.seen === undefined) return event;
  const seen = Object.entries(event.seen)
    .map(([origin, seq]) => [origin, Math.min(seq, (forks[origin] ?? seq + 1) - 1)] as const)
    .filter(([, seq]) => seq > 0);
  return { ...event, seen: Object.fromEntries(seen) };
};

/** Causes before what has seen them, the genesis first. */
const inCausalOrder = (genesis: PlacedEvent, events: readonly PlacedEvent[]): readonly PlacedEvent[] => {
  const pasts = pastsOf(events);
  const rank = (event: PlacedEvent): number => (event.id === genesis.id ? -1 : (pasts.get(event)?.size ?? 0));
  return events.toSorted((a, b) => rank(a) - rank(b));
};

const logsOf = (events: readonly PlacedEvent[]): readonly Origin[] => [
  ...new Set(events.map(({ origin }) => origin)),
];

const lengthsOf = (events: readonly PlacedEvent[]): SeqByLog => {
  const lengths = new Map<string, number>();
  for (const { origin, seq } of events) lengths.set(origin, Math.max(seq, lengths.get(origin) ?? 0));
  return sorted([...lengths]);
};

const sorted = (entries: readonly (readonly [string, number])[]): SeqByLog =>
  Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
