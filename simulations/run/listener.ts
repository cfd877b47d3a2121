import type { PlacedEvent } from '../../protocol/event/index.ts';
import type { News } from './news.ts';
import type { Sample } from './samples.ts';
import type { Journey } from './stretch.ts';
import type { Sighting } from './visibility.ts';

/** What a run tells while it goes on. What nobody listens to costs nothing, and no run goes otherwise for being heard. */
export interface RunListener {
  /**
   * Virtual time has come so far; the run ends at the end of its phases at the latest. The run waits for it, and is given
   * up if it rejects.
   */
  progress?(nowUs: number): void | Promise<void>;
  /** An event can first be seen on a device. */
  visible?(sighting: Sighting): void;
  /** A device has been told that events which it wrote in one go are safe, at this virtual time. */
  written?(device: number, events: readonly PlacedEvent[], atUs: number): void;
  /** Something happened. */
  news?(news: News): void;
  /** How the devices stand, every so often, and once more in the end. */
  readonly samples?: {
    /** In virtual time. */
    readonly everyUs: number;
    take(sample: Sample): void;
  };
  /** At the end: how long events took to be seen, beside the least; of a sample of the events. */
  journeys?(journeys: readonly Journey[]): void;
}
