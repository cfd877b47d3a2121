import { canonicalText, type JsonValue } from '../../protocol/bytes/index.ts';
import type { ExportFormat } from '../api/index.ts';
import type { Device } from './device.ts';
import { viewOf } from './event-view.ts';
import { listEvents } from './listing.ts';

/** Lines of an export, each without its line feed. */
export const exportLines = (device: Device, format: ExportFormat): AsyncIterable<string> =>
  format === 'jsonl' ? exportEvents(device) : exportSmoOs(device);

/** Loaded when it is asked for: most commands should not wait for it. */
async function* exportSmoOs(device: Device): AsyncIterable<string> {
  const { exportBundle } = await import('./export-smo-os.ts');
  yield* exportBundle(device);
}

/** One event a line in listing order, as `smo log --json` shows it. */
async function* exportEvents({ host, reader }: Device): AsyncIterable<string> {
  for await (const event of listEvents(reader, host.engine.shown())) {
    yield canonicalText(viewOf(host.engine, event) as unknown as JsonValue);
  }
}
