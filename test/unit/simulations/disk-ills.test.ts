import { describe, expect, test } from 'vitest';
import { SimDisk } from '../../../simulations/disk/index.ts';
import { Draws } from '../../../simulations/draws/index.ts';
import { writeSequence } from '../../support/log-writes.ts';
import { testLog } from '../../support/test-log.ts';

const log = testLog(1);
const NO_STATE = { evidence: [], reset: false, state: [] };

/** A disk that writes of one log are given to, each with a row of state, and how many records it holds. */
const madeDisk = (seed = 1n) => {
  const draws = new Draws(seed);
  const chance = draws.stream('disk', 1);
  const disk = new SimDisk('disk', chance);
  const writes = writeSequence();
  let written = 0;
  const write = (count = 1): void => {
    for (let i = 0; i < count; i += 1) {
      written += 1;
      const state = [{ key: `row ${written}`, row: written }];
      disk.write({ ...NO_STATE, logs: [writes.next(log, 1)], state });
    }
  };
  const length = async (): Promise<number> => (await disk.records.records(log.origin, 1, 1_000)).length;
  const rows = async (): Promise<readonly string[]> => {
    const keys: string[] = [];
    for await (const [key] of disk.state.scan('row')) keys.push(key);
    return keys;
  };
  return { disk, chance, torn: draws.stream('disk', 2), write, length, rows };
};

describe('a disk that lies', () => {
  test('loses what it has said is safe, and it is known what that was', async () => {
    const { disk, write, length } = madeDisk();
    write(2);
    disk.sync();
    disk.ills.begin('lie', 1_000_000);
    write(3);
    disk.syncRecords();
    write(1);
    const cut = disk.crash(0, 0);
    expect([await length(), cut.broken]).toEqual([2, [{ origin: log.origin, seq: 3 }]]);
  });

  test('loses nothing of what was made safe once it is honest again', async () => {
    const { disk, write, length } = madeDisk();
    disk.ills.begin('lie', 1_000_000);
    write(3);
    disk.syncRecords();
    disk.ills.end('lie');
    disk.syncRecords();
    expect([disk.crash(0, 0).broken, await length()]).toEqual([[], 3]);
  });

  test('an honest one breaks no promise, however it is torn', async () => {
    for (let seed = 1n; seed <= 50n; seed += 1n) {
      const { disk, torn, write, length } = madeDisk(seed);
      write(3);
      disk.syncRecords();
      write(4);
      const cut = disk.tear(torn, () => 'another');
      expect(cut.broken).toEqual([]);
      expect(await length()).toBeGreaterThanOrEqual(3);
    }
  });
});

describe('a torn write', () => {
  test('ends a log; what has come to the disk beyond it is thrown away with the store that held it', async () => {
    const seen = { torn: 0, reordered: 0, ids: new Set<string>(), emptied: 0 };
    for (let seed = 1n; seed <= 200n; seed += 1n) {
      const { disk, torn, write, length, rows } = madeDisk(seed);
      write(6);
      const cut = disk.tear(torn, () => 'another');
      const [held, state] = [await length(), await rows()];
      // No hole: each log and the state are the beginning of what was written, or nothing.
      expect(state).toEqual(Array.from({ length: state.length }, (_, i) => `row ${i + 1}`));
      expect(disk.records.arrivals()).toBe(held);
      const isNew = disk.records.storeId === 'another';
      if (isNew) expect(cut).toMatchObject({ isReordered: true, cut: [log.origin] });
      expect(cut.cut.length > 0).toBe(isNew);
      seen.torn += cut.isTorn ? 1 : 0;
      seen.reordered += cut.isReordered ? 1 : 0;
      seen.emptied += cut.isReordered && !isNew && state.length === 0 ? 1 : 0;
      seen.ids.add(disk.records.storeId);
    }
    expect([...seen.ids].toSorted()).toEqual(['another', 'disk']);
    expect(seen.torn).toBeGreaterThan(50);
    expect(seen.reordered).toBeGreaterThan(50);
    expect(seen.emptied).toBeGreaterThan(0);
  });
});

describe('an ill disk', () => {
  test('that is full takes nothing, and takes all again when it is not', () => {
    const { disk } = madeDisk();
    const failed: string[] = [];
    disk.ills.failed = (what) => void failed.push(what);
    disk.ills.begin('full', 1_000_000);
    expect([disk.ills.write(), disk.ills.write()]).toEqual(['full', 'full']);
    disk.ills.end('full');
    expect([disk.ills.write(), failed]).toEqual(['done', ['disk-full', 'disk-full']]);
  });

  test('fails to write before or after the bytes are there', () => {
    const { disk } = madeDisk();
    disk.ills.begin('write', 1_000_000);
    const fates = new Set(Array.from({ length: 50 }, () => disk.ills.write()));
    expect([...fates].toSorted()).toEqual(['refused', 'unsafe']);
  });

  test('fails to read for its device, and not for whoever looks at what is there', async () => {
    const { disk, write, length } = madeDisk();
    write(2);
    disk.ills.begin('read', 1_000_000);
    const damaged = expect.objectContaining({ code: 'store_damaged' });
    expect(() => disk.ailing.records.record(log.origin, 1)).toThrow(damaged);
    await expect(disk.ailing.records.range(log.origin, 0, 0)).rejects.toEqual(damaged);
    expect(() => disk.ailing.state.get('row 1')).toThrow(expect.objectContaining({ code: 'state_damaged' }));
    expect([await length(), disk.state.get('row 1')]).toEqual([2, 1]);
    disk.ills.end('read');
    expect(disk.ailing.records.record(log.origin, 1)).toBeDefined();
  });

  test('makes no draw while it is well', () => {
    const { disk, chance, write } = madeDisk();
    write(3);
    disk.ills.write();
    disk.ailing.records.record(log.origin, 1);
    disk.syncRecords();
    disk.crash(1, 1);
    expect(chance.count).toBe(0);
  });
});
