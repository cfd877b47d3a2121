import type { DeviceId } from '../crypto/index.ts';
import type { Origin } from '../event/index.ts';
import { type FrontierEntry, nextPlace, SYNC_LIMITS, type SyncSession, type Window } from '../sync/index.ts';
import type { SegmentShelf } from './segment-shelf.ts';

/** What is to be asked of whom. */
export interface PlannedWant {
  readonly peer: DeviceId;
  readonly session: SyncSession;
  readonly origin: Origin;
  readonly window: Window;
}

/** What the planner needs to know. */
export interface PlannerHost {
  readonly sessions: ReadonlyMap<DeviceId, SyncSession>;
  readonly shelf: SegmentShelf;
  /** Whether a peer may be asked for anything. */
  mayAsk(peer: DeviceId): boolean;
  /** Whether records of a log are accepted here. */
  accepts(origin: Origin): boolean;
  /** How far a log is verified here. */
  held(origin: Origin): FrontierEntry | undefined;
}

/** Segments from one to another, both included. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Decides what is asked of whom. What is missing of a log is cut into windows of a few segments, and each goes to
 * the least busy of the peers that hold it.
 *
 * Invariants:
 * - P1: no segment is asked from two peers at the same time, but for what the first takes too long with.
 * - P2: only accepted logs are asked for.
 * - P4: no more than {@link SYNC_LIMITS.aheadSegmentsMax} segments are asked for or kept before their predecessor,
 *   in windows that do not begin with what is due.
 */
export class WantPlanner {
  readonly #host: PlannerHost;

  constructor(host: PlannerHost) {
    this.#host = host;
  }

  /** What to ask for now. The caller sends each want before it takes the next. */
  *plan(): Iterable<PlannedWant> {
    let claims: Claims | undefined;
    const seen = new Set<Origin>();
    for (const [peer, session] of this.#host.sessions) {
      if (!session.hasRoom || !this.#host.mayAsk(peer)) continue;
      for (const origin of session.remote.ahead()) {
        if (!session.hasRoom) break;
        if (seen.has(origin) || !this.#host.accepts(origin)) continue;
        seen.add(origin);
        // Mostly there is nothing to be asked for.
        claims ??= new Claims(this.#host);
        yield* this.#planLog(origin, claims);
      }
    }
  }

  /** Whether a log's next segment could be asked of another peer than these. */
  hasAlternative(origin: Origin, except: ReadonlySet<DeviceId>): boolean {
    const due = nextPlace(this.#host.held(origin)).segment;
    return this.#candidates(origin, due, true).some(([peer]) => !except.has(peer));
  }

  *#planLog(origin: Origin, claims: Claims): Iterable<PlannedWant> {
    const due = nextPlace(this.#host.held(origin));
    for (let from = claims.firstFree(origin, due.segment); ; ) {
      const isDue = from === due.segment;
      const most = isDue
        ? SYNC_LIMITS.windowSegments
        : Math.min(claims.aheadLeft, SYNC_LIMITS.windowSegments);
      const [peer, session] = this.#candidates(origin, from, isDue)[0] ?? [];
      if (most <= 0 || peer === undefined || session === undefined) return;
      const to = claims.lastFree(origin, {
        from,
        to: Math.min(from + most - 1, lastSegment(session, origin)),
      });
      claims.add(origin, { from, to }, isDue);
      const window = { segment: from, events: isDue ? due.events : 0, until: to };
      yield { peer, session, origin, window };
      from = claims.firstFree(origin, to + 1);
    }
  }

  /** Peers that a segment can be asked of, the least busy first. */
  #candidates(
    origin: Origin,
    segment: number,
    isDue: boolean,
  ): readonly (readonly [DeviceId, SyncSession])[] {
    return [...this.#host.sessions]
      .filter(([peer, session]) => {
        if (!this.#host.mayAsk(peer)) return false;
        const isHeld = isDue || (session.remote.reach(origin)?.segment ?? -1) >= segment;
        return session.hasRoom && isHeld && session.remote.offers(origin);
      })
      .sort(([, a], [, b]) => a.wants.load - b.wants.load);
  }
}

/** Which segments are asked for or kept, and how many of them before their predecessor. */
class Claims {
  readonly #shelf: SegmentShelf;
  readonly #spans = new Map<Origin, Span[]>();
  #ahead: number;

  constructor({ sessions, shelf, held }: PlannerHost) {
    this.#shelf = shelf;
    this.#ahead = shelf.size;
    for (const session of sessions.values()) {
      for (const { origin, segment, until } of session.wants.open()) {
        const span = { from: segment, to: until };
        this.add(origin, span, segment <= nextPlace(held(origin)).segment);
      }
    }
  }

  /** How many more segments may be asked for before their predecessor. */
  get aheadLeft(): number {
    return SYNC_LIMITS.aheadSegmentsMax - this.#ahead;
  }

  add(origin: Origin, span: Span, isDue: boolean): void {
    const spans = this.#spans.get(origin) ?? [];
    this.#spans.set(origin, [...spans, span]);
    if (!isDue) this.#ahead += span.to - span.from + 1;
  }

  /** The first segment from here on that nobody is asked for. */
  firstFree(origin: Origin, from: number): number {
    const spans = this.#of(origin);
    for (let free = from; ; ) {
      const taken = spans.find((span) => span.from <= free && free <= span.to);
      if (taken === undefined) return free;
      free = taken.to + 1;
    }
  }

  /** The last segment of a span before the first that is asked for. */
  lastFree(origin: Origin, { from, to }: Span): number {
    return Math.min(to, ...this.#of(origin).flatMap((span) => (span.from > from ? [span.from - 1] : [])));
  }

  #of(origin: Origin): readonly Span[] {
    const kept = [...this.#shelf.segments(origin)].map((segment) => ({ from: segment, to: segment }));
    return [...(this.#spans.get(origin) ?? []), ...kept];
  }
}

/** Up to where a peer can be asked for a log; a frozen one says nothing of that. */
const lastSegment = (session: SyncSession, origin: Origin): number => {
  const entry = session.remote.reach(origin);
  return entry === undefined || entry.frozen ? Number.POSITIVE_INFINITY : entry.segment;
};
