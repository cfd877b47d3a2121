import type { Crypto, DeviceId } from '../crypto/index.ts';
import type { Origin } from '../event/index.ts';
import { type Fault, refuse, SmoError, type Verdict } from '../fault/index.ts';
import { type Manifest, type SpaceId, type VerifiedRange, verifySuccession } from '../manifest/index.ts';
import { nextPlace, type ReceivedRange } from '../sync/index.ts';
import type { StoredEvent } from './backlogs.ts';
import type { EngineWork } from './engine-work.ts';
import type { LogTail } from './ports.ts';
import { SegmentShelf } from './segment-shelf.ts';

/** What the intake needs from the engine. */
export interface IntakeHost {
  readonly crypto: Crypto;
  readonly work: EngineWork;
  readonly space: SpaceId;
  /** Newest verified position of a log. */
  tail(origin: Origin): LogTail | undefined;
  /** Takes a verified range that continues its log, with its events. */
  take(range: VerifiedRange, events: readonly StoredEvent[]): void;
}

/** Why what a peer sent of a log was refused. */
export interface Refusal {
  readonly peer: DeviceId;
  readonly origin: Origin;
  readonly fault: Fault;
}

/** What became of a received range. */
export interface IntakeOutcome {
  /** Whether something was taken, so that a commit follows. */
  readonly taken: boolean;
  readonly refusals: readonly Refusal[];
}

/**
 * Verifies what peers send and hands on what continues its log. A segment that comes before its predecessor is
 * verified as far as it can be and kept until that is here; where the chain then breaks, all that was kept of the
 * log is dropped. Only whoever sent the segment that does not fit is refused.
 */
export class RangeIntake {
  readonly shelf = new SegmentShelf();
  readonly #host: IntakeHost;

  constructor(host: IntakeHost) {
    this.#host = host;
  }

  receive(peer: DeviceId, received: ReceivedRange): IntakeOutcome {
    const outcome = this.#receive(peer, received);
    // What came in a session before may not belong to what came now: it is asked for anew, as a whole.
    return received.resumed && !outcome.taken ? NOTHING_TAKEN : outcome;
  }

  #receive(peer: DeviceId, received: ReceivedRange): IntakeOutcome {
    const { origin, segment } = received;
    const manifest = this.#manifestOf(received);
    if (!manifest.ok) return refused({ peer, origin, fault: manifest.fault });
    // An open segment has no successor. Kept in wait for one, those that come after it could be any number.
    if (received.continues && !manifest.value.sealed)
      return refused({ peer, origin, fault: afterOpen(received) });
    const due = nextPlace(this.#host.tail(origin)?.manifest);
    if (segment > due.segment) return this.#keep(peer, manifest.value, received);
    // The log has grown since this was asked for, as only an own one does: what comes next is asked for anew.
    if (segment < due.segment || received.skipped !== due.events) return NOTHING_TAKEN;
    const range = this.#verify(manifest.value, received);
    const fault = range.ok ? this.#take(range.value) : this.#blame(received, range.fault);
    if (fault !== undefined) return refused({ peer, origin, fault });
    const refusal = this.#chain(origin);
    return { taken: true, refusals: refusal === undefined ? [] : [refusal] };
  }

  #keep(peer: DeviceId, manifest: Manifest, { origin, records }: ReceivedRange): IntakeOutcome {
    if (!this.shelf.hasRoom) return NOTHING_TAKEN;
    const { space, work } = this.#host;
    const range = work.verifyUnplaced({ space, manifest, records });
    if (!range.ok) return refused({ peer, origin, fault: range.fault });
    this.shelf.put({ peer, range: range.value });
    return { taken: false, refusals: [] };
  }

  /** A verification that meets damage of the own store fails like any other: the log stops, the replica goes on. */
  #verify(manifest: Manifest, { origin, skipped, records }: ReceivedRange): Verdict<VerifiedRange> {
    const { space, work } = this.#host;
    const firstSeq = manifest.firstSeq + skipped;
    try {
      return work.verifyRange({ space, tail: this.#host.tail(origin), manifest, firstSeq, records });
    } catch (error) {
      if (error instanceof SmoError && error.code === 'tail_damaged')
        return refuse(error.code, error.message);
      throw error;
    }
  }

  /** A root also covers what is held already: if that differs, the sender may have sent what it holds. */
  #blame({ origin, skipped }: ReceivedRange, fault: Fault): Fault {
    if (skipped === 0 || !OVER_HELD.has(fault.code)) return fault;
    return {
      code: 'history_differs',
      message: `does not continue what is held of log ${origin}: ${fault.message}`,
    };
  }

  /** Takes what is kept of a log as far as it continues it. */
  #chain(origin: Origin): Refusal | undefined {
    for (;;) {
      const tail = this.#host.tail(origin);
      const next = this.shelf.take(origin, nextPlace(tail?.manifest).segment);
      if (next === undefined) return undefined;
      const placed = verifySuccession(this.#host.crypto, tail?.manifest, next.range.manifest);
      const fault = placed.ok ? this.#take(next.range) : placed.fault;
      if (fault === undefined) continue;
      this.shelf.drop(origin);
      return { peer: next.peer, origin, fault };
    }
  }

  #take(range: VerifiedRange): Fault | undefined {
    const events = this.#host.work.readEvents(range);
    if (!events.ok) return events.fault;
    this.#host.take(range, events.value);
    return undefined;
  }

  /** The manifest of a range, if it is of the segment that was asked for. */
  #manifestOf({ origin, segment, manifest: bytes }: ReceivedRange): Verdict<Manifest> {
    const manifest = this.#host.work.decodeManifest(bytes);
    if (!manifest.ok) return manifest;
    if (manifest.value.origin !== origin || manifest.value.segment !== segment) {
      return refuse('order_violation', `what came for segment ${segment} of log ${origin} is something else`);
    }
    return manifest;
  }
}

/** Faults that depend on the records held before a range. */
const OVER_HELD: ReadonlySet<string> = new Set(['root_mismatch', 'bytes_mismatch']);

/** Nothing came of a range, and nobody is at fault. */
export const NOTHING_TAKEN: IntakeOutcome = { taken: false, refusals: [] };

const refused = (refusal: Refusal): IntakeOutcome => ({ taken: false, refusals: [refusal] });

const afterOpen = ({ origin, segment }: ReceivedRange): Fault => ({
  code: 'bad_range',
  message: `goes on after segment ${segment} of log ${origin}, which is open`,
});
