import { compareEvents } from '../event/index.ts';
import { accept, type Verdict } from '../fault/index.ts';
import { causalOrder } from './import-order.ts';
import { seenSeq, supersedes } from './smo-os-causality.ts';
import { collision, preferredCopy } from './smo-os-copies.ts';
import type { SmoOsEvent } from './smo-os-event.ts';
import type { MergedSmoOsEvents } from './smo-os-merge.ts';

/**
 * Events of one foreign origin, each of which comes after the one before it: what one native log takes in.
 * An origin needs a second chain only for an event that belongs before imported ones, or was in a circle, or comes after a
 * chain that has ended.
 */
export interface ImportChain {
  readonly origin: string;
  readonly events: readonly SmoOsEvent[];
  /** Whether its log takes in nothing more, so that what comes next needs another chain. */
  readonly ended?: boolean;
}

/** That the first `count` events of a chain are seen. */
export interface ImportSight {
  /** Index of the chain in {@link ImportPlan.chains}. */
  readonly chain: number;
  readonly count: number;
}

/** One event to append. */
export interface ImportStep {
  /** Index of the chain in {@link ImportPlan.chains} to whose end it goes. */
  readonly chain: number;
  readonly event: SmoOsEvent;
  /**
   * Everything that it has seen in the other chains, by index of the chain, only counts from 1 on. This is the
   * whole vector, transitively closed: a log writes down of it what has risen since its event before.
   */
  readonly seen: readonly ImportSight[];
}

/** An event that comes too late to keep its place. */
export interface LateEvent {
  readonly event: SmoOsEvent;
  /** An imported event that had seen it, the first in the total order. */
  readonly seenBy: SmoOsEvent;
}

/** What an import appends. */
export interface ImportPlan {
  /** The chains as they will be: those that were handed in, at the same index, then new ones. */
  readonly chains: readonly ImportChain[];
  /** What to append, in an order in which every prefix is complete. Empty when all events are imported. */
  readonly steps: readonly ImportStep[];
  /**
   * Events that imported ones had seen although they come only now, and will stand beside them as
   * concurrent: logs cannot be amended. Importing all files of a mesh at once avoids them.
   */
  readonly late: readonly LateEvent[];
}

/**
 * Plans the import of foreign events into native logs, one log for each chain, so that native causality (the
 * running maximum of `seen` along a log, and what the seen events have seen) equals the relation of the old
 * vectors wherever that is a partial order. Where it is not transitive, native causality is its closure; where
 * it goes round in a circle, {@link causalOrder} says what is lost.
 *
 * Events of one origin form one chain, by seq. Those of seq 0 are seen by every event of a higher seq, and
 * come one after the other in the total order; two events that share origin and seq are both kept, likewise
 * in the total order.
 *
 * Events that are imported already are passed over; an imported id with other content is an `id_collision`.
 *
 * @param imported the chains that earlier imports have appended, in the order of their logs
 */
export const planImport = (
  events: MergedSmoOsEvents,
  imported: readonly ImportChain[] = [],
): Verdict<ImportPlan, 'id_collision'> => {
  const held = new Map(imported.flatMap((chain) => chain.events.map((event) => [event.id, event])));
  const fresh: SmoOsEvent[] = [];
  for (const event of events) {
    const earlier = held.get(event.id);
    if (earlier === undefined) fresh.push(event);
    else if (preferredCopy(earlier, event) === undefined) {
      return collision(event.id, 'the earlier import', 'this one');
    }
  }
  const chains = new GrowingChains(imported);
  const steps = causalOrder(fresh).map((event) => chains.append(event));
  return accept({
    chains: chains.all(),
    steps,
    late: lateEvents(fresh, [...held.values()].sort(compareEvents)),
  });
};

const lateEvents = (fresh: readonly SmoOsEvent[], imported: readonly SmoOsEvent[]): readonly LateEvent[] => {
  const seqMaxByOrigin = new Map<string, number>();
  for (const { origin, seq, seen } of imported) {
    for (const [seenOrigin, seenSeqMax] of [...seen, [origin, seq] as const]) {
      seqMaxByOrigin.set(seenOrigin, Math.max(seqMaxByOrigin.get(seenOrigin) ?? 0, seenSeqMax));
    }
  }
  return fresh.flatMap((event) => {
    if (event.seq > (seqMaxByOrigin.get(event.origin) ?? 0)) return [];
    const seenBy = imported.find((other) => supersedes(other, event));
    return seenBy ? [{ event, seenBy }] : [];
  });
};

/** For each chain, how many of its events are seen. */
type Sight = readonly number[];

class GrowingChain {
  readonly origin: string;
  readonly ended: boolean;
  readonly events: SmoOsEvent[] = [];
  /** What each event has seen; undefined for one in a circle that is not looked at yet. */
  readonly sights: (Sight | undefined)[] = [];
  /** Whether the seqs never fall, as in every honest log. */
  #rising = true;

  constructor(origin: string, ended = false) {
    this.origin = origin;
    this.ended = ended;
  }

  /** Whether an event may come next. */
  takes(event: SmoOsEvent): boolean {
    const last = this.events.at(-1);
    return !this.ended && this.origin === event.origin && (last === undefined || supersedes(event, last));
  }

  push(event: SmoOsEvent): void {
    if (event.seq < (this.events.at(-1)?.seq ?? 0)) this.#rising = false;
    this.events.push(event);
  }

  /** How many events there are up to the last one that `event` supersedes. */
  countSeenBy(event: SmoOsEvent): number {
    let count = this.#rising ? this.#countUpTo(seenSeq(event, this.origin)) : this.events.length;
    for (let last = this.events[count - 1]; last && !supersedes(event, last); last = this.events[count - 1]) {
      count -= 1;
    }
    return count;
  }

  #countUpTo(seq: number): number {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.events[middle]?.seq ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

class GrowingChains {
  readonly #chains: GrowingChain[];

  constructor(imported: readonly ImportChain[]) {
    const placeOf = new Map<SmoOsEvent, readonly [GrowingChain, number]>();
    this.#chains = imported.map(({ origin, events, ended }) => {
      const chain = new GrowingChain(origin, ended);
      for (const [at, event] of events.entries()) {
        chain.push(event);
        placeOf.set(event, [chain, at]);
      }
      return chain;
    });
    for (const event of causalOrder([...placeOf.keys()].sort(compareEvents))) {
      const [chain, at] = placeOf.get(event) ?? [];
      if (chain !== undefined && at !== undefined)
        chain.sights[at] = this.#sightOf(event, { chain, count: at });
    }
  }

  all(): readonly ImportChain[] {
    return this.#chains.map(({ origin, events }) => ({ origin, events }));
  }

  /** Appends to the first chain of the origin that goes on and whose last event comes before this one, or to a new chain. */
  append(event: SmoOsEvent): ImportStep {
    const sight = this.#sightOf(event);
    let at = this.#chains.findIndex((chain) => chain.takes(event));
    if (at < 0) at = this.#chains.push(new GrowingChain(event.origin)) - 1;
    const chain = this.#chains[at];
    chain?.push(event);
    chain?.sights.push(sight);
    const seen = sight.flatMap((count, other) =>
      count > 0 && other !== at ? [{ chain: other, count }] : [],
    );
    return { chain: at, event, seen };
  }

  /**
   * What an event sees directly, and what those events have seen.
   * @param own the chain that holds the event already, and how many events come before it there
   */
  #sightOf(event: SmoOsEvent, own?: { readonly chain: GrowingChain; readonly count: number }): Sight {
    const direct = this.#chains.map((chain) => (chain === own?.chain ? own.count : chain.countSeenBy(event)));
    const sight = [...direct];
    for (const [at, chain] of this.#chains.entries()) {
      // Sights rise along a chain: the last one seen has seen all that the others have.
      for (const [other, count] of (chain.sights[(direct[at] ?? 0) - 1] ?? []).entries()) {
        if (other !== at) sight[other] = Math.max(sight[other] ?? 0, count);
      }
    }
    return sight;
  }
}
