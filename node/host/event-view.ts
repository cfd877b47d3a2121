import type { Crypto } from '../../protocol/crypto/index.ts';
import type { Engine, RecordStore } from '../../protocol/engine/index.ts';
import {
  eventIdFromLeaf,
  leafHash,
  type Origin,
  type PlacedEvent,
  type Seq,
} from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import { isFarFuture, type Place, placeRecord } from '../../protocol/log/index.ts';
import type { EventView } from '../api/index.ts';

/**
 * An event as the API shows it, with its effective seen vector; past the fork of a log, with what it states itself.
 */
export const viewOf = (engine: Engine, event: PlacedEvent): EventView => {
  const { id, origin, seq, timestamp, type, entityId, payload, actor, source } = event;
  const { causality } = engine.replica;
  const isApplied = seq <= causality.applied(origin);
  const seen = isApplied ? causality.seenVector(event) : (event.seen ?? {});
  return {
    id,
    origin,
    seq,
    timestamp,
    seen,
    type,
    entityId,
    payload,
    ...(actor !== undefined && { actor }),
    ...(source !== undefined && { source }),
    ...((!isApplied || engine.membership.excludes(event)) && { excluded: true }),
  };
};

/** The same for a person to look at: with a flag where a clock must be wrong. */
export const flaggedViewOf = (engine: Engine, event: PlacedEvent): EventView => ({
  ...viewOf(engine, event),
  ...(isFarFuture(event.timestamp, Date.now()) && { farFuture: true }),
});

/** Reads events back from their stored records. */
export class EventReader {
  readonly #crypto: Crypto;
  readonly #records: RecordStore;

  constructor(crypto: Crypto, records: RecordStore) {
    this.#crypto = crypto;
    this.#records = records;
  }

  /** One event that is known to be stored. */
  event({ origin, seq }: Place): PlacedEvent {
    const record = this.#records.record(origin, seq);
    if (record === undefined) throw missing(origin, seq);
    return this.#place(origin, seq, record);
  }

  /** Events of one log from `firstSeq` up to `lastSeq`, in order. */
  async *events(origin: Origin, firstSeq: Seq, lastSeq: Seq): AsyncIterable<PlacedEvent> {
    for (let seq = firstSeq; seq <= lastSeq; ) {
      const records = await this.#records.records(origin, seq, Math.min(BATCH, lastSeq - seq + 1));
      if (records.length === 0) throw missing(origin, seq);
      for (const record of records) {
        yield this.#place(origin, seq, record);
        seq += 1;
      }
    }
  }

  #place(origin: Origin, seq: Seq, record: Uint8Array): PlacedEvent {
    const id = eventIdFromLeaf(leafHash(this.#crypto, origin, seq, record));
    const event = placeRecord(origin, seq, id, record);
    if (event.ok) return event.value;
    throw new SmoError(
      'store_damaged',
      `event ${seq} of log ${origin} cannot be read: ${event.fault.message}`,
      'Run "smo doctor" to see what is damaged, and to mend it.',
    );
  }
}

/** Records that are read at once. */
const BATCH = 1024;

const missing = (origin: Origin, seq: Seq): SmoError =>
  new SmoError(
    'store_damaged',
    `event ${seq} of log ${origin} is missing from the store`,
    'Run "smo doctor" to see what is damaged, and to mend it.',
  );
