import {
  decodeRecord,
  type EventId,
  type Origin,
  type PlacedEvent,
  type RecordFault,
  type Seq,
} from '../event/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';

/** Where an event is: the log and its seq there. */
export interface Place {
  readonly origin: Origin;
  readonly seq: Seq;
}

/**
 * Reads a record in its place. Beyond the record's own rules, a log never states that it has seen itself.
 *
 * @param id the event id that follows from the verified leaf hash
 */
export const placeRecord = (
  origin: Origin,
  seq: Seq,
  id: EventId,
  record: Uint8Array,
): Verdict<PlacedEvent, RecordFault> => {
  const body = decodeRecord(record);
  if (!body.ok) return body;
  if (body.value.seen !== undefined && Object.hasOwn(body.value.seen, origin)) {
    return refuse('record_malformed', 'seen names the log that the event is in');
  }
  return accept({ ...body.value, id, origin, seq });
};
