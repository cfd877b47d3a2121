import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { NodeApi } from '../../../../node/api/index.ts';
import type { CliHost } from '../../../../node/cli/index.ts';
import { IDS, STATUS } from '../fake-host.ts';
import { runWith } from '../run.ts';

describe('init, invite, join', () => {
  const made = { space: 'space1', device: IDS.desk, origin: STATUS.origin };

  test('init names the device after the machine unless told otherwise', async () => {
    const inputs: unknown[] = [];
    const init: CliHost['init'] = async (home, input) => {
      inputs.push(home, input);
      return made;
    };
    const first = await runWith({}, ['init', '--json'], { init });
    expect(JSON.parse(first.stdout)).toEqual(made);
    const second = await runWith({}, ['init', '--name', 'lap', '--space', 'family'], { init });
    expect(second.stdout).toContain('space1');
    const home = resolve('/users/me/.smo');
    expect(inputs).toEqual([
      home,
      { name: 'desk', spaceName: 'personal' },
      home,
      { name: 'lap', spaceName: 'family' },
    ]);
    expect(await runWith({}, ['init', '--name', ' '], { init })).toMatchObject({ code: 2 });
  });

  test('invite passes role and expiry on, and prints the ticket on the first line', async () => {
    const inputs: unknown[] = [];
    const invite: NodeApi['invite'] = async (input) => {
      inputs.push(input);
      return { invite: '3f9a', ticket: 'smo1abc', expiresAt: 1_700_000_000_000 };
    };
    const plain = await runWith({ invite }, ['invite']);
    expect(plain.stdout.split('\n')[0]).toBe('smo1abc');
    const json = await runWith({ invite }, ['invite', '--role', 'admin', '--expires', '2h', '--json']);
    expect(JSON.parse(json.stdout)).toEqual({
      invite: '3f9a',
      ticket: 'smo1abc',
      expiresAt: 1_700_000_000_000,
    });
    expect(inputs).toEqual([
      { role: 'writer', expiresInMs: 900_000 },
      { role: 'admin', expiresInMs: 7_200_000 },
    ]);
  });

  test('invite --qr draws the ticket below its text', async () => {
    const invite: NodeApi['invite'] = async () => ({ invite: '3f9a', ticket: 'smo1abc', expiresAt: 0 });
    const { stdout } = await runWith({ invite }, ['invite', '--qr']);
    const [ticket, , ...drawn] = stdout.split('\n');
    expect(ticket).toBe('smo1abc');
    // Version 1 has 21 modules a side, with a quiet zone of two; two rows of modules are one of characters.
    expect(drawn.filter((line) => /^[█▀▄ ]{25}$/.test(line))).toHaveLength(13);
  });

  test('invite --list shows what became of each invite', async () => {
    const invite = '3f9a'.repeat(8);
    const list = [{ invite, role: 'writer', state: 'spent', attempts: 2, expiresAt: 0 }] as const;
    const invites: NodeApi['invites'] = async () => ({ invites: list });
    expect((await runWith({ invites }, ['invite', '--list'])).stdout).toMatch(/3f9a\S+ +writer +spent +2 /);
    expect(JSON.parse((await runWith({ invites }, ['invite', '--list', '--json'])).stdout)).toEqual({
      invites: list,
    });
    const none: NodeApi['invites'] = async () => ({ invites: [] });
    expect((await runWith({ invites: none }, ['invite', '--list'])).stdout).toContain(
      '"smo invite" makes one',
    );
  });

  test('invite --cancel names the invite that it took back', async () => {
    const inputs: unknown[] = [];
    const cancelInvite: NodeApi['cancelInvite'] = async (input) => {
      inputs.push(input);
      return { invite: '3f9abc' };
    };
    expect((await runWith({ cancelInvite }, ['invite', '--cancel', '3f'])).stdout).toContain('3f9abc');
    expect(inputs).toEqual([{ invite: '3f' }]);
    expect(await runWith({ cancelInvite }, ['invite', '--cancel', '3f', '--list'])).toMatchObject({
      code: 2,
    });
  });

  test('join passes ticket, name and time limit on', async () => {
    const inputs: unknown[] = [];
    const joined: CliHost['join'] = async (_home, input) => {
      inputs.push(input);
      return { ...made, name: input.name, synced: input.name === 'desk' };
    };
    const json = await runWith({}, ['join', 'smo1x', '--json'], { join: joined });
    expect(JSON.parse(json.stdout)).toEqual({ ...made, name: 'desk', synced: true });
    const plain = await runWith({}, ['join', ' smo1x\n', '--name', 'phone', '--timeout', '90s'], {
      join: joined,
    });
    expect(plain.stdout).toContain('"phone", has joined');
    expect(plain.stdout).toContain('to fetch what the others have');
    expect(inputs).toEqual([
      { ticket: 'smo1x', name: 'desk', timeoutMs: 30_000 },
      { ticket: 'smo1x', name: 'phone', timeoutMs: 90_000 },
    ]);
  });
});
