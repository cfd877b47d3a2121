import type { PlacedEvent } from '../../protocol/event/index.ts';
import type { SeqByLog } from './naive-fold.ts';
import type { SeenVectors } from './seen-vectors.ts';

interface Log {
  readonly origin: string;
  readonly events: readonly PlacedEvent[];
  next: number;
  /** Logs that wait for an event of this one. */
  readonly waiters: { readonly log: Log; readonly seq: number }[];
}

/** What {@link takeReady} takes, and from whom. */
export interface Taking {
  readonly forks: SeqByLog;
  /** Gets every event that is taken, before it is handed on. */
  readonly vectors: SeenVectors;
  /** Whether events of a log may be taken now. */
  readonly isKnown?: (log: string) => boolean;
  readonly take?: (event: PlacedEvent) => void;
}

/**
 * Takes of a set every event that comes before the fork of its log and of which all that it has seen is taken, causes
 * first; returns them in that order. Once something is taken, logs that were not known are asked about again.
 */
export const takeReady = (
  held: readonly PlacedEvent[],
  { forks, vectors, isKnown = () => true, take }: Taking,
): readonly PlacedEvent[] => {
  const logs = new Map([...logsOf(held, forks)].map((log) => [log.origin, log]));
  const taken: PlacedEvent[] = [];
  const unknown = new Set<Log>();
  const due = [...logs.values()].reverse();
  const advance = (log: Log): void => {
    for (let event = log.events[log.next]; event !== undefined; event = log.events[log.next]) {
      const missing = vectors.stated(event).find(([origin, seq]) => vectors.length(origin) < seq);
      if (missing !== undefined) {
        logs.get(missing[0])?.waiters.push({ log, seq: missing[1] });
        return;
      }
      vectors.add(event);
      take?.(event);
      taken.push(event);
      log.next += 1;
    }
  };
  for (let log = due.pop(); log !== undefined; log = due.pop()) {
    if (!isKnown(log.origin)) {
      unknown.add(log);
      continue;
    }
    const before = log.next;
    advance(log);
    if (log.next === before) continue;
    due.push(...log.waiters.splice(0).map((waiter) => waiter.log));
    for (const stranger of unknown) if (isKnown(stranger.origin)) due.push(stranger);
    for (const stranger of due) unknown.delete(stranger);
  }
  return taken;
};

/** The logs of a set, each up to its fork or its first gap. */
function* logsOf(held: readonly PlacedEvent[], forks: SeqByLog): Iterable<Log> {
  for (const [origin, events] of Map.groupBy(held, (event) => event.origin)) {
    const sorted = events.toSorted((a, b) => a.seq - b.seq);
    const end = sorted.findIndex(({ seq }, i) => seq !== i + 1 || seq >= (forks[origin] ?? seq + 1));
    yield { origin, events: end < 0 ? sorted : sorted.slice(0, end), next: 0, waiters: [] };
  }
}
