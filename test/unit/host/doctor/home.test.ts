import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { basename, dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDevice } from '../../../../node/host/index.ts';
import {
  codesOf,
  type HomeCopy,
  makeSoundHome,
  useSoundHome,
  withCode,
} from '../../../support/spoiled-home.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const sound = useSoundHome();

/** What every repair must leave alone unless it is its business. */
const filesOf = (home: HomeCopy): readonly string[] => readdirSync(home.dir).sort();

describe('a home that is well', () => {
  test('has no findings, says of each check what is well, and is not changed by a repair', async () => {
    const home = sound().copy();
    const files = filesOf(home);
    for (const repair of [false, true]) {
      const report = await home.doctor(repair);
      expect(report).toMatchObject({ ok: true, findings: [], repairs: [] });
      const checks = [...report.healthy, ...report.skipped].map(({ check }) => check);
      expect(checks.sort()).toEqual(
        ['clock', 'disk', 'forks', 'home', 'marker', 'member', 'peers', 'records', 'state', 'waiting'].sort(),
      );
      expect(report.skipped.map(({ check }) => check)).toEqual(['peers']);
      expect(report.healthy.find(({ check }) => check === 'records')?.message).toBe(
        '1 log, 3 segments, 13 events verified',
      );
      expect(filesOf(home)).toEqual(files);
    }
  });

  test('is looked at the same way while it is open in this process', async () => {
    const home = sound().copy();
    const { api, close } = await openDevice(home.dir, home.env);
    const report = await api.doctor({ repair: true });
    await close();
    // The marker is that of the environment of the process, which tests do not touch.
    expect(codesOf(report).filter((code) => !code.startsWith('marker'))).toEqual([]);
    expect(report.healthy.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['records', 'state', 'forks']),
    );
  });

  test('that is not there is told as everywhere', async () => {
    const home = sound().copy();
    rmSync(home.dir, { recursive: true });
    await expect(home.doctor()).rejects.toMatchObject({ code: 'home_missing' });
  });
});

describe('home.json', () => {
  test.each([
    ['is no JSON', () => 'garbage', 'home_damaged'],
    [
      'names no device',
      (text: string) => text.replace(/"device": "[^"]+"/, '"device": "nobody"'),
      'home_damaged',
    ],
    ['is of a newer format', (text: string) => text.replace('"format": 1', '"format": 99'), 'home_newer'],
  ])('that %s needs a person, and nothing else is guessed', async (_, change, code) => {
    const home = sound().copy();
    const path = home.path('home.json');
    writeFileSync(path, change(readFileSync(path, 'utf8')));
    const report = await home.doctor(true);
    expect(codesOf(report)).toEqual([`${code} person`]);
    expect(report).toMatchObject({ ok: false, repairs: [] });
    expect(report.skipped.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['records', 'marker', 'state', 'forks', 'clock']),
    );
  });

  test('that is gone beside its key, or is no file', async () => {
    const home = sound().copy();
    rmSync(home.path('home.json'));
    expect(codesOf(await home.doctor())).toEqual(['home_damaged person']);
    mkdirSync(home.path('home.json'));
    expect(codesOf(await home.doctor())).toEqual(['file_unreadable person']);
  });

  test('whose founding record is that of another space', async () => {
    const home = sound().copy();
    const other = await makeSoundHome(temporaryFolder());
    const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
    const file = read(home.path('home.json'));
    const { genesis } = read(other.copy().path('home.json')).space;
    writeFileSync(home.path('home.json'), JSON.stringify({ ...file, space: { ...file.space, genesis } }));
    const report = await home.doctor(true);
    expect(codesOf(report)).toEqual(['wrong_space person']);
    expect(report.findings[0]).toMatchObject({ subject: 'home', hint: expect.stringContaining('backup') });
    expect(report.skipped).toContainEqual({ check: 'state', message: 'home.json is damaged' });
    await expect(openDevice(home.dir, home.env)).rejects.toMatchObject({
      code: 'wrong_space',
      message: expect.stringContaining(home.path('home.json')),
      hint: expect.stringContaining('backup'),
    });
  });
});

describe('the key', () => {
  test.each([
    ['missing', (path: string) => rmSync(path), 'key_missing'],
    ['no key', (path: string) => writeFileSync(path, 'garbage', { mode: 0o600 }), 'key_damaged'],
  ])('that is %s needs a person; the records are looked at all the same', async (_, spoil, code) => {
    const home = sound().copy();
    spoil(home.path('device.key'));
    const report = await home.doctor(true);
    expect(codesOf(report)).toEqual([`${code} person`]);
    expect(report.healthy.map(({ check }) => check)).toContain('records');
    expect(report.skipped.map(({ check }) => check)).toEqual(expect.arrayContaining(['forks', 'state']));
  });

  test('that was swapped is named with both devices', async () => {
    const [home, other] = [sound().copy(), await makeSoundHome(temporaryFolder())];
    writeFileSync(home.path('device.key'), readFileSync(other.copy().path('device.key')), { mode: 0o600 });
    const report = await home.doctor(true);
    expect(codesOf(report)).toEqual(['key_damaged person']);
    expect(report.findings[0]?.message).toContain(sound().device);
    expect(report.findings[0]?.message).toContain(other.device);
  });

  test.skipIf(process.platform === 'win32')('that others may read is taken away from them', async () => {
    const home = sound().copy();
    chmodSync(home.path('device.key'), 0o644);
    const report = await home.doctor();
    expect(codesOf(report)).toEqual(['key_mode repair']);
    expect(report).toMatchObject({ ok: false, repairs: [{ repair: 'permissions', done: false }] });
    expect(await home.doctor(true)).toMatchObject({
      ok: true,
      findings: [],
      repairs: [{ repair: 'permissions', done: true }],
    });
    expect(await home.doctor()).toMatchObject({ ok: true, repairs: [] });
  });
});

describe('other files of a home', () => {
  test('invites that cannot be read are moved away, with a copy', async () => {
    const home = sound().copy();
    writeFileSync(home.path('invites.json'), 'garbage', { mode: 0o600 });
    expect(codesOf(await home.doctor())).toEqual(['home_damaged repair']);
    const { ok, repairs } = await home.doctor(true);
    expect(ok).toBe(true);
    const [{ copy = '', done } = {}] = repairs;
    expect(done).toBe(true);
    expect(dirname(copy)).toBe(home.path('quarantine'));
    expect(readFileSync(copy, 'utf8')).toBe('garbage');
    expect(existsSync(home.path('invites.json'))).toBe(false);
  });

  test('what a killed repair has left, a stale lock among it, is removed', async () => {
    const home = sound().copy();
    for (const name of ['records.lock', 'records.copy', 'records.building']) mkdirSync(home.path(name));
    const unfinished = home.path('home.json.0123456789ab.tmp');
    const young = home.path('home.json.ba9876543210.tmp');
    writeFileSync(unfinished, '{');
    writeFileSync(young, '{');
    utimesSync(unfinished, 1, 1);
    const copy = home.path('quarantine', 'old-records.0123456789ab.copy');
    mkdirSync(copy, { recursive: true });
    utimesSync(copy, 1, 1);
    const report = await home.doctor();
    expect(withCode(report, 'leftover').map(({ message }) => basename(message.split(' ')[0] ?? ''))).toEqual([
      'home.json.0123456789ab.tmp',
      'old-records.0123456789ab.copy',
      'records.building',
      'records.copy',
      'records.lock',
    ]);
    expect(report.findings).toHaveLength(5);
    const files = filesOf(home);
    expect(await home.doctor(true)).toMatchObject({ ok: true, findings: [] });
    expect(existsSync(copy)).toBe(false);
    expect(filesOf(home)).toEqual(files.filter((name) => !/^records\.|012/.test(name)));
  });

  test.skipIf(process.platform === 'win32')(
    'a socket at which nobody answers comes right by itself',
    async () => {
      const home = sound().copy();
      // A process that is killed leaves its socket behind.
      const server = createServer().listen(home.path('there.sock'));
      await new Promise((resolve) => server.once('listening', resolve));
      linkSync(home.path('there.sock'), home.path('control.sock'));
      await new Promise((resolve) => server.close(resolve));
      const report = await home.doctor(true);
      expect(codesOf(report)).toEqual(['stale_socket self']);
      expect(report).toMatchObject({ ok: true, repairs: [] });
    },
  );
});

describe('the marker', () => {
  test.each([
    ['missing', (home: HomeCopy) => rmSync(home.markerPath), 'marker_missing self'],
    ['no marker', (home: HomeCopy) => writeFileSync(home.markerPath, 'garbage'), 'marker_damaged self'],
    [
      'not whole',
      (home: HomeCopy) => writeFileSync(home.markerPath, `{"${sound().origin}":13,"nobody":2}`),
      'marker_damaged self',
    ],
    [
      'no file',
      ({ markerPath }: HomeCopy) => {
        rmSync(markerPath);
        mkdirSync(markerPath);
      },
      'marker_unreadable person',
    ],
    [
      'ahead',
      (home: HomeCopy) => writeFileSync(home.markerPath, `{"${sound().origin}":14}`),
      'store_behind_marker self',
    ],
  ])('that is %s', async (_, spoil, finding) => {
    const home = sound().copy();
    spoil(home);
    const report = await home.doctor(true);
    expect(codesOf(report)).toContain(finding);
    expect(withCode(report, finding.split(' ')[0] ?? '')[0]?.subject).toBe('marker');
    expect(report.repairs).toEqual([]);
  });

  test('that is ahead retires the log, and this is told', async () => {
    const home = sound().copy();
    writeFileSync(home.markerPath, `{"${sound().origin}":14}`);
    expect(withCode(await home.doctor(), 'log_retired')).toMatchObject([
      {
        origin: sound().origin,
        remedy: 'none',
        message: expect.stringContaining('older than what this device has signed'),
      },
    ]);
  });
});
