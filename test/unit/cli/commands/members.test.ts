import { describe, expect, test } from 'vitest';
import type { DeviceView, NodeApi } from '../../../../node/api/index.ts';
import { IDS } from '../fake-host.ts';
import { runWith } from '../run.ts';

const DESK: DeviceView = {
  device: IDS.desk,
  name: 'desk',
  role: 'admin',
  self: true,
  connected: false,
  events: 1200,
  excluded: 0,
};
const PHONE: DeviceView = {
  ...DESK,
  device: IDS.phone,
  name: 'phone',
  role: 'writer',
  self: false,
  events: 4,
};
const LOST: DeviceView = {
  ...PHONE,
  name: 'lost',
  excluded: 3,
  revoked: { by: IDS.desk, at: 1_700_000_000_000, reason: 'stolen', cut: {} },
};

describe('device', () => {
  test('list shows members first, and those that were revoked by whom and why', async () => {
    const devices: NodeApi['devices'] = async () => ({ devices: [DESK, PHONE, LOST] });
    const { stdout } = await runWith({ devices }, ['device', 'list']);
    expect(stdout).toMatch(/desk +admin +this device +1,200 +0 /);
    expect(stdout).toMatch(/phone +writer +away +4 +0 /);
    expect(stdout).toMatch(/lost +desk +2023-\S+ +stolen +4 +3 /);
    const json = await runWith({ devices }, ['device', 'list', '--json']);
    expect(JSON.parse(json.stdout)).toEqual({ devices: [DESK, PHONE, LOST] });
  });

  test('rename, role and revoke pass on what is asked', async () => {
    const inputs: unknown[] = [];
    const take =
      <Input>(view: DeviceView) =>
      async (input: Input): Promise<DeviceView> => {
        inputs.push(input);
        return view;
      };
    const api: Partial<NodeApi> = {
      renameDevice: take({ ...PHONE, name: 'old phone' }),
      changeRole: take({ ...PHONE, role: 'reader' }),
      revokeDevice: take(LOST),
    };
    expect((await runWith(api, ['device', 'rename', 'phone', 'old phone'])).stdout).toContain('"old phone"');
    expect((await runWith(api, ['device', 'role', 'phone', 'reader'])).stdout).toContain('reader');
    const revoked = await runWith(api, ['device', 'revoke', 'phone']);
    expect(revoked.stdout).toContain('4 events of it count, 3 no longer');
    await runWith(api, ['device', 'revoke', 'phone', '--reason', 'lost', '--before', '2026-11-20T18:00Z']);
    expect(inputs).toEqual([
      { device: 'phone', name: 'old phone' },
      { device: 'phone', role: 'reader' },
      { device: 'phone' },
      { device: 'phone', reason: 'lost', before: Date.UTC(2026, 10, 20, 18) },
    ]);
  });

  test('mistakes in use point to the help of the command', async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['device', 'lst'], /unknown command 'lst'.*smo help device/],
      [['device', 'role', 'phone', 'king'], /admin, writer, reader, replica.*smo help device role/],
      [['device', 'revoke'], /missing required argument 'device'.*smo help device revoke/],
      [['device', 'revoke', 'phone', '--before', 'Tuesday'], /2026-11-20T18:00/],
    ];
    for (const [argv, message] of cases) {
      const { code, stderr } = await runWith({}, argv);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) });
    }
    const help = await runWith({}, ['help', 'device', 'revoke']);
    expect(help.stdout).toMatch(/^Usage: smo device revoke/);
    expect((await runWith({}, ['device', 'revoke', '--help'])).stdout).toBe(help.stdout);
    expect((await runWith({}, ['help', 'device', 'nix'])).stderr).toContain("unknown command 'nix'");
  });
});
