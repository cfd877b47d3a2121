import { cp } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { lostDrafts } from '../../../../node/host/doctor/lost-events.ts';
import { setAsideFolders, writeSummary } from '../../../../node/host/doctor/set-aside-folders.ts';
import { openDevice } from '../../../../node/host/index.ts';
import { openRecordStore } from '../../../../node/store/index.ts';
import { recordKey, storeKey } from '../../../../node/store/record-key.ts';
import {
  codesOf,
  type HomeCopy,
  spoilRecords,
  useSoundHome,
  withCode,
} from '../../../support/spoiled-home.ts';
import { flipLast } from '../../../support/spoiled-store.ts';

const sound = useSoundHome();

describe('an old store in the quarantine', () => {
  const append = async (home: HomeCopy, entityId: string): Promise<void> => {
    const { api, close } = await openDevice(home.dir, home.env);
    await api.append({ drafts: [{ type: 'a/B', entityId, payload: {} }] });
    await close();
  };

  test('gives back what comes next once others have filled the gap before it', async () => {
    const home = sound().copy();
    await append(home, 'x');
    // Another device has come as far as here.
    const there = await openRecordStore(home.path('records'));
    const [tail] = await there.tails();
    const records = await there.records(sound().origin, 14, 1);
    await there.close();
    await append(home, 'y');
    await append(home, 'z');
    const contents = await home.contents();
    await spoilRecords(home, recordKey(sound().origin, 14), flipLast);
    await home.doctor(true);
    expect(withCode(await home.doctor(), 'set_aside')).toEqual([]);

    const here = await openRecordStore(home.path('records'));
    if (tail === undefined) expect.fail('there is no log');
    const write = { origin: sound().origin, firstSeq: 14, records, tail, arrival: here.arrivals() + 1 };
    await here.write([write], { durable: true });
    await here.close();
    // Several may look at the same time.
    const { api, close } = await openDevice(home.dir, home.env);
    const reports = await Promise.all([1, 2, 3].map(() => api.doctor({ repair: false })));
    await close();
    for (const report of [...reports, await home.doctor()]) {
      expect(withCode(report, 'set_aside')).toMatchObject([
        { remedy: 'repair', message: expect.stringContaining('holds 2 events') },
      ]);
    }
    const { repairs } = await home.doctor(true);
    expect(repairs).toMatchObject([{ repair: 'reclaim', done: true }]);
    expect(await home.contents()).toBe(contents);
    expect(withCode(await home.doctor(), 'set_aside')).toMatchObject([{ remedy: 'none' }]);
  });

  test('holds what this device wrote after a cut, to be written again', async () => {
    const home = sound().copy();
    for (const entityId of ['x', 'y', 'z']) await append(home, entityId);
    expect(await lostDrafts(home.dir, home.env)).toEqual([]);
    await spoilRecords(home, recordKey(sound().origin, 14), flipLast);
    await home.doctor(true);
    const [cut] = withCode(await home.doctor(), 'log_cut');
    expect(cut?.hint).toContain('smo export --lost');
    const lost = ['y', 'z'].map((entityId) => ({ type: 'a/B', entityId, payload: {} }));
    expect(await lostDrafts(home.dir, home.env)).toEqual(lost);
    // A second repair sets aside a store that does not have them; the first one is still there.
    await spoilRecords(home, storeKey(), flipLast);
    await home.doctor(true);
    expect(await lostDrafts(home.dir, home.env)).toEqual(lost);
  });

  test('holds what is lost once, however often it was set aside', async () => {
    const home = sound().copy();
    for (const entityId of ['x', 'y']) await append(home, entityId);
    await spoilRecords(home, recordKey(sound().origin, 14), flipLast);
    await home.doctor(true);
    const [first, second] = await setAsideFolders(home.dir);
    if (first === undefined || second !== undefined) expect.fail('one store is set aside');
    const again = `${first.folder}-copied`;
    await cp(first.folder, again, { recursive: true });
    await writeSummary(
      again,
      first.logs.map((log) => ({ ...log, holes: [] })),
    );
    expect(await lostDrafts(home.dir, home.env)).toEqual([{ type: 'a/B', entityId: 'y', payload: {} }]);
  });

  test('that holds nothing new may be deleted', async () => {
    const home = sound().copy();
    await spoilRecords(home, storeKey(), flipLast);
    await home.doctor(true);
    const report = await home.doctor();
    expect(codesOf(report)).toContain('set_aside none');
    expect(withCode(report, 'set_aside')[0]?.hint).toContain('Delete it');
  });
});
