import type { JsonValue } from '../bytes/index.ts';
import { CausalIndex } from '../causality/index.ts';
import type { Crypto } from '../crypto/index.ts';
import type { Origin, PlacedEvent, Seq } from '../event/index.ts';
import { type HybridClock, observeForeign, observeOwn, type Place, startOfTime } from '../log/index.ts';
import { isControlType, type Membership, MembershipFold } from '../membership/index.ts';
import {
  noCounts,
  type ProjectionContext,
  type ProjectionCounts,
  pairOf,
  placeOf,
  projectEvent,
  StateDigest,
} from '../projection/index.ts';
import type { MetaRow, StateImage } from './image.ts';
import { STATE_FORMAT, stateKey } from './state-keys.ts';
import type { StateOverlay } from './state-overlay.ts';

/** What the derived state needs from the engine. */
export interface ReplicaStateHost {
  readonly crypto: Crypto;
  /** The device's main log, whose last timestamp the clock keeps; every other log is foreign to the clock. */
  readonly main: Origin;
  readonly overlay: StateOverlay;
  /** The verified genesis event of the space. */
  readonly genesis: PlacedEvent;
  /** An applied event, read back from its record. */
  readonly event: (place: Place) => PlacedEvent;
}

/** Everything that follows from the applied events: causality, projection, membership, clock. */
export class ReplicaState {
  readonly causality = new CausalIndex();
  readonly digest: StateDigest;
  readonly counts: ProjectionCounts;
  readonly #host: ReplicaStateHost;
  readonly #context: ProjectionContext;
  readonly #members: MembershipFold;
  readonly #touched = new Set<Origin>();
  /** How many control events are applied. */
  #controlEvents = 0;
  #clock: HybridClock;

  constructor(host: ReplicaStateHost, image: StateImage | undefined) {
    this.#host = host;
    this.digest = new StateDigest(host.crypto, image?.meta.digest);
    this.counts = { ...(image?.meta.counts ?? noCounts()) };
    this.#clock = image?.meta.clock ?? startOfTime;
    for (const [origin, seq] of image?.applied ?? []) this.causality.restoreApplied(origin, seq);
    for (const step of image?.steps ?? []) this.causality.restoreStep(step);
    this.#members = new MembershipFold(host.genesis, (place, origin) =>
      this.causality.seenSeq(place, origin),
    );
    for (const pair of image?.control ?? []) this.#takeControl(host.event(placeOf(pair)));
    this.#context = {
      crypto: host.crypto,
      get: (key) => host.overlay.get(key),
      put: (key, row) => host.overlay.put(key, row),
      sees: (place, other) => this.causality.sees(place, other),
      seenSeq: (place, origin) => this.causality.seenSeq(place, origin),
      event: host.event,
      digest: this.digest,
      counts: this.counts,
    };
  }

  get membership(): Membership {
    return this.#members.membership;
  }

  get clock(): HybridClock {
    return this.#clock;
  }

  /**
   * Applies a ready event.
   * @returns whether the membership has changed
   */
  apply(event: PlacedEvent, nowMs: number): boolean {
    const step = this.causality.apply(event, event.seen);
    if (step !== undefined) this.#host.overlay.put(stateKey.causal(step.origin, step.seq), step.seen);
    projectEvent(this.#context, event);
    this.#clock =
      event.origin === this.#host.main
        ? observeOwn(this.#clock, event.timestamp)
        : observeForeign(this.#clock, event.timestamp, nowMs);
    this.#touched.add(event.origin);
    if (!isControlType(event.type)) return false;
    this.#host.overlay.put(stateKey.control(this.#controlEvents), pairOf(event) as unknown as JsonValue);
    this.#takeControl(event);
    return true;
  }

  /** Puts what has changed beside the projection's rows into the overlay, for a commit. */
  save(): void {
    if (this.#touched.size === 0) return;
    for (const origin of this.#touched) {
      this.#host.overlay.put(stateKey.applied(origin), this.causality.applied(origin));
    }
    this.#touched.clear();
    const meta: MetaRow = {
      format: STATE_FORMAT,
      digest: this.digest.toHex(),
      counts: { ...this.counts },
      clock: this.#clock,
    };
    this.#host.overlay.put(stateKey.meta, meta as unknown as JsonValue);
  }

  /** Whether records of a log are stored and exchanged. */
  accepts(origin: Origin): boolean {
    return this.membership.accepts(origin);
  }

  /** Length of the applied prefix of every log. */
  applied(): ReadonlyMap<Origin, Seq> {
    return this.causality.frontier();
  }

  #takeControl(event: PlacedEvent): void {
    this.#members.take(event);
    this.#controlEvents += 1;
  }
}
