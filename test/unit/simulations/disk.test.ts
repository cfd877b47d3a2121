import { describe, expect, test } from 'vitest';
import type { RecordStore } from '../../../protocol/engine/index.ts';
import { SimDisk } from '../../../simulations/disk/index.ts';
import { recordStoreConformance } from '../../conformance/record-store.ts';
import { stateStoreConformance } from '../../conformance/state-store.ts';
import { writeSequence } from '../../support/log-writes.ts';
import { numberedRecords, testLog } from '../../support/test-log.ts';

/** A harness whose restart is a new disk with the image of the old one. */
const harness = <Store>(storeOf: (disk: SimDisk) => Store) => {
  let disk = new SimDisk('disk');
  return {
    async open() {
      disk = new SimDisk('disk');
      return storeOf(disk);
    },
    async reopen() {
      const image = disk.copy();
      disk = new SimDisk('other');
      disk.restore(image);
      return storeOf(disk);
    },
    close: async () => undefined,
  };
};

recordStoreConformance(
  'simulated',
  harness(({ records }) => records),
);
stateStoreConformance(
  'simulated',
  harness(({ state }) => state),
);

const log = testLog(1);
const NO_STATE = { evidence: [], reset: false, state: [] };
const NO_RECORDS = { logs: [], evidence: [], reset: false };

/** A disk with a sealed segment of five records and an open one of three, and what can follow them. */
const filled = () => {
  const disk = new SimDisk('disk');
  const writes = writeSequence();
  disk.write({ ...NO_STATE, logs: [writes.next(log, 5, { sealed: true }), writes.next(log, 3)] });
  return { disk, writes, records: disk.records };
};

const readable = async (records: RecordStore): Promise<readonly number[]> => {
  const seqs: number[] = [];
  for (let seq = 1; seq <= 20; seq += 1) {
    try {
      if (records.record(log.origin, seq) !== undefined) seqs.push(seq);
    } catch {}
  }
  return seqs;
};

/** What the rest of the records of a range are, from one record on; `damaged` where reading fails. */
const rangeFrom = (records: RecordStore, segment: number, events: number): Promise<unknown> =>
  records.range(log.origin, segment, events).then(
    (range) => range?.records.length,
    (error) => error.code,
  );

describe('a power cut', () => {
  test('takes of each database the newest writes that were not synced', async () => {
    const { disk, writes } = filled();
    disk.sync();
    for (let i = 1; i <= 4; i += 1) {
      disk.write({ ...NO_STATE, logs: [writes.next(log, 1)], state: [{ key: 'k', row: i }] });
    }
    expect(disk.unsynced).toBe(4);
    disk.crash(3, 1);
    expect([disk.unsynced, await readable(disk.records)]).toEqual([0, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]]);
    expect(disk.state.get('k')).toBe(1);
    disk.crash(0, 0);
    expect([disk.records.arrivals(), disk.state.get('k')]).toEqual([5, 1]);
  });

  test('may leave a state that is ahead of the records, for LevelDB writes each when it likes', () => {
    const { disk } = filled();
    disk.write({ ...NO_RECORDS, state: [{ key: 'k', row: 1 }] });
    disk.crash(0, 2);
    expect([disk.records.arrivals(), disk.state.get('k')]).toEqual([0, 1]);
  });

  test('may take what was written to the state long ago, for nobody waits for that', async () => {
    const { disk, writes, records } = filled();
    disk.write({ ...NO_RECORDS, state: [{ key: 'k', row: 1 }] });
    await records.write([writes.next(log, 1)], { durable: true });
    expect([disk.unsynced, disk.safeRecords]).toEqual([3, 3]);
    disk.crash(0, 1);
    expect([disk.unsynced, disk.safeRecords]).toEqual([0, 0]);
    expect([records.arrivals(), disk.state.get('k')]).toEqual([3, undefined]);
  });

  test('brings back none of the rows that a reset took, and may take those that came after it', () => {
    const disk = new SimDisk('disk');
    disk.write({ ...NO_RECORDS, state: [{ key: 'a', row: 1 }] });
    disk.sync();
    disk.write({ ...NO_RECORDS, reset: true, state: [{ key: 'b', row: 1 }] });
    expect([disk.state.get('a'), disk.state.get('b')]).toEqual([undefined, 1]);
    disk.crash(0, 0);
    expect([disk.state.get('a'), disk.state.get('b')]).toEqual([undefined, undefined]);
  });

  test('does not take what was written before a segment was restored', async () => {
    const { disk, writes, records } = filled();
    const range = (await records.range(log.origin, 0, 0)) ?? expect.fail('there is no segment');
    disk.restoreSegment({ origin: log.origin, manifest: range.manifest, records: range.records });
    disk.write({ ...NO_STATE, logs: [writes.next(log, 1)] });
    disk.crash(0, 0);
    expect(await readable(records)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe('a write that does not continue its log', () => {
  test('leaves nothing of its commit', async () => {
    const { disk, writes, records } = filled();
    const [good, bad] = [writes.next(log, 1), { ...writes.next(log, 1), firstSeq: 99 }];
    const state = [{ key: 'k', row: 1 }];
    expect(() => disk.write({ ...NO_STATE, logs: [good, bad], state })).toThrow(RangeError);
    expect([disk.unsynced, records.arrivals(), disk.state.get('k')]).toEqual([1, 2, undefined]);
    disk.crash(0, 0);
    expect(await readable(records)).toEqual([]);
  });
});

describe('a rotten record', () => {
  test('is unreadable, and known as soon as somebody has read it', async () => {
    const { disk, records } = filled();
    expect(disk.rot(13)).toEqual({ origin: log.origin, seq: 6 });
    expect(records.damagedSegments()).toEqual([]);
    expect(await rangeFrom(records, 0, 0)).toBe(5);
    expect(await rangeFrom(records, 1, 1)).toBe(2);
    expect(records.damagedSegments()).toEqual([]);
    expect(await rangeFrom(records, 1, 0)).toBe('store_damaged');
    expect(records.damagedSegments()).toEqual([{ origin: log.origin, segment: 1 }]);
    expect(() => records.record(log.origin, 6)).toThrow(expect.objectContaining({ code: 'store_damaged' }));
    await expect(records.records(log.origin, 1, 6)).rejects.toMatchObject({ code: 'store_damaged' });
    expect(await records.records(log.origin, 1, 5)).toEqual(numberedRecords(1, 5));
    expect(await readable(records)).toEqual([1, 2, 3, 4, 5, 7, 8]);
  });

  test('is met by the write that seals its segment', () => {
    const { disk, writes, records } = filled();
    disk.rot(6);
    disk.write({ ...NO_STATE, logs: [writes.next(log, 1, { sealed: true })] });
    expect(records.damagedSegments()).toEqual([{ origin: log.origin, segment: 1 }]);
  });

  test('can be any that is held, and is none where nothing is', () => {
    const { disk } = filled();
    const chosen = Array.from({ length: 8 }, (_, choice) => disk.rot(choice)?.seq);
    expect(chosen).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(new SimDisk('disk').rot(3)).toBeUndefined();
  });

  test('comes back with its segment, whole, and with no other one', async () => {
    const { disk, records } = filled();
    const whole = (await records.range(log.origin, 0, 0)) ?? expect.fail('there is no segment');
    for (const choice of [1, 2, 6]) disk.rot(choice);
    expect(await readable(records)).toEqual([1, 4, 5, 6, 8]);
    disk.restoreSegment({ origin: log.origin, ...whole });
    expect(await readable(records)).toEqual([1, 2, 3, 4, 5, 6, 8]);
    expect(await records.records(log.origin, 1, 5)).toEqual(numberedRecords(1, 5));
    expect(records.damagedSegments()).toEqual([{ origin: log.origin, segment: 1 }]);
  });

  test('goes with the write that brought it', async () => {
    const { disk, writes, records } = filled();
    disk.sync();
    const next = writes.next(log, 1);
    disk.write({ ...NO_STATE, logs: [next] });
    disk.rot(8);
    expect(await readable(records)).toHaveLength(8);
    disk.crash(0, 0);
    disk.write({ ...NO_STATE, logs: [next] });
    expect(await readable(records)).toHaveLength(9);
  });
});

describe('known damage', () => {
  test('can be of a whole segment', async () => {
    const { disk, records } = filled();
    disk.damage({ origin: log.origin, segment: 0 });
    expect(records.damagedSegments()).toEqual([{ origin: log.origin, segment: 0 }]);
    expect(await readable(records)).toEqual([6, 7, 8]);
  });

  test('can be a record that reads as something else', () => {
    const { disk, records } = filled();
    const before = records.record(log.origin, 2);
    disk.damage({ origin: log.origin, segment: 0, seq: 2, changed: true });
    expect(records.damagedSegments()).toEqual([{ origin: log.origin, segment: 0 }]);
    expect(records.record(log.origin, 2)).not.toEqual(before);
    expect(records.record(log.origin, 2)).toHaveLength(before?.length ?? -1);
  });

  test('is of what is held alone', () => {
    const { disk } = filled();
    expect(() => disk.damage({ origin: log.origin, segment: 2 })).toThrow(RangeError);
    expect(() => disk.damage({ origin: testLog(2).origin, segment: 0 })).toThrow(RangeError);
  });
});

describe('an image', () => {
  test('keeps the damage of its time, and what it is put on changes nothing of it', async () => {
    const { disk, writes, records } = filled();
    disk.rot(0);
    const image = disk.copy();
    disk.write({ ...NO_STATE, logs: [writes.next(log, 1)], state: [{ key: 'k', row: 1 }] });
    disk.rot(1);
    for (let i = 0; i < 2; i += 1) {
      disk.restore(image);
      expect([disk.unsynced, disk.state.get('k')]).toEqual([0, undefined]);
      expect(await readable(records)).toEqual([2, 3, 4, 5, 6, 7, 8]);
      disk.damage({ origin: log.origin, segment: 1, seq: 7, changed: true });
      expect(records.record(log.origin, 7)).not.toEqual(numberedRecords(7, 1)[0]);
      disk.write({ ...NO_RECORDS, state: [{ key: 'k', row: 2 }] });
    }
    disk.restore(image);
    expect(records.record(log.origin, 7)).toEqual(numberedRecords(7, 1)[0]);
  });
});

test('a disk that is wiped holds nothing, and a new store', async () => {
  const { disk, records } = filled();
  disk.rot(0);
  disk.write({ ...NO_RECORDS, state: [{ key: 'k', row: 1 }] });
  const image = disk.copy();
  disk.wipe('another');
  expect([records.storeId, records.arrivals(), disk.unsynced]).toEqual(['another', 0, 0]);
  expect([await records.tails(), disk.state.get('k'), disk.rot(0)]).toEqual([[], undefined, undefined]);
  disk.restore(image);
  expect([records.storeId, records.arrivals(), disk.state.get('k')]).toEqual(['disk', 2, 1]);
});

describe('a durable write that is begun', () => {
  const begun = () => {
    const disk = new SimDisk('disk');
    const writes = writeSequence();
    disk.write({ ...NO_STATE, logs: [writes.next(log, 2)] });
    disk.sync();
    disk.begin({ ...NO_STATE, logs: [writes.next(log, 1)] });
    return disk;
  };

  test('is read by nobody before it is on the disk, and safe then', async () => {
    const disk = begun();
    expect(await readable(disk.records)).toEqual([1, 2]);
    expect((await disk.records.range(log.origin, 0, 0))?.manifest.events).toBe(2);
    disk.finish();
    disk.crash(0, 0);
    expect(await readable(disk.records)).toEqual([1, 2, 3]);
  });

  test('may be found or not after a loss of power', async () => {
    const lost = begun();
    lost.crash(0, 0);
    const found = begun();
    expect(found.unsynced).toBe(1);
    found.crash(found.unsynced, 0);
    expect([await readable(lost.records), await readable(found.records)]).toEqual([
      [1, 2],
      [1, 2, 3],
    ]);
  });
});
