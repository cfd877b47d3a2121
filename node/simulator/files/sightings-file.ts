import type { Sighting } from '../../../simulations/index.ts';
import { CsvFile } from './csv-file.ts';
import type { EventSample } from './event-sample.ts';
import type { RunFile } from './run-file.ts';

/** Times are virtual microseconds since the run began. */
const COLUMNS = ['event', 'author', 'authored_us', 'device', 'visible_us'];

/** When each event could first be seen on each device. */
export class SightingsFile implements RunFile {
  static readonly fileName = 'per_event_peer.csv';
  readonly #csv: CsvFile;
  readonly #sample: EventSample;

  constructor(path: string, sample: EventSample) {
    this.#sample = sample;
    this.#csv = new CsvFile(path, COLUMNS);
  }

  visible({ event, author, authoredUs, device, visibleUs }: Sighting): void {
    if (this.#sample.has(event)) this.#csv.row(event, author, authoredUs, device, visibleUs);
  }

  close(): void {
    this.#csv.close();
  }
}
