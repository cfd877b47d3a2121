import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDevice } from '../../../../node/host/index.ts';
import { openStateStore } from '../../../../node/store/index.ts';
import { packRow } from '../../../../node/store/row.ts';
import type { StateRow } from '../../../../protocol/engine/index.ts';
import { stateKey } from '../../../../protocol/engine/state-keys.ts';
import { rowKey } from '../../../../protocol/projection/index.ts';
import { fillDisk, HAS_FULL_DISK } from '../../../support/full-disk.ts';
import { codesOf, type HomeCopy, useSoundHome, withCode } from '../../../support/spoiled-home.ts';
import { changeRow, flipByte } from '../../../support/spoiled-store.ts';

const sound = useSoundHome();

/** Changes a row as the store itself would write it, so that its checksum fits. */
const rewrite = async (
  home: HomeCopy,
  key: string,
  change: (row: StateRow) => StateRow | null,
): Promise<void> => {
  const store = await openStateStore(home.path('state'));
  const row = store.get(key);
  if (row === undefined) expect.fail(`there is no row ${key}`);
  await store.write([{ key, row: change(row) }]);
  await store.close();
};

const meta = (change: Readonly<Record<string, unknown>>) => (home: HomeCopy) =>
  rewrite(home, stateKey.meta, (row) => ({ ...(row as object), ...change }) as StateRow);

const counts = (home: HomeCopy) =>
  rewrite(home, stateKey.meta, (row) => {
    const { counts: is } = row as unknown as { readonly counts: { readonly entities: number } };
    return { ...(row as object), counts: { ...is, entities: is.entities + 1 } } as unknown as StateRow;
  });

const lose = (key: () => string) => (home: HomeCopy) => rewrite(home, key(), () => null);

/** Appends a control event: the founding one has no row, as every replica knows it. */
const rename = async ({ dir, env }: HomeCopy): Promise<void> => {
  const { api, close } = await openDevice(dir, env);
  await api.renameDevice({ device: sound().device, name: 'table' });
  await close();
};

describe('a state that differs from a rebuild', () => {
  test.each([
    ['its digest is wrong', meta({ digest: 'ab'.repeat(32) }), /its digest is abab.*that of the rebuild is/],
    ['its counts are wrong', counts, /it counts 13 entities, the rebuild 12/],
    ['a row of an index is lost', lose(() => rowKey('entity', 'a1')), /11 of 12 rows of the index "entity"/],
    [
      'a row of an index says something else',
      (home: HomeCopy) =>
        rewrite(home, rowKey('register', 'a1', 'n'), (row) => ({ ...(row as object), chains: {} })),
      /a row of the index "register"/,
    ],
    [
      'a control event is lost',
      lose(() => stateKey.control(0)),
      /0 of 1 rows of the index "control"/,
      rename,
    ],
  ])('is found and made anew: %s', async (_, spoil, said, prepare?: (home: HomeCopy) => Promise<void>) => {
    const home = sound().copy();
    await prepare?.(home);
    const contents = await home.contents();
    await spoil(home);
    const report = await home.doctor();
    expect(codesOf(report)).toEqual(['state_differs repair']);
    expect(report.findings[0]?.message).toMatch(said);
    expect(report.repairs).toMatchObject([{ repair: 'state', done: false }]);
    const repaired = await home.doctor(true);
    expect(repaired).toMatchObject({ ok: true, repairs: [{ repair: 'state', done: true }] });
    expect(codesOf(repaired)).toEqual(['state_missing self']);
    expect(await home.contents()).toBe(contents);
    expect(await home.doctor()).toMatchObject({ ok: true, findings: [] });
  });
});

describe('a state that is damaged', () => {
  test('in a row is told with the row, and made anew', async () => {
    const home = sound().copy();
    const contents = await home.contents();
    const key = Buffer.from(`r${rowKey('entity', 'a1')}`);
    await changeRow(home.path('state'), key, (value) => flipByte(value, 5));
    const report = await home.doctor();
    expect(codesOf(report)).toEqual(['state_damaged repair']);
    expect(report.findings[0]?.message).toMatch(/row "entity.*a1" has changed/);
    expect(await home.doctor(true)).toMatchObject({ ok: true });
    expect(await home.contents()).toBe(contents);
    expect(await home.doctor()).toMatchObject({ ok: true, findings: [] });
  });

  test('in its files', async () => {
    const home = sound().copy();
    writeFileSync(home.path('state', 'CURRENT'), 'garbage');
    const report = await home.doctor();
    expect(codesOf(report)).toEqual(['state_damaged repair']);
    expect(report.findings[0]?.message).toContain('file CURRENT');
    expect(await home.doctor(true)).toMatchObject({ ok: true });
  });

  test('in the row of its version', async () => {
    const home = sound().copy();
    const key = Uint8Array.of(0x6d);
    await changeRow(home.path('state'), key, () => packRow(key, Uint8Array.of(9)));
    expect(codesOf(await home.doctor())).toEqual(['state_damaged repair']);
    expect(await home.doctor(true)).toMatchObject({ ok: true });
  });
});

describe('a state that the device makes anew by itself', () => {
  test.each([
    [
      'is missing',
      async (home: HomeCopy) => rmSync(home.path('state'), { recursive: true }),
      'state_missing',
    ],
    ['is empty', lose(() => stateKey.meta), 'state_missing'],
    ['is of an older format', meta({ format: 1 }), 'state_outdated'],
    ['was not complete', meta({ rebuilding: true }), 'state_unfinished'],
    [
      'lags behind the records',
      (home: HomeCopy) => rewrite(home, stateKey.applied(sound().origin), (row) => (row as number) - 2),
      'state_lags',
    ],
  ])('%s', async (_, spoil, code) => {
    const home = sound().copy();
    const contents = await home.contents();
    await spoil(home);
    const report = await home.doctor(true);
    expect(codesOf(report)).toEqual([`${code} self`]);
    expect(report).toMatchObject({ ok: true, repairs: [] });
    if (code === 'state_lags') return;
    expect(await home.contents()).toBe(contents);
    expect(withCode(await home.doctor(), code)).toEqual([]);
  });
});

test('a folder for the state that is a file is told, and removed', async () => {
  const home = sound().copy();
  const contents = await home.contents();
  rmSync(home.path('state'), { recursive: true });
  writeFileSync(join(home.dir, 'state'), 'garbage');
  expect((await home.doctor()).findings[0]).toMatchObject({ subject: 'state', remedy: 'repair' });
  expect(await home.doctor(true)).toMatchObject({ ok: true });
  expect(await home.contents()).toBe(contents);
});

describe.runIf(HAS_FULL_DISK)('a full disk', () => {
  test.each(['state', 'records'])('is told, and nothing is thrown away for it: %s', async (database) => {
    // Opening a home leaves nothing in its journals: what it holds is read in another copy.
    const contents = await sound().copy().contents();
    const home = sound().copy();
    for (const repair of [false, true]) {
      const free = fillDisk(home.path(database));
      const report = await home.doctor(repair);
      free();
      expect(codesOf(report)).toEqual(['disk_full person']);
      expect(report).toMatchObject({ ok: false, repairs: [] });
    }
    expect(await home.doctor()).toMatchObject({ ok: true, findings: [] });
    expect(await home.contents()).toBe(contents);
  });

  test('keeps a device from opening, and leaves its state where it is', async () => {
    const contents = await sound().copy().contents();
    const home = sound().copy();
    const free = fillDisk(home.path('state'));
    await expect(openDevice(home.dir, home.env)).rejects.toMatchObject({ code: 'disk_full' });
    free();
    expect(await home.doctor()).toMatchObject({ ok: true, findings: [] });
    expect(await home.contents()).toBe(contents);
  });
});
