import { canonicalText, type JsonValue } from '../../protocol/bytes/index.ts';
import type { ExportFormat } from '../api/index.ts';
import type { Device } from './device.ts';
import { viewOf } from './event-view.ts';
import { exportBundle } from './export-smo-os.ts';
import { listEvents } from './listing.ts';

/** Lines of an export of all applied events, each without its line feed. */
export const exportLines = (device: Device, format: ExportFormat): AsyncIterable<string> =>
  format === 'jsonl' ? exportEvents(device) : exportBundle(device);

/** One event a line in listing order, as `smo log --json` shows it. */
async function* exportEvents({ host, reader }: Device): AsyncIterable<string> {
  for await (const event of listEvents(reader, new Map(host.engine.replica.applied()))) {
    yield canonicalText(viewOf(host.engine, event) as unknown as JsonValue);
  }
}
