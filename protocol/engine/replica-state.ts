import type { JsonValue } from '../bytes/index.ts';
import { CausalIndex, type LastOf } from '../causality/index.ts';
import type { Origin, PlacedEvent, Seq } from '../event/index.ts';
import { type HybridClock, observeForeign, observeOwn, type Place, startOfTime } from '../log/index.ts';
import { isControlType, type Membership } from '../membership/index.ts';
import {
  listExcluded,
  noCounts,
  type ProjectionContext,
  type ProjectionCounts,
  StateDigest,
} from '../projection/index.ts';
import type { EngineWork } from './engine-work.ts';
import type { MetaRow, StateImage } from './image.ts';
import { STATE_FORMAT, stateKey } from './state-keys.ts';
import type { StateOverlay } from './state-overlay.ts';

/** What the derived state needs from the engine. */
export interface ReplicaStateHost {
  readonly work: EngineWork;
  /** The device's main log, whose last timestamp the clock keeps; every other log is foreign to the clock. */
  main(): Origin;
  readonly overlay: StateOverlay;
  /** The verified genesis event of the space. */
  readonly genesis: PlacedEvent;
  /** The last event of a log before its fork. */
  readonly lastOf: LastOf;
  /** An applied event, read back from its record. */
  readonly event: (place: Place) => PlacedEvent;
}

/**
 * What becomes of an event that is applied: it is projected, or listed as excluded; `unjudged` events are left
 * out, by a replica whose state is to be thrown away.
 */
export type Judgement = 'counted' | 'excluded' | 'unjudged';

/** Everything that follows from the applied events: causality, projection, membership, clock. */
export class ReplicaState {
  readonly causality: CausalIndex;
  readonly digest: StateDigest;
  readonly counts: ProjectionCounts;
  readonly #host: ReplicaStateHost;
  readonly #context: ProjectionContext;
  readonly #members: ReturnType<EngineWork['foldMembership']>;
  #controlEvents = 0;
  readonly #touched = new Set<Origin>();
  #appliedCount: number;
  #clock: HybridClock;
  /** What the rows say of a rebuild. */
  #savedRebuilding = false;

  /** @param clock that of the replica before this one, which must not go back */
  constructor(host: ReplicaStateHost, image: StateImage | undefined, clock: HybridClock = startOfTime) {
    this.#host = host;
    this.causality = new CausalIndex(host.lastOf, host.work.newKnowledge());
    this.digest = new StateDigest(host.work.hashItem, image?.meta.digest);
    this.counts = { ...(image?.meta.counts ?? noCounts()) };
    this.#clock = image?.meta.clock ?? clock;
    for (const [origin, seq] of image?.applied ?? []) this.causality.restoreApplied(origin, seq);
    for (const step of image?.steps ?? []) this.causality.restoreStep(step);
    // What the rows tell of as the device's own was written in a log before this one.
    if (image !== undefined && this.causality.applied(host.main()) === 0) this.continueClock();
    this.#appliedCount = (image?.applied ?? []).reduce((sum, [, seq]) => sum + seq, 0);
    this.#members = host.work.foldMembership(host.genesis, (place, origin) =>
      this.causality.seenSeq(place, origin),
    );
    for (const event of image?.control ?? []) this.#takeControl(event);
    this.#context = {
      get: (key) => host.overlay.get(key),
      put: (key, row) => host.overlay.put(key, row),
      sees: (place, other) => this.causality.sees(place, other),
      seenSeq: (place, origin) => this.causality.seenSeq(place, origin),
      event: host.event,
      digest: this.digest,
      counts: this.counts,
    };
  }

  /** What the applied control events make. */
  get membership(): Membership {
    return this.#members.membership;
  }

  get clock(): HybridClock {
    return this.#clock;
  }

  /** How many events are applied, those that are excluded among them. */
  get appliedCount(): number {
    return this.#appliedCount;
  }

  /**
   * Applies a ready event.
   * @returns whether the membership has changed
   */
  apply(event: PlacedEvent, judgement: Judgement, nowMs: number): boolean {
    const step = this.causality.apply(event, event.seen);
    if (step !== undefined) this.#host.overlay.put(stateKey.causal(step.origin, step.seq), step.seen);
    if (judgement === 'counted') this.#host.work.projectEvent(this.#context, event);
    else if (judgement === 'excluded') listExcluded(this.#context, event);
    this.#appliedCount += 1;
    this.#clock =
      event.origin === this.#host.main()
        ? observeOwn(this.#clock, event.timestamp)
        : observeForeign(this.#clock, event.timestamp, nowMs);
    this.#touched.add(event.origin);
    if (!isControlType(event.type)) return false;
    const before = this.membership;
    const key = stateKey.control(this.#controlEvents);
    this.#members.take(event);
    // What its author may not state says nothing, now and after every restart.
    if (this.membership === before) return false;
    this.#controlEvents += 1;
    this.#host.overlay.put(key, event as unknown as JsonValue);
    return true;
  }

  /** Makes the clock continue under another main log: what the one before had written is foreign from now on. */
  continueClock(): void {
    const { ownMs, foreignMs } = this.#clock;
    this.#clock = { ownMs, foreignMs: Math.max(ownMs, foreignMs) };
  }

  /**
   * Puts what has changed beside the projection's rows into the overlay, for a commit.
   * @param isRebuilding whether the rows are of use to nobody before the rebuild has come to its end
   */
  save(isRebuilding: boolean): void {
    if (this.#touched.size === 0 && isRebuilding === this.#savedRebuilding) return;
    this.#savedRebuilding = isRebuilding;
    for (const origin of this.#touched) {
      this.#host.overlay.put(stateKey.applied(origin), this.causality.applied(origin));
    }
    this.#touched.clear();
    const meta: MetaRow = {
      format: STATE_FORMAT,
      digest: this.digest.toHex(),
      counts: { ...this.counts },
      clock: this.#clock,
      ...(isRebuilding && { rebuilding: true }),
    };
    this.#host.overlay.put(stateKey.meta, meta as unknown as JsonValue);
  }

  /** Length of the applied prefix of every log. */
  applied(): ReadonlyMap<Origin, Seq> {
    return this.causality.frontier();
  }

  #takeControl(event: PlacedEvent): void {
    this.#controlEvents += 1;
    this.#members.take(event);
  }
}
