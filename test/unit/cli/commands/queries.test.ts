import { describe, expect, test } from 'vitest';
import type { EventView, NodeApi } from '../../../../node/api/index.ts';
import { conflictView, fakeHost, IDS } from '../fake-host.ts';
import { run, runWith } from '../run.ts';

describe('list, show, history', () => {
  test('list', async () => {
    const entities = {
      b: { id: 'b', title: 'x' },
      [IDS.entity]: { id: IDS.entity, n: 1, long: 'y'.repeat(500) },
    };
    const list: NodeApi['list'] = async () => ({ entities });
    expect(JSON.parse((await runWith({ list }, ['list', '--json'])).stdout)).toEqual({ entities });
    const lines = (await runWith({ list }, ['list'])).stdout.split('\n');
    expect(lines[1]).toMatch(/^5f0c2c1e-8a43-4b {2}n=1 long="y+…$/);
    expect(lines[2]).toMatch(/^b +title="x"$/);
    expect((await runWith({ list: async () => ({ entities: {} }) }, ['list'])).stdout).toContain(
      'smo create',
    );
  });

  test('show', async () => {
    const detail = {
      entity: { id: 'inbox', title: 'T', tags: ['a'], relations: [{ id: 'r1' }, { id: 'r2' }] },
      conflicts: [conflictView('open')],
    };
    const show: NodeApi['show'] = async (input) => {
      expect(input).toEqual({ entity: 'inb' });
      return detail;
    };
    expect(JSON.parse((await runWith({ show }, ['show', 'inb', '--json'])).stdout)).toEqual(detail);
    const { stdout } = await runWith({ show }, ['show', 'inb']);
    expect(stdout).toMatch(
      /^inbox\n {2}title {6}"T"\n {2}tags {7}\["a"\]\n {2}relations {2}\{"id":"r1"\}\n {13}\{"id":"r2"\}\n/,
    );
    expect(stdout).toContain('1 open conflict: title');
  });

  test('history, of an entity and of a field', async () => {
    const { host, asked } = fakeHost();
    const json = JSON.parse((await run(host, ['history', '5f', '--json'])).stdout);
    expect(json.events.map((event: EventView) => event.seq)).toEqual([1, 2]);
    const { stdout } = await run(host, ['history', '5f', 'title']);
    expect(stdout).toMatch(/phone +ev1a+ +StateUpdated +"t1"/);
    expect(asked.filter(([method]) => method === 'history')).toEqual([
      ['history', '5f', undefined],
      ['history', '5f', 'title'],
    ]);
  });
});
