import { readdirSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openDevice } from '../../../../node/host/index.ts';
import { openRecordStore } from '../../../../node/store/index.ts';
import { blockKey, sealedKey } from '../../../../node/store/record-key.ts';
import type { SegmentPlace } from '../../../../protocol/engine/index.ts';
import {
  codesOf,
  type HomeCopy,
  spoilRecords,
  useSoundHome,
  withCode,
} from '../../../support/spoiled-home.ts';
import { flipLast, remove, segmentIn } from '../../../support/spoiled-store.ts';

const sound = useSoundHome();

/** Gives a segment back as it was, as the engine does with what another device has sent. */
const giveBack = async (home: HomeCopy, place: SegmentPlace): Promise<void> => {
  const store = await openRecordStore(home.path('records'));
  await store.restore(await segmentIn(sound().copy().path('records'), place));
  await store.close();
};

describe('damage of a sealed segment', () => {
  test.each([
    ['a record has changed', flipLast],
    ['the records are missing', remove],
  ])('is marked, and comes back from another device: %s', async (_, change) => {
    const home = sound().copy();
    const contents = await home.contents();
    await spoilRecords(home, blockKey(sound().origin, 1), change);
    const report = await home.doctor();
    expect(codesOf(report)).toEqual(['store_damaged repair']);
    expect(report.findings[0]).toMatchObject({ subject: 'records', origin: sound().origin, segment: 1 });
    expect(report.repairs).toMatchObject([{ repair: 'segments', done: false }]);

    const repaired = await home.doctor(true);
    expect(repaired).toMatchObject({
      ok: true,
      repairs: [{ repair: 'segments', done: true, copy: home.path('quarantine') }],
    });
    expect(codesOf(repaired)).toEqual(['store_damaged self']);

    await giveBack(home, { origin: sound().origin, segment: 1 });
    if (change !== remove) expect(readdirSync(home.path('quarantine'))).toHaveLength(1);
    expect(await home.doctor()).toMatchObject({ ok: true, findings: [] });
    expect(await home.contents()).toBe(contents);
  });

  test.each([
    ['has changed', flipLast],
    ['is missing', remove],
  ])(
    'whose manifest %s is marked by the store itself, and the segment after it is not blamed',
    async (_, change) => {
      const home = sound().copy();
      const contents = await home.contents();
      await spoilRecords(home, sealedKey(sound().origin, 1), change);
      const report = await home.doctor(true);
      expect(codesOf(report)).toEqual(['store_damaged self']);
      expect(report.findings[0]).toMatchObject({ origin: sound().origin, segment: 1 });
      expect(report.repairs).toEqual([]);
      await giveBack(home, { origin: sound().origin, segment: 1 });
      expect(await home.doctor()).toMatchObject({ ok: true, findings: [] });
      expect(await home.contents()).toBe(contents);
    },
  );

  test('needs a person where no other device is known', async () => {
    const home = sound().copy();
    rmSync(home.path('address-book.json'));
    await spoilRecords(home, blockKey(sound().origin, 1), flipLast);
    const report = await home.doctor(true);
    expect(codesOf(report)).toEqual(['store_damaged person']);
    expect(report).toMatchObject({ ok: false, repairs: [{ done: true }] });
    expect(report.findings[0]?.hint).toContain('backup');
  });

  test('of an own log is given up when a person says so, and so is what follows it', async () => {
    const home = sound().copy();
    await spoilRecords(home, blockKey(sound().origin, 1), flipLast);
    const marked = await home.doctor(true);
    expect(marked.findings[0]?.hint).toContain('smo doctor --give-up');
    const planned = await home.doctor(false, true);
    expect(codesOf(planned)).toEqual(['store_damaged repair']);
    expect(planned.repairs).toMatchObject([
      { repair: 'records', done: false, details: [`log ${sound().origin} keeps 5 of 13 events`] },
    ]);
    expect(await home.doctor(true, true)).toMatchObject({ repairs: [{ repair: 'records', done: true }] });
    const after = await home.doctor();
    expect(after.ok).toBe(true);
    expect(withCode(after, 'log_cut')).toMatchObject([{ origin: sound().origin, remedy: 'self' }]);
    expect(withCode(after, 'store_damaged')).toEqual([]);
    const { api, close } = await openDevice(home.dir, home.env);
    await api.append({ drafts: [{ type: 'a/B', entityId: 'x', payload: {} }] });
    expect((await api.status()).frontier).toMatchObject({ [sound().origin]: 5 });
    await close();
  });

  test('is found and marked while the device is open', async () => {
    const home = sound().copy();
    await home.contents();
    await spoilRecords(home, blockKey(sound().origin, 1), flipLast);
    const { api, close } = await openDevice(home.dir, home.env);
    const report = await api.doctor({ repair: true });
    await close();
    expect(report.repairs).toMatchObject([{ repair: 'segments', done: true }]);
    expect(withCode(report, 'store_damaged')).toMatchObject([{ remedy: 'self', segment: 1 }]);
  });
});
