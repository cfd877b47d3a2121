import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openHome } from '../../../../node/home/index.ts';
import { openDevice as openHostDevice } from '../../../../node/host/open-device.ts';
import { arrivalsKey, recordKey, sealedKey, storeKey, tailKey } from '../../../../node/store/record-key.ts';
import { packRow, unpackRow } from '../../../../node/store/row.ts';
import { deviceRevoked } from '../../../../protocol/membership/index.ts';
import {
  codesOf,
  type HomeCopy,
  OTHER_DEVICE,
  spoilRecords,
  useSoundHome,
  withCode,
} from '../../../support/spoiled-home.ts';
import { databaseFiles, flipLast, remove } from '../../../support/spoiled-store.ts';

const sound = useSoundHome();

/** A manifest of which a bit has changed before its row got a checksum. */
const forge = (value: Uint8Array): Uint8Array => {
  const payload = unpackRow(sealedKey(sound().origin, 1), value)?.slice() ?? expect.fail('no such row');
  const at = Buffer.from(payload).indexOf('"createdAt":') + 20;
  payload[at] = (payload[at] ?? 0) ^ 1;
  return packRow(sealedKey(sound().origin, 1), payload);
};

describe('damage that takes a new record store', () => {
  /** What a salvage must leave: the old store as it was, and a sound one. */
  const assertSalvaged = async (home: HomeCopy, before: ReadonlyMap<string, string>): Promise<string> => {
    const { repairs, findings } = await home.doctor(true);
    const salvage = repairs.find(({ repair }) => repair === 'records');
    expect(salvage?.failure).toBeUndefined();
    expect(salvage?.done).toBe(true);
    const copy = salvage?.copy ?? '';
    expect(dirname(copy)).toBe(home.path('quarantine'));
    if (before.size > 0) expect(databaseFiles(copy)).toEqual(before);
    expect(findings.filter(({ remedy }) => remedy === 'repair')).toEqual([]);
    return copy;
  };

  test.each([
    ['the name of the store', storeKey],
    ['the count of arrivals', arrivalsKey],
  ])('of %s costs nothing', async (_, key) => {
    const home = sound().copy();
    const contents = await home.contents();
    await spoilRecords(home, key(), flipLast);
    const report = await home.doctor();
    expect(report.findings.length).toBeGreaterThan(0);
    expect(new Set(codesOf(report))).toEqual(new Set(['store_damaged repair']));
    expect(report.repairs).toMatchObject([{ repair: 'records', done: false }]);
    await assertSalvaged(home, new Map());
    expect(await home.contents()).toBe(contents);
    expect((await home.doctor()).ok).toBe(true);
  });

  test.each([
    ['a bit of a signed manifest, under a checksum that fits', () => sealedKey(sound().origin, 1), forge, 5],
    ['a record of the open segment', () => recordKey(sound().origin, 11), flipLast, 10],
    ['a record of the open segment is missing', () => recordKey(sound().origin, 11), remove, 10],
    ['the newest position of a log', () => tailKey(sound().origin), flipLast, 9],
  ])('ends the log before it, and the rest is to come back: %s', async (_, key, change, kept) => {
    const home = sound().copy();
    await spoilRecords(home, key(), change);
    const before = databaseFiles(home.path('records'));
    const report = await home.doctor();
    expect(report.ok).toBe(false);
    expect(report.repairs).toMatchObject([{ repair: 'records', done: false }]);
    expect(report.repairs[0]?.details).toEqual([`log ${sound().origin} keeps ${kept} of 13 events`]);
    expect(existsSync(home.path('quarantine'))).toBe(false);
    expect(before.size).toBeGreaterThan(0);

    const { incarnation } = (await openHome(home.dir)).file;
    const copy = await assertSalvaged(home, new Map());
    // Its old log must not get a second history.
    expect((await openHome(home.dir)).file.incarnation).not.toBe(incarnation);
    const after = await home.doctor();
    expect(after.ok).toBe(true);
    expect(withCode(after, 'log_cut')).toMatchObject([
      {
        remedy: 'self',
        origin: sound().origin,
        message: `log ${sound().origin} is cut: ${kept} of 13 events are here`,
      },
    ]);
    expect(withCode(after, 'log_cut')[0]?.hint).toContain(copy);
    expect(withCode(after, 'recovering')).toHaveLength(1);
    expect(withCode(after, 'store_behind_marker')).toHaveLength(1);
    expect(JSON.parse(readFileSync(home.path('recovery.json'), 'utf8'))).toEqual({ devices: [OTHER_DEVICE] });
  });

  test('of a file', async () => {
    const home = sound().copy();
    const table = readdirSync(home.path('records')).find((name) => name.endsWith('.ldb')) ?? '';
    const path = home.path('records', table);
    const bytes = readFileSync(path);
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const before = databaseFiles(home.path('records'));
    const report = await home.doctor();
    expect(report.findings[0]).toMatchObject({ code: 'store_damaged', remedy: 'repair' });
    expect(report.findings.some(({ message }) => message.includes(`file ${table}, at byte 0`))).toBe(true);
    expect(databaseFiles(home.path('records'))).toEqual(before);
    await assertSalvaged(home, before);
    expect((await home.doctor()).ok).toBe(true);
  });

  test('of the whole folder leaves nothing but what others have', async () => {
    const home = sound().copy();
    rmSync(home.path('records'), { recursive: true });
    expect(codesOf(await home.doctor())).toContain('store_damaged repair');
    await assertSalvaged(home, new Map());
    const after = await home.doctor();
    expect(after.ok).toBe(true);
    expect(codesOf(after)).toEqual(
      expect.arrayContaining(['no_events self', 'recovering self', 'store_behind_marker none']),
    );
    rmSync(home.path('address-book.json'));
    const alone = await home.doctor();
    expect(codesOf(alone)).toContain('no_events person');
    expect(alone.ok).toBe(false);
  });

  test('whose rest nobody can give back needs a person, until the old store is deleted', async () => {
    const home = sound().copy();
    rmSync(home.path('address-book.json'));
    await spoilRecords(home, recordKey(sound().origin, 11), flipLast);
    const copy = await assertSalvaged(home, new Map());
    const after = await home.doctor();
    expect(withCode(after, 'log_cut')).toMatchObject([{ remedy: 'person' }]);
    expect(after.ok).toBe(false);
    rmSync(copy, { recursive: true });
    expect(withCode(await home.doctor(), 'log_cut')).toEqual([]);
  });

  test('fails where the key is gone, says so, and changes nothing', async () => {
    const home = sound().copy();
    await spoilRecords(home, recordKey(sound().origin, 11), flipLast);
    rmSync(home.path('device.key'));
    const { ok, repairs } = await home.doctor(true);
    expect(ok).toBe(false);
    expect(repairs).toMatchObject([
      { repair: 'records', done: false, failure: expect.stringContaining('device.key') },
    ]);
    expect(existsSync(home.path('quarantine'))).toBe(false);
  });
});

test('a record store of a newer version is left alone', async () => {
  const home = sound().copy();
  const text = JSON.stringify({ format: 99, storeId: 'aaaa' });
  await spoilRecords(home, storeKey(), () => packRow(storeKey(), new TextEncoder().encode(text)));
  const report = await home.doctor(true);
  expect(codesOf(report)).toEqual(['home_newer person']);
  expect(report.repairs).toEqual([]);
});

test('a device that was revoked is not asked to give anything back, whatever of that can still be read', async () => {
  const home = sound().copy();
  const device = await openHostDevice(home.dir, home.env);
  const draft = deviceRevoked({ device: OTHER_DEVICE, cut: {} });
  await device.host.append([{ origin: device.origin, draft }]);
  await device.close();
  // The revocation itself is among what is lost; the derived state has seen it.
  await spoilRecords(home, recordKey(sound().origin, 14), flipLast);
  await home.doctor(true);
  expect(existsSync(home.path('recovery.json'))).toBe(false);
  expect(withCode(await home.doctor(), 'recovering')).toEqual([]);
});
