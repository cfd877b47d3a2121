import { expect, test } from 'vitest';
import type { Database } from '../../../node/store/level-database.ts';
import type { LogCatalog } from '../../../node/store/log-catalog.ts';
import { recordReader } from '../../../node/store/record-reader.ts';
import { readError } from '../../../node/store/store-error.ts';
import type { SegmentPlace } from '../../../protocol/engine/index.ts';
import { signSegment } from '../../support/forked-log.ts';
import { numberedRecords, testLog } from '../../support/test-log.ts';

const log = testLog(1);
const { origin } = log;

/** A reader of a log with a closed segment of three records and an open one of two, on a disk that gives nothing. */
const readerOfBadDisk = () => {
  const sealed = signSegment(log, undefined, numberedRecords(1, 3), { sealed: true });
  const { tail } = signSegment(log, sealed, numberedRecords(4, 2));
  const span = { segment: 0, firstSeq: 1, events: 3 };
  const catalog: Pick<LogCatalog, 'logs'> = { logs: new Map([[origin, { tail, sealed: [span] }]]) };
  const db: Pick<Database, 'get'> = {
    get: () => {
      throw readError('records', new Error('IO error: 000005.ldb: Input/output error'));
    },
  };
  const found: SegmentPlace[] = [];
  const reader = recordReader(db as Database, catalog as LogCatalog, (place) => found.push(place));
  return { reader, found };
};

test('what the disk fails to give is damage of its segment, which is told, so that others are asked for it', async () => {
  const { reader, found } = readerOfBadDisk();
  const damaged = expect.objectContaining({ code: 'store_damaged' });
  expect(() => reader.record(origin, 2)).toThrow(damaged);
  expect(found).toEqual([{ origin, segment: 0 }]);
  await expect(reader.records(origin, 4, 1)).rejects.toEqual(damaged);
  expect(found.slice(1)).toEqual([{ origin, segment: 1 }]);
  await expect(reader.range(origin, 0, 0)).rejects.toEqual(damaged);
  expect(found.slice(2)).toEqual([{ origin, segment: 0 }]);
});
