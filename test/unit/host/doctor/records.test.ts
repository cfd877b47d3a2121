import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nativeCrypto } from '../../../../node/crypto/index.ts';
import { openHome } from '../../../../node/home/index.ts';
import { openDevice } from '../../../../node/host/index.ts';
import { openDevice as openHostDevice } from '../../../../node/host/open-device.ts';
import { openRecordStore } from '../../../../node/store/index.ts';
import {
  arrivalsKey,
  blockKey,
  evidenceKey,
  recordKey,
  sealedKey,
  storeKey,
  tailKey,
} from '../../../../node/store/record-key.ts';
import { packRow, unpackRow } from '../../../../node/store/row.ts';
import type { SegmentPlace } from '../../../../protocol/engine/index.ts';
import { leafHash, type Origin } from '../../../../protocol/event/index.ts';
import { buildEvidence, encodeEvidence, type KnownHistory } from '../../../../protocol/evidence/index.ts';
import { deviceRevoked } from '../../../../protocol/membership/index.ts';
import {
  codesOf,
  type HomeCopy,
  OTHER_DEVICE,
  useSoundHome,
  withCode,
} from '../../../support/spoiled-home.ts';
import { changeRow, databaseFiles, flipLast, remove, segmentIn } from '../../../support/spoiled-store.ts';

const sound = useSoundHome();

/** Changes a row of the records of a home. */
const spoil = (
  home: HomeCopy,
  key: Uint8Array,
  change: (value: Uint8Array) => Uint8Array | undefined,
): Promise<void> => changeRow(home.path('records'), key, change);

/** Gives segments back as they were, as the engine does with what another device has sent. */
const giveBack = async (home: HomeCopy, places: readonly SegmentPlace[]): Promise<void> => {
  const store = await openRecordStore(home.path('records'));
  for (const place of places) await store.restore(await segmentIn(sound().copy().path('records'), place));
  await store.close();
};

/** A manifest of which a bit has changed before its row got a checksum. */
const forge = (value: Uint8Array): Uint8Array => {
  const payload = unpackRow(sealedKey(sound().origin, 1), value)?.slice() ?? expect.fail('no such row');
  const at = Buffer.from(payload).indexOf('"createdAt":') + 20;
  payload[at] = (payload[at] ?? 0) ^ 1;
  return packRow(sealedKey(sound().origin, 1), payload);
};

describe('damage of a sealed segment', () => {
  test.each([
    ['a record has changed', flipLast],
    ['the records are missing', remove],
  ])('is marked, and comes back from another device: %s', async (_, change) => {
    const home = sound().copy();
    const contents = await home.contents();
    await spoil(home, blockKey(sound().origin, 1), change);
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

    await giveBack(home, [{ origin: sound().origin, segment: 1 }]);
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
      await spoil(home, sealedKey(sound().origin, 1), change);
      const report = await home.doctor(true);
      expect(codesOf(report)).toEqual(['store_damaged self']);
      expect(report.findings[0]).toMatchObject({ origin: sound().origin, segment: 1 });
      expect(report.repairs).toEqual([]);
      await giveBack(home, [{ origin: sound().origin, segment: 1 }]);
      expect(await home.doctor()).toMatchObject({ ok: true, findings: [] });
      expect(await home.contents()).toBe(contents);
    },
  );

  test('needs a person where no other device is known', async () => {
    const home = sound().copy();
    rmSync(home.path('address-book.json'));
    await spoil(home, blockKey(sound().origin, 1), flipLast);
    const report = await home.doctor(true);
    expect(codesOf(report)).toEqual(['store_damaged person']);
    expect(report).toMatchObject({ ok: false, repairs: [{ done: true }] });
    expect(report.findings[0]?.hint).toContain('backup');
  });

  test('is found and marked while the device is open', async () => {
    const home = sound().copy();
    await home.contents();
    await spoil(home, blockKey(sound().origin, 1), flipLast);
    const { api, close } = await openDevice(home.dir, home.env);
    const report = await api.doctor({ repair: true });
    await close();
    expect(report.repairs).toMatchObject([{ repair: 'segments', done: true }]);
    expect(withCode(report, 'store_damaged')).toMatchObject([{ remedy: 'self', segment: 1 }]);
  });
});

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
    await spoil(home, key(), flipLast);
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
    ['a record of the open segment', () => recordKey(sound().origin, 11), flipLast, 9],
    ['a record of the open segment is missing', () => recordKey(sound().origin, 11), remove, 9],
    ['the newest position of a log', () => tailKey(sound().origin), flipLast, 9],
  ])('ends the log before it, and the rest is to come back: %s', async (_, key, change, kept) => {
    const home = sound().copy();
    await spoil(home, key(), change);
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
    await spoil(home, recordKey(sound().origin, 11), flipLast);
    const copy = await assertSalvaged(home, new Map());
    const after = await home.doctor();
    expect(withCode(after, 'log_cut')).toMatchObject([{ remedy: 'person' }]);
    expect(after.ok).toBe(false);
    rmSync(copy, { recursive: true });
    expect(withCode(await home.doctor(), 'log_cut')).toEqual([]);
  });

  test('fails where the key is gone, says so, and changes nothing', async () => {
    const home = sound().copy();
    await spoil(home, recordKey(sound().origin, 11), flipLast);
    rmSync(home.path('device.key'));
    const { ok, repairs } = await home.doctor(true);
    expect(ok).toBe(false);
    expect(repairs).toMatchObject([
      { repair: 'records', done: false, failure: expect.stringContaining('device.key') },
    ]);
    expect(existsSync(home.path('quarantine'))).toBe(false);
  });
});

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
    const records = await there.records(sound().origin, 10, 5);
    await there.close();
    await append(home, 'y');
    await append(home, 'z');
    const contents = await home.contents();
    await spoil(home, recordKey(sound().origin, 14), flipLast);
    await home.doctor(true);
    expect(withCode(await home.doctor(), 'set_aside')).toEqual([]);

    const here = await openRecordStore(home.path('records'));
    if (tail === undefined) expect.fail('there is no log');
    const write = { origin: sound().origin, firstSeq: 10, records, tail, arrival: here.arrivals() + 1 };
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

  test('that holds nothing new may be deleted', async () => {
    const home = sound().copy();
    await spoil(home, storeKey(), flipLast);
    await home.doctor(true);
    const report = await home.doctor();
    expect(codesOf(report)).toContain('set_aside none');
    expect(withCode(report, 'set_aside')[0]?.hint).toContain('Delete it');
  });
});

describe('a forked log', () => {
  /** Evidence of a fork: two homes of one device have gone on from the same event. */
  const evidenceOf = async (origin: Origin): Promise<Uint8Array> => {
    const histories = await Promise.all(
      ['x', 'y'].map(async (entityId): Promise<KnownHistory> => {
        const home = sound().copy();
        const { api, close } = await openDevice(home.dir, home.env);
        await api.append({ drafts: [{ type: 'a/B', entityId, payload: {} }] });
        await api.seal();
        await close();
        const { manifest, records } = await segmentIn(home.path('records'), { origin, segment: 2 });
        const leaves = records.map((record, i) =>
          leafHash(nativeCrypto, origin, manifest.firstSeq + i, record),
        );
        return { manifest, leaves };
      }),
    );
    const [a, b] = histories as [KnownHistory, KnownHistory];
    const evidence = buildEvidence(nativeCrypto, a.manifest.space, a, b);
    if (!evidence.ok) expect.fail(evidence.fault.message);
    return encodeEvidence(evidence.value);
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

    await spoil(home, evidenceKey(sound().origin), flipLast);
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

test('a record store of a newer version is left alone', async () => {
  const home = sound().copy();
  const text = JSON.stringify({ format: 99, storeId: 'aaaa' });
  await spoil(home, storeKey(), () => packRow(storeKey(), new TextEncoder().encode(text)));
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
  await spoil(home, recordKey(sound().origin, 14), flipLast);
  await home.doctor(true);
  expect(existsSync(home.path('recovery.json'))).toBe(false);
  expect(withCode(await home.doctor(), 'recovering')).toEqual([]);
});
