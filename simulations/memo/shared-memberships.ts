import type { EventId, PlacedEvent } from '../../protocol/event/index.ts';
import {
  CONTROL_TYPE,
  type Membership,
  MembershipFold,
  type SeenSeq,
} from '../../protocol/membership/index.ts';

/** What folds control events. */
type Fold = Pick<MembershipFold, 'membership' | 'take'>;

/**
 * The membership that the founder of a space makes by letting in one device after the other is folded once for all
 * engines. Each follows as long as it is handed the same events in the same order; from the first other one on it has a
 * fold of its own. Nothing that is shared depends on what an engine has seen: one log alone speaks, and each of its
 * events has seen all before it.
 */
export class SharedMemberships {
  readonly #chains = new Map<EventId, Chain>();

  /** @param genesis the verified first event of the space */
  fold(genesis: PlacedEvent, seenSeq: SeenSeq): Fold {
    const chain = this.#chains.get(genesis.id) ?? new Chain(genesis);
    this.#chains.set(genesis.id, chain);
    return new SharedFold(chain, seenSeq);
  }
}

/** A founder's admissions, and the membership after each. */
class Chain {
  readonly genesis: PlacedEvent;
  readonly #fold: MembershipFold;
  readonly #events: PlacedEvent[] = [];
  readonly #memberships: Membership[];
  readonly #subjects = new Set<unknown>();

  constructor(genesis: PlacedEvent) {
    this.genesis = genesis;
    this.#fold = new MembershipFold(genesis, (place, origin) => (place.origin === origin ? place.seq : 0));
    this.#memberships = [this.#fold.membership];
  }

  /** After so many events. */
  membership(count: number): Membership {
    return this.#memberships[count] ?? this.#fold.membership;
  }

  events(count: number): readonly PlacedEvent[] {
    return this.#events.slice(0, count);
  }

  /** Whether an event is the next one after so many; where nobody has come further, it may become that. */
  continues(count: number, event: PlacedEvent): boolean {
    const next = this.#events[count];
    if (next !== undefined) return next.id === event.id;
    const { device } = event.payload;
    const isAdmission = event.type === CONTROL_TYPE.deviceAdded && event.origin === this.genesis.origin;
    if (!isAdmission || this.#subjects.has(device)) return false;
    this.#subjects.add(device);
    this.#events.push(event);
    this.#fold.take(event);
    this.#memberships.push(this.#fold.membership);
    return true;
  }
}

/** The fold of one engine. */
class SharedFold implements Fold {
  readonly #chain: Chain;
  readonly #seenSeq: SeenSeq;
  #count = 0;
  /** What the chain has, and what this fold tells instead: engines tell memberships apart by their identity. */
  #told: { readonly of: Membership; readonly as: Membership } | undefined;
  /** Once its events are others than those of the chain. */
  #own: MembershipFold | undefined;

  constructor(chain: Chain, seenSeq: SeenSeq) {
    this.#chain = chain;
    this.#seenSeq = seenSeq;
  }

  get membership(): Membership {
    const membership = this.#own?.membership ?? this.#chain.membership(this.#count);
    if (membership !== this.#told?.of) this.#told = { of: membership, as: membership.copy() };
    return this.#told.as;
  }

  take(event: PlacedEvent): void {
    if (event.id === this.#chain.genesis.id) return;
    if (this.#own === undefined && this.#chain.continues(this.#count, event)) {
      this.#count += 1;
      return;
    }
    this.#own ??= this.#leave();
    this.#own.take(event);
  }

  /** Goes on in a fold of its own, which so far says the same. */
  #leave(): MembershipFold {
    const { membership } = this;
    const fold = new MembershipFold(this.#chain.genesis, this.#seenSeq);
    for (const event of this.#chain.events(this.#count)) fold.take(event);
    this.#told = { of: fold.membership, as: membership };
    return fold;
  }
}
