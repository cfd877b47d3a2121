import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cancelInvite, INVITE_EXPIRES_MS_MAX, listInvites, makeInvite } from '../../../node/host/invite.ts';
import { InviteBook } from '../../../node/host/invite-book.ts';
import { base64 } from '../../../protocol/bytes/index.ts';
import { decodeTicket, inviteName } from '../../../protocol/membership/index.ts';
import { portableCrypto } from '../../../protocol/portable-crypto/index.ts';
import { homeDevice } from '../../support/home-device.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('an invite book', () => {
  test('is the same after a restart: what is open, spent, tried and taken back', async () => {
    const home = temporaryFolder();
    const book = await InviteBook.open(home);
    const [open, spent, tried, gone] = [
      await book.create('reader', 100, 0),
      await book.create('admin', 200, 0),
      await book.create('writer', 300, 0),
      await book.create('replica', 400, 0),
    ];
    // Not waited for one by one: what is meant last is on the disk last.
    await Promise.all([
      book.update({ ...spent, spent: true }),
      book.update({ ...tried, attempts: 3 }),
      book.remove(gone),
    ]);
    const expected = [open, { ...spent, spent: true }, { ...tried, attempts: 3 }];
    expect(book.list()).toEqual(expected);
    expect((await InviteBook.open(home)).list()).toEqual(expected);
  });

  test('forgets an invite that has expired when the next one is made', async () => {
    const book = await InviteBook.open(temporaryFolder());
    const [first, second] = [await book.create('writer', 100, 0), await book.create('writer', 101, 0)];
    const third = await book.create('writer', 200, 100);
    expect(book.list()).toEqual([second, third]);
    expect([book.current(first), book.current(second)]).toEqual([undefined, second]);
  });

  test('answers strangers as long as an invite has not expired and is not closed', async () => {
    const book = await InviteBook.open(temporaryFolder());
    expect(book.anyAnswered(0)).toBe(false);
    const invite = await book.create('writer', 100, 0);
    expect([book.anyAnswered(99), book.anyAnswered(100)]).toEqual([true, false]);
    await book.update({ ...invite, spent: true });
    expect(book.anyAnswered(99)).toBe(true);
    await book.update({ ...invite, attempts: 5 });
    expect(book.anyAnswered(99)).toBe(false);
  });

  test('is readable by its owner alone, and refused when it is damaged', async () => {
    const home = temporaryFolder();
    const { secret } = await (await InviteBook.open(home)).create('writer', 100, 0);
    const path = join(home, 'invites.json');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const text = await readFile(path, 'utf8');
    for (const wrong of [
      '',
      '{}',
      text.replace('writer', 'king'),
      text.replace(base64.encode(secret), 'AAAA'),
    ]) {
      await writeFile(path, wrong);
      await expect(InviteBook.open(home)).rejects.toMatchObject({ code: 'home_damaged' });
    }
  });

  test('goes on after a write that failed', async () => {
    const dir = temporaryFolder();
    const home = join(dir, 'home');
    await mkdir(home);
    const book = await InviteBook.open(home);
    const invite = await book.create('writer', 100, 0);
    await rename(home, join(dir, 'away'));
    await expect(book.update({ ...invite, attempts: 1 })).rejects.toThrow('ENOENT');
    await rename(join(dir, 'away'), home);
    await book.update({ ...invite, spent: true });
    expect((await InviteBook.open(home)).list()).toEqual([{ ...invite, spent: true }]);
  });
});

describe('invites of a device', () => {
  test('are listed until they expire, each with what became of it', async () => {
    const book = await InviteBook.open(temporaryFolder());
    const [open, spent, closed] = [
      await book.create('writer', 100, 0),
      await book.create('writer', 101, 0),
      await book.create('writer', 102, 0),
    ];
    await book.update({ ...spent, spent: true });
    await book.update({ ...closed, attempts: 5 });
    const states = (nowMs: number) =>
      listInvites(book, nowMs).map(({ state, attempts }) => [state, attempts]);
    expect(states(99)).toEqual([
      ['open', 0],
      ['spent', 0],
      ['closed', 5],
    ]);
    expect(listInvites(book, 99)[0]?.invite).toBe(inviteName(open));
    expect([states(100).length, states(101).length, states(102).length]).toEqual([2, 1, 0]);
  });

  test('are taken back by what only one id begins with', async () => {
    const book = await InviteBook.open(temporaryFolder());
    const names: string[] = [];
    // Of seventeen, two begin with the same digit.
    for (let i = 0; i < 17; i += 1) names.push(inviteName(await book.create('writer', 100, 0)));
    const shared = names.map(([digit]) => digit).find((digit, i, all) => all.indexOf(digit) !== i) ?? '';
    await expect(cancelInvite(book, shared)).rejects.toMatchObject({ code: 'invite_ambiguous' });
    await expect(cancelInvite(book, '')).rejects.toMatchObject({ code: 'invite_unknown' });
    await expect(cancelInvite(book, 'x')).rejects.toMatchObject({ code: 'invite_unknown' });
    const [name = ''] = names;
    expect(await cancelInvite(book, name.slice(0, 31))).toBe(name);
    expect(book.list().map(inviteName)).toEqual(names.slice(1));
    await expect(cancelInvite(book, name)).rejects.toMatchObject({ code: 'invite_unknown' });
  });

  test('are good for up to 366 days', async () => {
    const { home, device } = await homeDevice();
    const book = await InviteBook.open(home);
    const make = (expiresInMs: number) => makeInvite(device, book, [], { role: 'writer', expiresInMs });
    for (const wrong of [0, -1, 0.5, INVITE_EXPIRES_MS_MAX + 1, Number.MAX_VALUE, Number.NaN]) {
      await expect(make(wrong)).rejects.toMatchObject({ code: 'bad_expiry' });
    }
    expect(book.list()).toEqual([]);
    for (const good of [1, INVITE_EXPIRES_MS_MAX]) {
      const { ticket, expiresAt } = await make(good);
      expect(decodeTicket(portableCrypto, ticket)).toMatchObject({ ok: true, value: { expiresAt } });
    }
  });
});
