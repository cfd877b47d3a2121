import { expect, test } from 'vitest';
import { undamagedRecords } from '../../../protocol/engine/index.ts';
import { SimDisk } from '../../../simulations/disk/index.ts';
import { writeSequence } from '../../support/log-writes.ts';
import { numberedRecords, testLog } from '../../support/test-log.ts';

test('records are read as far as they are whole', async () => {
  const log = testLog(1);
  const disk = new SimDisk('disk');
  disk.write({ logs: [writeSequence().next(log, 5)], evidence: [], reset: false, state: [] });
  const read = (firstSeq: number) => undamagedRecords(disk.records, log.origin, firstSeq, 10);
  expect(await read(2)).toEqual(numberedRecords(2, 4));
  disk.rot(3);
  expect(await read(1)).toEqual(numberedRecords(1, 3));
  expect(await read(4)).toEqual([]);
  expect(await read(5)).toEqual(numberedRecords(5, 1));
});

test('what is no damage is thrown', async () => {
  const store = {
    record: () => undefined,
    records: () => Promise.reject(new TypeError('a bug')),
  };
  await expect(undamagedRecords(store, testLog(1).origin, 1, 1)).rejects.toThrow('a bug');
});
