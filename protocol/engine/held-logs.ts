import type { Origin } from '../event/index.ts';
import { SmoError } from '../fault/index.ts';
import type { Manifest } from '../manifest/index.ts';
import type { HeldLogs } from '../sync/index.ts';
import type { RecordStore } from './ports.ts';

/**
 * The record store as inquiries read it: what is damaged is not there.
 *
 * @param newest newest manifest of a log whose commit has completed
 */
export const heldLogs = (
  records: Pick<RecordStore, 'manifest' | 'record'>,
  newest: (origin: Origin) => Manifest | undefined,
): HeldLogs => ({
  newest,
  manifest: (origin, segment) => readable(() => records.manifest(origin, segment)),
  record: (origin, seq) => readable(() => records.record(origin, seq)),
});

const readable = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch (error) {
    if (error instanceof SmoError && error.code === 'store_damaged') return undefined;
    throw error;
  }
};
