import type { Crypto } from '../crypto/index.ts';
import { eventIdFromLeaf, leafHasher, type Origin, type PlacedEvent, type Seq } from '../event/index.ts';
import { SmoError } from '../fault/index.ts';
import { type Place, placeRecord } from '../log/index.ts';
import type { StoredEvent } from './backlogs.ts';
import type { PendingRecords } from './pending-records.ts';
import type { RecordStore } from './ports.ts';

/** Reads events back from the records of verified logs. */
export class StoredEvents {
  readonly #crypto: Crypto;
  readonly #records: Pick<RecordStore, 'record'>;
  readonly #pending: PendingRecords;

  /** @param pending records on their way to the store */
  constructor(crypto: Crypto, records: Pick<RecordStore, 'record'>, pending: PendingRecords) {
    this.#crypto = crypto;
    this.#records = records;
    this.#pending = pending;
  }

  /**
   * One event.
   * @throws SmoError `store_damaged` when its record cannot be read
   */
  at(place: Place): PlacedEvent {
    const record = this.#pending.record(place) ?? this.#records.record(place.origin, place.seq);
    const [stored] = record === undefined ? [] : this.read(place.origin, place.seq, [record]);
    if (stored !== undefined) return stored.event;
    throw new SmoError(
      'store_damaged',
      `event ${place.seq} of log ${place.origin} is missing from the store`,
      'Run "smo verify" to see what is damaged.',
    );
  }

  /** Events of stored records; ends before the first that cannot be read. */
  read(origin: Origin, firstSeq: Seq, records: readonly Uint8Array[]): readonly StoredEvent[] {
    const events: StoredEvent[] = [];
    const hashLeaf = leafHasher(this.#crypto, origin);
    for (const [i, record] of records.entries()) {
      const id = eventIdFromLeaf(hashLeaf(firstSeq + i, record));
      const event = placeRecord(origin, firstSeq + i, id, record);
      if (!event.ok) break;
      events.push({ event: event.value, bytes: record.length });
    }
    return events;
  }
}
