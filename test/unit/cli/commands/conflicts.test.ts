import { describe, expect, test } from 'vitest';
import type { NodeApi } from '../../../../node/api/index.ts';
import { conflictView, IDS } from '../fake-host.ts';
import { runWith } from '../run.ts';

describe('conflicts and resolve', () => {
  test('conflicts shows the candidates and a command that can be pasted', async () => {
    const conflicts: NodeApi['conflicts'] = async ({ all }) => ({
      conflicts: all ? [conflictView('resolved')] : [conflictView('open')],
    });
    const open = await runWith({ conflicts }, ['conflicts']);
    expect(open.stdout).toMatch(/ev1a{13} +"A" +desk/);
    expect(open.stdout).toMatch(/shown +ev1b{13} +"B" +phone/);
    expect(open.stdout).toContain(`smo resolve 'my inbox' title ev1${'a'.repeat(13)}\n`);
    const closed = await runWith({ conflicts }, ['conflicts', '--all']);
    expect(closed.stdout).toMatch(/my inbox title {2}resolved by ev1c{13}\n/);
    expect(closed.stdout).toMatch(/chosen +ev1a/);
    const json = await runWith({ conflicts }, ['conflicts', '--json']);
    expect(JSON.parse(json.stdout)).toEqual({ conflicts: [conflictView('open')] });
    expect((await runWith({ conflicts: async () => ({ conflicts: [] }) }, ['conflicts'])).stdout).toBe(
      'No open conflicts.\n',
    );
  });

  test('resolve', async () => {
    const resolveConflict: NodeApi['resolve'] = async (input) => {
      expect(input).toEqual({ entity: 'inb', field: 'title', event: 'ev1a' });
      return { events: [{ id: IDS.event, origin: 'o', seq: 9, entityId: 'inbox' }] };
    };
    const { stdout } = await runWith({ resolve: resolveConflict }, ['resolve', 'inb', 'title', 'ev1a']);
    expect(stdout).toBe('Resolved: title of inbox.\n');
  });
});
