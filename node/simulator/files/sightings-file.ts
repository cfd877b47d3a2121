import type { Sighting } from '../../../simulations/index.ts';
import { CsvFile } from './csv-file.ts';
import type { RunFile } from './run-file.ts';

/** Times are virtual microseconds since the run began. */
const COLUMNS = ['event', 'author', 'authored_us', 'device', 'visible_us'];

/** When each event could first be seen on each device. */
export class SightingsFile implements RunFile {
  static readonly fileName = 'per_event_peer.csv';
  readonly #csv: CsvFile;

  constructor(path: string) {
    this.#csv = new CsvFile(path, COLUMNS);
  }

  visible({ event, author, authoredUs, device, visibleUs }: Sighting): void {
    this.#csv.row(event, author, authoredUs, device, visibleUs);
  }

  close(): void {
    this.#csv.close();
  }
}
