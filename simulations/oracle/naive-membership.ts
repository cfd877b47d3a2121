import type { JsonObject } from '../../protocol/bytes/index.ts';
import type { PlacedEvent } from '../../protocol/event/index.ts';
import {
  authorOf,
  deviceIn,
  inTotalOrder,
  isAdd,
  isReadable,
  isRevocation,
  LEAST_FIRST,
  nameOf,
  permits,
  placeOf,
  renamesItself,
  roleIn,
  subjectOf,
  WRITING,
} from './control-statement.ts';
import { pastsOf } from './naive-fold.ts';

/** A membership as tests compare it: devices and logs by their ids, places as "<log> <seq>". */
export interface MembershipView {
  readonly members: Readonly<Record<string, MemberView>>;
  readonly former: Readonly<Record<string, MemberView & FormerView>>;
  /** For each log that was asked about. */
  readonly logs: Readonly<Record<string, { readonly accepted: boolean; readonly limit: number | string }>>;
  /** The control events that count, sorted. */
  readonly counted: readonly string[];
}

export interface MemberView {
  readonly name: string;
  readonly role: string;
  readonly since: string;
}

export interface FormerView {
  readonly by: string;
  readonly reason: string | undefined;
  readonly cut: JsonObject;
  readonly revokedAt: string;
}

type Events = readonly PlacedEvent[];

/** What a fold has decided: the removals that count, and from them whether any other event does. */
interface Fold {
  readonly removals: ReadonlySet<PlacedEvent>;
  readonly counts: (event: PlacedEvent) => boolean;
}

/**
 * The membership by the definition in docs/protocol/membership.md, word by word and as slowly as that. Shares no
 * code with protocol/membership. The first event is the genesis; causes stand before what has seen them.
 */
export const foldMembershipNaively = (events: Events, logs: readonly string[]): MembershipView => {
  const rules = new NaiveRules(events);
  const valid = events.filter((event) => rules.isValid(event));
  const fold = rules.fold(valid);
  const counted = valid.filter(fold.counts);
  const devices = [...new Set(valid.filter(isAdd).map(subjectOf))].filter((device) =>
    counted.some((event) => isAdd(event) && subjectOf(event) === device),
  );
  const memberOf = (device: string): MemberView => {
    const about = counted.filter((event) => subjectOf(event) === device);
    const names = rules.last(about.filter((event) => nameOf(event) !== undefined)).toSorted(inTotalOrder);
    const adds = about.filter(isAdd).toSorted(inTotalOrder);
    const since = adds.find((event) => event === events[0]) ?? adds[0];
    return {
      name: nameOf(names.at(-1)) ?? '',
      role: rules.roleOf(device, counted) ?? '',
      since: since === undefined ? '' : placeOf(since),
    };
  };
  const revocationsOf = (device: string): Events =>
    [...fold.removals].filter((event) => isRevocation(event) && subjectOf(event) === device);
  const formerOf = (device: string): MemberView & FormerView => {
    const [first] = revocationsOf(device);
    if (first === undefined) throw new Error('not revoked');
    const { reason, cut } = first.payload as { readonly reason?: string; readonly cut: JsonObject };
    return { ...memberOf(device), by: authorOf(first), reason, cut, revokedAt: placeOf(first) };
  };
  const isRevoked = (device: string): boolean => revocationsOf(device).length > 0;
  const viewOf = <T>(names: readonly string[], view: (name: string) => T): Record<string, T> =>
    Object.fromEntries(names.map((name) => [name, view(name)]));
  return {
    members: viewOf(
      devices.filter((device) => !isRevoked(device)),
      memberOf,
    ),
    former: viewOf(devices.filter(isRevoked), formerOf),
    logs: viewOf(logs, (log) => ({
      accepted: rules.isAccepted(log, valid),
      limit: rules.limitOf(log, valid, counted, fold),
    })),
    counted: counted.map(placeOf).toSorted(),
  };
};

class NaiveRules {
  readonly #genesis: PlacedEvent | undefined;
  readonly #pasts: ReturnType<typeof pastsOf>;
  readonly #valid = new Map<PlacedEvent, boolean>();
  readonly #rolesBefore = new Map<PlacedEvent, string | undefined>();

  constructor(events: Events) {
    this.#genesis = events[0];
    this.#pasts = pastsOf(events);
  }

  /** Judged by what the event has seen, and by nothing else. */
  isValid(event: PlacedEvent): boolean {
    const known = this.#valid.get(event);
    if (known !== undefined) return known;
    const verdict = this.#judge(event);
    this.#valid.set(event, verdict);
    return verdict;
  }

  #judge(event: PlacedEvent): boolean {
    if (event === this.#genesis) return true;
    if (!isReadable(event)) return false;
    const before = this.#validPast(event);
    if (!this.#mayState(event, before)) return false;
    if (!this.#isRemoval(event) || subjectOf(event) === authorOf(event)) return true;
    return this.#mayState(event, [...before, event]);
  }

  /** Whether the author is a member by a set, with a role that may state the event. */
  #mayState(event: PlacedEvent, set: Events): boolean {
    const { counts, removals } = this.fold(set);
    const isRevoked = [...removals].some(
      (removal) => isRevocation(removal) && subjectOf(removal) === authorOf(event),
    );
    return !isRevoked && permits(this.roleOf(authorOf(event), set.filter(counts)), event);
  }

  #validPast(event: PlacedEvent): Events {
    return [...(this.#pasts.get(event) ?? [])].filter((other) => this.isValid(other));
  }

  /** Removals one after the other: of those left, always the one whose author is the most senior by then. */
  fold(set: Events): Fold {
    const removals = new Set<PlacedEvent>();
    let left = set.filter((event) => this.#isRemoval(event));
    while (left.length > 0) {
      const counts = this.#counting(removals);
      const ranked = left.map((event) => ({ event, rank: this.#rank(event, counts) }));
      ranked.sort((a, b) => compareRanks(a.rank, b.rank) || inTotalOrder(a.event, b.event));
      const next = ranked[0]?.event as PlacedEvent;
      left = left.filter((event) => event !== next);
      if (this.#stands(next, removals, counts)) removals.add(next);
    }
    return { removals, counts: this.#counting(removals) };
  }

  /** Which valid events count once these removals do, and no others. */
  #counting(removals: ReadonlySet<PlacedEvent>): (event: PlacedEvent) => boolean {
    const decided = new Map<PlacedEvent, boolean>();
    const fixed = new Set(removals);
    const counts = (event: PlacedEvent): boolean => {
      const known = decided.get(event);
      if (known !== undefined) return known;
      const verdict =
        event === this.#genesis ||
        (this.#isRemoval(event) ? fixed.has(event) : this.#stands(event, fixed, counts));
      decided.set(event, verdict);
      return verdict;
    };
    return counts;
  }

  #stands(
    event: PlacedEvent,
    removals: ReadonlySet<PlacedEvent>,
    counts: (event: PlacedEvent) => boolean,
  ): boolean {
    if ([...removals].some((removal) => this.#cuts(removal, event))) return false;
    return permits(this.roleOf(authorOf(event), this.#countedPast(event, counts)), event);
  }

  #countedPast(event: PlacedEvent, counts: (event: PlacedEvent) => boolean): Events {
    return this.#validPast(event).filter(counts);
  }

  /** Steps from the founder to the author, and the add that makes them. */
  #rank(
    event: PlacedEvent,
    counts: (event: PlacedEvent) => boolean,
  ): readonly [number, PlacedEvent] | undefined {
    const adds = this.#countedPast(event, counts).filter(
      (add) => isAdd(add) && subjectOf(add) === authorOf(event),
    );
    const ranks = adds.map((add): readonly [number, PlacedEvent] => [
      add === this.#genesis ? 0 : 1 + (this.#rank(add, counts)?.[0] ?? Number.NaN),
      add,
    ]);
    return ranks.toSorted(compareRanks)[0];
  }

  /** The least of the roles that the last statements give; undefined for a device that is not added. */
  roleOf(device: string, set: Events): string | undefined {
    const about = set.filter((event) => subjectOf(event) === device && roleIn(event) !== undefined);
    if (!about.some(isAdd)) return undefined;
    const roles = this.last(about).map(roleIn);
    return LEAST_FIRST.find((role) => roles.includes(role));
  }

  /** The events of a set that no other of the set has seen. */
  last(set: Events): Events {
    return set.filter((event) => !set.some((other) => this.#sees(other, event)));
  }

  #sees(event: PlacedEvent, other: PlacedEvent): boolean {
    return this.#pasts.get(event)?.has(other) === true;
  }

  #isRemoval(event: PlacedEvent): boolean {
    if (isRevocation(event)) return true;
    const role = roleIn(event);
    if (event === this.#genesis || role === undefined || role === 'admin') return false;
    const before = this.#roleBefore(event);
    return before !== undefined && LEAST_FIRST.indexOf(role) <= LEAST_FIRST.indexOf(before);
  }

  #roleBefore(event: PlacedEvent): string | undefined {
    if (!this.#rolesBefore.has(event)) {
      const before = this.#validPast(event);
      const role = this.roleOf(subjectOf(event), before.filter(this.fold(before).counts));
      this.#rolesBefore.set(event, role);
    }
    return this.#rolesBefore.get(event);
  }

  #seenOf(event: PlacedEvent, log: string): number {
    const seen = [event, ...(this.#pasts.get(event) ?? [])].filter(({ origin }) => origin === log);
    return Math.max(0, ...seen.map(({ seq }) => seq));
  }

  /** What a removal leaves of a log: what it states, or what it has seen; undefined for a log unknown to it. */
  #cutOf(removal: PlacedEvent, log: string): number | undefined {
    const cut = (removal.payload.cut ?? {}) as Readonly<Record<string, number>>;
    if (Object.hasOwn(cut, log)) return cut[log];
    const seen = this.#seenOf(removal, log);
    return seen > 0 ? seen : undefined;
  }

  #cuts(removal: PlacedEvent, event: PlacedEvent): boolean {
    if (subjectOf(removal) !== authorOf(event) || removal === event || event === this.#genesis) return false;
    const cut = this.#cutOf(removal, event.origin);
    if (isRevocation(removal)) return event.seq > (cut ?? 0);
    const isConcurrent = !this.#sees(removal, event) && !this.#sees(event, removal);
    if (WRITING.includes(roleIn(removal) ?? '')) return isConcurrent && !renamesItself(event);
    return cut === undefined ? isConcurrent : event.seq > cut;
  }

  isAccepted(log: string, valid: Events): boolean {
    const about = valid.filter((event) => subjectOf(event) === deviceIn(log));
    return about.some(isAdd) && about.some((event) => WRITING.includes(roleIn(event) ?? ''));
  }

  limitOf(log: string, valid: Events, counted: Events, { removals }: Fold): number | string {
    const device = deviceIn(log);
    const isAboutIt = (event: PlacedEvent): boolean => subjectOf(event) === device;
    if (!valid.some((event) => isAdd(event) && isAboutIt(event))) return 'unknown';
    const about = counted.filter(isAboutIt);
    if (!about.some(isAdd) || !about.some((event) => WRITING.includes(roleIn(event) ?? ''))) return 0;
    const revoked = [...removals]
      .filter((event) => isAboutIt(event) && isRevocation(event))
      .map((event) => this.#cutOf(event, log) ?? 0);
    const silenced = [...removals]
      .filter((event) => isAboutIt(event) && !isRevocation(event) && !WRITING.includes(roleIn(event) ?? ''))
      .flatMap((event) => this.#cutOf(event, log) ?? []);
    const isSilent = !WRITING.includes(this.roleOf(device, counted) ?? '') && silenced.length === 0;
    const limit = Math.min(...revoked, ...silenced, isSilent ? 0 : Number.POSITIVE_INFINITY);
    return limit === Number.POSITIVE_INFINITY ? 'unlimited' : limit;
  }
}

const compareRanks = (
  a: readonly [number, PlacedEvent] | undefined,
  b: readonly [number, PlacedEvent] | undefined,
): number => {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return a[0] - b[0] || inTotalOrder(a[1], b[1]);
};
