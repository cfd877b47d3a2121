import type { Origin, PlacedEvent, Seq } from '../event/index.ts';
import type { Fork } from '../evidence/index.ts';
import type { Membership } from '../membership/index.ts';
import { Applier, type WaitingPlace } from './applier.ts';
import type { StoredEvent } from './backlogs.ts';
import type { StateImage } from './image.ts';
import { ENGINE_LIMITS } from './limits.ts';
import { ReplicaState, type ReplicaStateHost } from './replica-state.ts';
import { stateKey } from './state-keys.ts';

/** How far a rebuild is, in events. */
export interface RebuildProgress {
  readonly done: number;
  readonly total: number;
}

interface Rebuild {
  /** Events to be applied. */
  readonly total: number;
  /** Whether all that can be applied is, so that only the commit is missing. */
  isDone: boolean;
}

/** What the derived state needs from the engine. */
export interface DerivedStateHost extends ReplicaStateHost {
  /** Whether a log is one of this device's own: these never wait for their device to be known. */
  isOwn(origin: Origin): boolean;
  /** The logs that are stored, and how long each is. */
  stored(): Iterable<readonly [Origin, Seq]>;
  /** Forks of logs that are known. */
  forks(): Iterable<Fork>;
  /** Whether records that this device has appended are on their way to the store. */
  isAppending(): boolean;
  /** All rows are thrown away. */
  reset(): void;
  /** Whether more may be read now. When that changes, {@link DerivedState.read} is to be called. */
  mayRead(): boolean;
  /** Reads stored records from a place on; they come back through {@link DerivedState.offerRead}. */
  read(origin: Origin, firstSeq: Seq): void;
  /** An event is applied that has not been before. */
  applied(event: PlacedEvent, changesMembership: boolean): void;
  /** The membership has changed by which others are judged. */
  membershipChanged(): void;
  /** All that is stored is applied again; to be called back once that is committed. */
  rebuilt(committed: () => void): void;
}

/**
 * What follows from the stored records, and how it is made anew when a verdict changes on events that were dealt
 * with (docs/decisions/0025): the rows are thrown away and everything is applied again from the store.
 *
 * While that lasts, events are judged by one membership: the one that all control events known before have made.
 * Otherwise each revocation that is applied again would change verdicts anew. Where no such membership is known
 * (the state was lost), the first pass may come to nothing and only find it.
 *
 * Invariants:
 * - V1: outside of a rebuild, each applied event is counted or excluded as the membership says that the applied
 *   control events make, and no applied event is past a fork.
 * - V2: both, and what is applied, follow from the stored records and the forks alone.
 */
export class DerivedState {
  readonly #host: DerivedStateHost;
  #replica: ReplicaState;
  #applier: Applier;
  /** The membership by which events are judged, and who is who. */
  #membership: Membership;
  /** Whether the membership in force is kept as it is until the rebuild has come to its end. */
  #isPinned = false;
  /** Whether a verdict has changed on an event that was dealt with. */
  #isOutdated = false;
  /** Whether an event is applied that is past a fork, so that nothing can be learnt by going on. */
  #isCut = false;
  #rebuild: Rebuild | undefined;
  /** For each log, the last event that was told of as applied; what was applied when the engine was opened counts. */
  readonly #told: Map<Origin, Seq>;
  /** Bytes of the records that were taken up since the state was saved. */
  #unsavedBytes = 0;
  /** Reads under way, those that an applier before the present one began included. */
  #reads = 0;
  /** Since when there is more to apply than is applied at once. */
  #pausedMs: number | undefined;
  #nowMs = 0;

  constructor(host: DerivedStateHost, image: StateImage | undefined) {
    this.#host = host;
    const isCurrent = image !== undefined && hasForks(image, host.forks());
    if (image !== undefined && !isCurrent) host.reset();
    this.#replica = new ReplicaState(host, isCurrent ? image : undefined);
    this.#applier = this.#newApplier();
    this.#membership = this.#replica.membership;
    this.#told = new Map(image?.applied);
    if (!isCurrent) this.#noteForks();
    const total = this.#note();
    if (total > this.#replica.appliedCount) this.#rebuild = { total, isDone: false };
  }

  get replica(): ReplicaState {
    return this.#replica;
  }

  /** The membership by which events are judged and devices admitted. */
  get membership(): Membership {
    return this.#membership;
  }

  /** How far a rebuild is; undefined when the state is that of all that is stored and ready. */
  get rebuilding(): RebuildProgress | undefined {
    if (this.#rebuild === undefined) return undefined;
    const { total } = this.#rebuild;
    return { done: Math.min(this.#replica.appliedCount, total), total };
  }

  /** Whether more of what is stored is being read, to be applied. */
  get isReading(): boolean {
    return !this.#applier.isIdle;
  }

  /** When what is ready and was left off is to be gone on with, in ms since 1970: at once, by a tick. */
  get deadlineMs(): number | undefined {
    return this.#pausedMs;
  }

  /** Whether so much waits in memory to be applied that no more should come. */
  get isBehind(): boolean {
    return this.#applier.isBehind;
  }

  /** Bytes of the records that were taken up since the last {@link save}. */
  get unsavedBytes(): number {
    return this.#unsavedBytes;
  }

  /** Logs that wait, and for what. */
  waiting(): Iterable<WaitingPlace> {
    return this.#applier.waiting();
  }

  /** Whether a log waits: for events of other logs, or for a record of its own that cannot be read. */
  isWaiting(origin: Origin): boolean {
    return [...this.#applier.waiting()].some(({ place }) => place.origin === origin);
  }

  /** Takes up what was stored and not applied. */
  resume(nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#applier.isPaused) this.#applier.goOn();
    else this.#applier.resume();
  }

  /** Takes verified events of one log, in order; they may be on their way to the store. */
  offer(origin: Origin, events: readonly StoredEvent[], nowMs: number): void {
    this.#nowMs = nowMs;
    this.#count(events);
    this.#applier.offer(origin, events);
  }

  /** Takes what a read brought. */
  offerRead(origin: Origin, firstSeq: Seq, events: readonly StoredEvent[], nowMs: number): void {
    this.#nowMs = nowMs;
    this.#count(events);
    this.#reads -= 1;
    this.#applier.offerRead(origin, firstSeq, events);
    // Also where the answer was to an applier before this one.
    this.#applier.read();
  }

  /** Begins the reads that were held back. */
  read(): void {
    this.#applier.read();
  }

  /** Takes up a log of which more is stored now. */
  stored(origin: Origin, length: Seq, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#applier.stored(origin, length);
  }

  /** A log turns out to have been forked, or to have been earlier than was known. */
  forked(origin: Origin, seq: Seq, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#host.overlay.put(stateKey.fork(origin), seq);
    if (seq <= this.#replica.causality.applied(origin)) this.#isCut = true;
    // What waits for an event past the fork waits no longer.
    else this.#applier.resume();
  }

  /** Records of a log that could not be read can be now. */
  repaired(origin: Origin, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#applier.repaired(origin);
  }

  /** To be called at the end of each step: begins a rebuild that is due, or ends the one that is done. */
  settle(nowMs: number): void {
    while (this.#isCut || this.#isDue()) this.#restart();
    this.#pausedMs = this.#applier.isPaused ? Math.min(this.#pausedMs ?? nowMs, nowMs) : undefined;
    const rebuild = this.#rebuild;
    if (rebuild === undefined || rebuild.isDone || !this.#isAtEnd()) return;
    rebuild.isDone = true;
    this.#isPinned = false;
    if (this.#membership !== this.#replica.membership) this.#adopt();
    this.#host.rebuilt(() => {
      if (this.#rebuild === rebuild) this.#rebuild = undefined;
    });
  }

  /** Puts what has changed into the overlay, for a commit. */
  save(): void {
    this.#unsavedBytes = 0;
    this.#replica.save(this.#isPinned || this.#isOutdated);
  }

  #count(events: readonly StoredEvent[]): void {
    for (const { bytes } of events) this.#unsavedBytes += bytes;
  }

  /** Whether all is applied that is stored and ready. */
  #isAtEnd(): boolean {
    if (this.#rebuild === undefined || this.#rebuild.isDone) return true;
    return this.#applier.isIdle && !this.#host.isAppending();
  }

  /** Whether verdicts have changed, and all is known that there is to know about how. */
  #isDue(): boolean {
    return this.#isAtEnd() && (this.#isOutdated || !this.#agrees(this.#replica.membership));
  }

  /** Throws the state away and begins anew. */
  #restart(): void {
    const { clock, membership } = this.#replica;
    if (this.#isAtEnd()) {
      this.#isPinned = true;
      if (this.#membership !== membership) this.#adopt();
    }
    this.#isOutdated = false;
    this.#isCut = false;
    this.#host.reset();
    this.#replica = new ReplicaState(this.#host, undefined, clock);
    if (!this.#isPinned) this.#membership = this.#replica.membership;
    this.#applier = this.#newApplier();
    this.#noteForks();
    this.#rebuild = { total: this.#note(), isDone: false };
    this.#applier.resume();
  }

  /** Notes what there is to apply; returns how many events that are, with those that are applied. */
  #note(): number {
    let total = 0;
    for (const [origin, length] of this.#host.stored()) {
      const end = Math.min(length, this.#host.lastOf(origin) ?? length);
      total += end;
      this.#applier.note(origin, end);
    }
    return total;
  }

  #noteForks(): void {
    for (const { origin, seq } of this.#host.forks()) this.#host.overlay.put(stateKey.fork(origin), seq);
  }

  #newApplier(): Applier {
    return new Applier(this.#replica.causality, {
      isKnown: (origin) => this.#host.isOwn(origin) || this.#replica.membership.accepts(origin),
      apply: (event) => this.#apply(event),
      mayRead: () => this.#reads < ENGINE_LIMITS.readsMax && this.#host.mayRead(),
      read: (origin, firstSeq) => {
        this.#reads += 1;
        this.#host.read(origin, firstSeq);
      },
    });
  }

  #apply(event: PlacedEvent): void {
    const isChanged = this.#replica.apply(event, this.#judge(event), this.#nowMs);
    if (event.seq > (this.#told.get(event.origin) ?? 0)) {
      this.#told.set(event.origin, event.seq);
      this.#host.applied(event, isChanged);
    }
    if (!isChanged) return;
    this.#applier.reconsider();
    if (this.#isPinned) return;
    if (!this.#agrees(this.#replica.membership)) this.#isOutdated = true;
    this.#adopt();
  }

  #judge(event: PlacedEvent): 'counted' | 'excluded' | 'unjudged' {
    if (this.#isOutdated || this.#isCut) return 'unjudged';
    return this.#membership.excludes(event) ? 'excluded' : 'counted';
  }

  #adopt(): void {
    this.#membership = this.#replica.membership;
    this.#host.membershipChanged();
  }

  /** Whether a membership says of every applied event what the one in force says. */
  #agrees(membership: Membership): boolean {
    if (membership === this.#membership) return true;
    for (const [origin, applied] of this.#replica.applied()) {
      if (countedOf(membership, origin, applied) !== countedOf(this.#membership, origin, applied))
        return false;
    }
    return true;
  }
}

/** Whether a state was made with just these forks. */
const hasForks = (image: StateImage, forks: Iterable<Fork>): boolean => {
  const known = new Map([...forks].map(({ origin, seq }) => [origin, seq]));
  return image.forks.length === known.size && image.forks.every(([origin, seq]) => known.get(origin) === seq);
};

/** How many of the first events of a log count. */
const countedOf = (membership: Membership, origin: Origin, applied: Seq): Seq => {
  const limit = membership.limit(origin);
  return limit.type === 'limited' ? Math.min(limit.seq, applied) : applied;
};
