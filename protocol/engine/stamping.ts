import type { CausalIndex } from '../causality/index.ts';
import {
  type EventBody,
  type EventDraft,
  encodeRecord,
  type Origin,
  type SeenVector,
  type Seq,
} from '../event/index.ts';
import { SmoError } from '../fault/index.ts';
import { type HybridClock, nextTimestamp, observeForeign, observeOwn } from '../log/index.ts';
import type { AppendEntry } from './input.ts';

/** An entry with its place and stamps, ready to be appended. */
export interface StampedEntry {
  readonly origin: Origin;
  readonly seq: Seq;
  readonly body: EventBody;
  readonly record: Uint8Array;
}

/** What stamping looks at; nothing of it is changed. */
export interface StampingBase {
  /** The device's main log, whose last timestamp the clock keeps. */
  readonly main: Origin;
  readonly causality: CausalIndex;
  readonly clock: HybridClock;
  readonly nowMs: number;
  nextSeq(origin: Origin): Seq;
}

/**
 * Gives each entry of a batch its seq, its timestamp and its stated seen delta, and encodes it. Entries see
 * those before them in the batch. Pure, so that a batch with one bad entry leaves no trace.
 *
 * @throws SmoError when an entry cannot be written; the message says which by its number, from 1
 */
export const stampEntries = (
  base: StampingBase,
  entries: readonly AppendEntry[],
): readonly StampedEntry[] => {
  const batch = new Batch(base);
  return entries.map((entry, i) => {
    try {
      return batch.stamp(entry);
    } catch (error) {
      if (error instanceof SmoError && entries.length > 1) {
        throw new SmoError(error.code, `event ${i + 1}: ${error.message}`, error.hint);
      }
      throw error;
    }
  });
};

/** The members in canonical order, in which they are encoded fastest; unknown ones are for the record's check to refuse. */
const bodyOf = (
  { actor, entityId, payload, source, type, ...unknown }: EventDraft,
  timestamp: number,
  seen: SeenVector,
): EventBody => ({
  ...(actor !== undefined && { actor }),
  entityId,
  payload,
  ...(Object.keys(seen).length > 0 && { seen }),
  ...(source !== undefined && { source }),
  timestamp,
  type,
  ...unknown,
});

/** The replica as it will be after the entries so far. */
class Batch {
  readonly #base: StampingBase;
  /** Lengths of the logs that the batch has written to. */
  readonly #lengths = new Map<Origin, Seq>();
  /** What the batch's own logs have stated as seen, beyond what the causal index knows. */
  readonly #stated = new Map<Origin, Map<Origin, Seq>>();
  #clock: HybridClock;

  constructor(base: StampingBase) {
    this.#base = base;
    this.#clock = base.clock;
  }

  stamp({ origin, draft, timestamp, seen }: AppendEntry): StampedEntry {
    const seq = (this.#lengths.get(origin) ?? this.#base.nextSeq(origin) - 1) + 1;
    const delta = this.#delta(origin, seq, seen ?? this.#everything());
    const at = timestamp ?? nextTimestamp(this.#clock, this.#base.nowMs);
    const body = bodyOf(draft, at, delta);
    const record = encodeRecord(body);
    this.#lengths.set(origin, seq);
    this.#clock =
      origin === this.#base.main
        ? observeOwn(this.#clock, at)
        : observeForeign(this.#clock, at, this.#base.nowMs);
    return { origin, seq, body, record };
  }

  /** All applied events, and those of the batch so far. */
  #everything(): SeenVector {
    const all: Record<string, Seq> = {};
    for (const [origin, seq] of this.#base.causality.frontier()) all[origin] = seq;
    for (const [origin, seq] of this.#lengths) all[origin] = seq;
    return all;
  }

  /** What rises against the log's previous event. */
  #delta(origin: Origin, seq: Seq, seen: SeenVector): SeenVector {
    const stated = this.#stated.get(origin) ?? new Map<Origin, Seq>();
    this.#stated.set(origin, stated);
    const before = { origin, seq: seq - 1 };
    const delta: Record<string, Seq> = {};
    for (const [name, highest] of Object.entries(seen)) {
      const other = name as Origin;
      if (other === origin) continue;
      if (highest > Math.max(this.#base.causality.applied(other), this.#lengths.get(other) ?? 0)) {
        throw new SmoError(
          'seen_not_applied',
          `it claims to have seen event ${highest} of ${other}, which is not here`,
        );
      }
      if (highest <= Math.max(this.#base.causality.seenSeq(before, other), stated.get(other) ?? 0)) continue;
      delta[other] = highest;
      stated.set(other, highest);
    }
    return delta;
  }
}
