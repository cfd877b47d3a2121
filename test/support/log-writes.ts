import type { LogTail, LogWrite } from '../../protocol/engine/index.ts';
import type { ManifestBody } from '../../protocol/manifest/index.ts';
import { numberedRecords, signRange, type TestLog } from './test-log.ts';

/** Writes for one store, each continuing the one before: signed as their authors would. */
export interface WriteSequence {
  /** The next write of a log; `over` changes what its manifest states. */
  next(log: TestLog, records: readonly Uint8Array[] | number, over?: Partial<ManifestBody>): LogWrite;
  /** Newest position of a log after the writes so far. */
  tail(log: TestLog): LogTail | undefined;
}

/** A sequence for a store that is empty; a number of records stands for so many of {@link numberedRecords}. */
export const writeSequence = (): WriteSequence => {
  const tails = new Map<string, LogTail>();
  let arrival = 0;
  return {
    next(log, content, over = {}) {
      const before = tails.get(log.origin);
      const length = before === undefined ? 0 : before.manifest.firstSeq + before.manifest.events - 1;
      const records = typeof content === 'number' ? numberedRecords(length + 1, content) : content;
      const { firstSeq, tail } = signRange(log, before, records, over);
      tails.set(log.origin, tail);
      arrival += 1;
      return { origin: log.origin, firstSeq, records, tail, arrival };
    },
    tail: (log) => tails.get(log.origin),
  };
};
