import type { PlacedEvent } from '../../protocol/event/index.ts';
import type { EventView, LogInput } from '../api/index.ts';
import type { Device } from './device.ts';
import { flaggedViewOf } from './event-view.ts';
import { listEvents } from './listing.ts';

/**
 * Events in listing order, once the state is whole; then, when following, each one as it is applied and committed. A
 * reader that leaves ends the following at once, also while nothing happens.
 */
export const eventLog = (device: Device, input: LogInput): AsyncIterable<EventView> => ({
  [Symbol.asyncIterator]: () => {
    const news = new EventQueue();
    const events = readLog(device, input, news);
    return {
      next: () => events.next(),
      return: () => {
        news.end();
        return events.return(undefined);
      },
    };
  },
});

async function* readLog(
  { host, reader }: Device,
  { follow, last }: LogInput,
  news: EventQueue,
): AsyncGenerator<EventView, undefined> {
  await host.caughtUp();
  const unfollow = follow ? host.follow((event) => news.push(event)) : undefined;
  try {
    const listed = listEvents(reader, host.engine.shown());
    const shown = new Set<string>();
    for await (const event of last === undefined ? listed : lastOf(listed, last)) {
      if (follow) shown.add(event.id);
      yield flaggedViewOf(host.engine, event);
    }
    if (!follow) return undefined;
    for (let event = await news.next(); event !== undefined; event = await news.next()) {
      // What was applied while the past was read may have been listed already.
      if (!shown.delete(event.id)) yield flaggedViewOf(host.engine, event);
    }
  } finally {
    unfollow?.();
  }
  return undefined;
}

async function* lastOf(events: AsyncIterable<PlacedEvent>, count: number): AsyncIterable<PlacedEvent> {
  const kept: PlacedEvent[] = [];
  for await (const event of events) {
    kept.push(event);
    if (kept.length > count) kept.shift();
  }
  yield* kept;
}

/** Hands events from a callback to a reader that waits for them. */
class EventQueue {
  readonly #events: PlacedEvent[] = [];
  #waiting: ((event: PlacedEvent | undefined) => void) | undefined;
  #ended = false;

  push(event: PlacedEvent): void {
    if (this.#waiting === undefined) this.#events.push(event);
    else this.#waiting(event);
    this.#waiting = undefined;
  }

  /** The reader has left. */
  end(): void {
    this.#ended = true;
    this.#waiting?.(undefined);
  }

  next(): Promise<PlacedEvent | undefined> {
    const event = this.#events.shift();
    if (event !== undefined || this.#ended) return Promise.resolve(event);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }
}
