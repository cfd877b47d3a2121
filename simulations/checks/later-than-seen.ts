import { compareEvents, type Origin, type PlacedEvent, type Seq } from '../../protocol/event/index.ts';
import { isFarFuture } from '../../protocol/log/index.ts';
import type { Copies } from './copies.ts';
import { type Authored, backTo } from './histories.ts';
import type { WatchedDevice } from './watched-device.ts';

/** An event is told a moment after it was applied. */
const MOMENT_MS = 60_000;

/** Whether what a device writes stands behind all that it has seen in the total order (S12). */
export class LaterThanSeen {
  /** What was too far ahead of the clock of a device to be believed, by the numbers of device and event. */
  readonly #unbelieved = new Set<string>();

  /** A device has applied what another one has written. */
  applied({ number, nowMs }: WatchedDevice, node: Authored, { timestamp }: PlacedEvent): void {
    if (isFarFuture(timestamp, nowMs - MOMENT_MS)) this.#unbelieved.add(`${number} ${node.number}`);
  }

  /**
   * What its writer had seen that stands behind an event; undefined if all is well. To be asked when the writer itself
   * tells of the event. Of imports the time is that of their source.
   */
  seenLater(device: WatchedDevice, copies: Copies, event: PlacedEvent): PlacedEvent | undefined {
    const { origin, seq, seen = {}, source } = event;
    if (source !== undefined) return undefined;
    const causes: readonly (readonly [string, Seq])[] = [[origin, seq - 1], ...Object.entries(seen)];
    for (const [log, highest] of causes) {
      const node = backTo(copies.of(log as Origin).told, highest);
      // Of a log with several histories another device with the same key may have seen another event at this place.
      if (node.log.isDoubtful) continue;
      const cause = node.seq === highest ? node.event : undefined;
      if (cause === undefined || cause.source !== undefined || compareEvents(cause, event) < 0) continue;
      if (!this.#unbelieved.has(`${device.number} ${node.number}`)) return cause;
    }
    return undefined;
  }
}
