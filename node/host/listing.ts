import { compareEvents, type Origin, type PlacedEvent, type Seq } from '../../protocol/event/index.ts';
import type { EventReader } from './event-view.ts';

/** A log being merged: its next event, and the time under which it is listed. */
interface Cursor {
  readonly events: AsyncIterator<PlacedEvent>;
  next: PlacedEvent;
  /** Highest timestamp of the log so far: an event is never listed before its predecessor. */
  listedAt: number;
}

/**
 * All applied events in listing order: the total order, except that an event whose timestamp is lower than that
 * of its predecessor in its log is listed right after it. Logs are merged as they are read, so memory does
 * not grow with their length.
 */
export async function* listEvents(
  reader: EventReader,
  applied: ReadonlyMap<Origin, Seq>,
): AsyncIterable<PlacedEvent> {
  const cursors: Cursor[] = [];
  for (const [origin, lastSeq] of applied) {
    const events = reader.events(origin, 1, lastSeq)[Symbol.asyncIterator]();
    const first = await events.next();
    if (!first.done) cursors.push({ events, next: first.value, listedAt: first.value.timestamp });
  }
  while (cursors.length > 0) {
    const cursor = cursors.reduce((a, b) => (compareCursors(a, b) <= 0 ? a : b));
    yield cursor.next;
    const next = await cursor.events.next();
    if (next.done) cursors.splice(cursors.indexOf(cursor), 1);
    else {
      cursor.next = next.value;
      cursor.listedAt = Math.max(cursor.listedAt, next.value.timestamp);
    }
  }
}

const compareCursors = (a: Cursor, b: Cursor): number =>
  compareEvents({ ...a.next, timestamp: a.listedAt }, { ...b.next, timestamp: b.listedAt });
