import type { DeviceSample, Sample } from '../../../simulations/index.ts';
import type { DeviceTraffic, Traffic } from '../traffic.ts';
import { CsvFile } from './csv-file.ts';
import type { RunFile } from './run-file.ts';

/** Times are virtual microseconds since the run began. */
const COLUMNS = ['time_us', 'device', 'metric', 'value'];

/** What is read off a device that is up. */
const STATE_METRICS = {
  events_held: 'held',
  events_applied: 'applied',
  events_missing: 'missing',
  logs_waiting: 'waiting',
  conflicts_open: 'openConflicts',
  conflicts_closed: 'closedConflicts',
} as const satisfies Readonly<Record<string, keyof Extract<DeviceSample, { isUp: true }>>>;

/** What has been counted since the run began. */
const TRAFFIC_METRICS = {
  messages_sent: 'messagesSent',
  messages_received: 'messagesReceived',
  bytes_sent: 'bytesSent',
  bytes_received: 'bytesReceived',
  record_bytes_received: 'recordBytesReceived',
  records_received: 'recordsReceived',
  gossip_received: 'gossipReceived',
} as const satisfies Readonly<Record<string, keyof DeviceTraffic>>;

/** How each device stands, every so often, one figure a line. */
export class MetricsFile implements RunFile {
  static readonly fileName = 'metrics.csv';
  readonly #csv: CsvFile;
  readonly #traffic: Traffic;

  /** @param traffic which hears of the run before this file does */
  constructor(path: string, traffic: Traffic) {
    this.#csv = new CsvFile(path, COLUMNS);
    this.#traffic = traffic;
  }

  sample({ atUs, devices }: Sample): void {
    for (const state of devices) {
      const { device } = state;
      this.#csv.row(atUs, device, 'up', state.isUp ? 1 : 0);
      if (state.isUp)
        for (const [metric, member] of Object.entries(STATE_METRICS))
          this.#csv.row(atUs, device, metric, state[member]);
      const traffic = this.#traffic.devices[device];
      if (traffic === undefined) continue;
      for (const [metric, member] of Object.entries(TRAFFIC_METRICS))
        this.#csv.row(atUs, device, metric, traffic[member]);
      this.#csv.row(atUs, device, 'records_in_vain', recordsInVain(traffic));
    }
  }

  close(): void {
    this.#csv.close();
  }
}

/** Records that came and were not stored, or not yet. */
const recordsInVain = ({ recordsReceived, recordsStored }: Readonly<DeviceTraffic>): number =>
  Math.max(0, recordsReceived - recordsStored);
