import { describe, expect, onTestFinished, test } from 'vitest';
import { openDevice } from '../../../../node/host/index.ts';
import { openDevice as openHostDevice } from '../../../../node/host/open-device.ts';
import { openRecordStore } from '../../../../node/store/index.ts';
import { evidenceKey } from '../../../../node/store/record-key.ts';
import type { RecordStore } from '../../../../protocol/engine/index.ts';
import type { Origin } from '../../../../protocol/event/index.ts';
import {
  codesOf,
  type HomeCopy,
  spoilRecords,
  useSoundHome,
  withCode,
} from '../../../support/spoiled-home.ts';
import { flipLast } from '../../../support/spoiled-store.ts';
import { evidenceBetween } from '../../../support/stored-history.ts';

const sound = useSoundHome();

describe('a forked log', () => {
  /** Evidence of a fork: two homes of one device have gone on from the same event. */
  const evidenceOf = async (origin: Origin): Promise<Uint8Array> => {
    const historyWith = async (entityId: string): Promise<RecordStore> => {
      const home = sound().copy();
      const { api, close } = await openDevice(home.dir, home.env);
      await api.append({ drafts: [{ type: 'a/B', entityId, payload: {} }] });
      await close();
      const store = await openRecordStore(home.path('records'));
      onTestFinished(() => store.close());
      return store;
    };
    const [a, b] = [await historyWith('x'), await historyWith('y')];
    const [tail] = await a.tails();
    if (tail === undefined) expect.fail('there is no log');
    return evidenceBetween(tail.manifest.space, origin, [a, b]);
  };

  test('is told with the event from which on it does not count, and retires an own log', async () => {
    const home = sound().copy();
    const store = await openRecordStore(home.path('records'));
    await store.write([], {
      durable: true,
      evidence: [{ origin: sound().origin, bytes: await evidenceOf(sound().origin) }],
    });
    await store.close();
    const report = await home.doctor();
    expect(withCode(report, 'log_forked')).toMatchObject([
      { remedy: 'none', origin: sound().origin, message: expect.stringContaining('from event 14 on') },
    ]);
    expect(withCode(report, 'log_retired')).toMatchObject([{ remedy: 'none', origin: sound().origin }]);
    expect(report.ok).toBe(true);

    await spoilRecords(home, evidenceKey(sound().origin), flipLast);
    expect(codesOf(await home.doctor())).toContain('store_damaged repair');
  });
});

describe('clocks', () => {
  const DAY_MS = 24 * 60 * 60 * 1000;

  test('events dated far ahead are told and count', async () => {
    const home = sound().copy();
    await appendAt(home, Date.now() + 3 * DAY_MS);
    const report = await home.doctor();
    expect(withCode(report, 'far_future')).toMatchObject([{ remedy: 'none', origin: sound().origin }]);
    expect(report.ok).toBe(true);
  });

  test('a clock that is behind the newest event needs a person', async () => {
    const home = sound().copy();
    await appendAt(home, Date.now() + DAY_MS / 2);
    const report = await home.doctor();
    expect(codesOf(report)).toEqual(['clock_behind person']);
    expect(report.findings[0]?.message).toContain('720 minutes behind');
  });

  /** Appends an event of a given time, as an import does. */
  const appendAt = async (home: HomeCopy, timestamp: number): Promise<void> => {
    const device = await openHostDevice(home.dir, home.env);
    const draft = { type: 'a/B', entityId: 'late', payload: {} };
    await device.host.append([{ origin: device.origin, draft, timestamp }]);
    await device.close();
  };
});
