import { describe, expect, test } from 'vitest';
import type { NodeApi } from '../../../../node/api/index.ts';
import { fakeHost, IDS } from '../fake-host.ts';
import { run, runWith } from '../run.ts';

describe('relate, unrelate, metric', () => {
  test('relate prints the id of the relation', async () => {
    const { host, asked } = fakeHost();
    expect((await run(host, ['relate', '5f', 'contains', '5f0c'])).stdout).toBe(
      '00000000-0000-4000-8000-000000000001\n',
    );
    const json = JSON.parse(
      (await run(host, ['relate', '5f', 'contains', '5f0c', '--id', 'r', '--json'])).stdout,
    );
    expect(json).toMatchObject({ relation: 'r', events: [{ entityId: IDS.entity }] });
    expect(asked.filter(([method]) => method === 'append').map(([, drafts]) => drafts)).toEqual(
      ['00000000-0000-4000-8000-000000000001', 'r'].map((id) => [
        {
          type: 'plos.core/RelationAdded',
          entityId: IDS.entity,
          payload: { id, type: 'contains', target: IDS.entity },
        },
      ]),
    );
    expect(await run(host, ['relate', '5f', 'contains', 'nope'])).toMatchObject({ code: 1 });
  });

  test('unrelate', async () => {
    const unrelate: NodeApi['unrelate'] = async (input) => {
      expect(input).toEqual({ entity: 'inbox', relation: 'r1' });
      return { events: [{ id: IDS.event, origin: 'o', seq: 1, entityId: 'inbox' }] };
    };
    expect((await runWith({ unrelate }, ['unrelate', 'inbox', 'r1'])).stdout).toBe(
      `Event ev1${'k'.repeat(13)} of inbox\n`,
    );
  });

  test('metric takes numbers, negative ones too', async () => {
    const { host, asked } = fakeHost();
    expect(await run(host, ['metric', '5f', 'temp', '-4.5', '--unit', '°C'])).toMatchObject({ code: 0 });
    expect(await run(host, ['metric', '5f', 'count', '2e3'])).toMatchObject({ code: 0 });
    expect(asked.filter(([method]) => method === 'append').map(([, drafts]) => drafts)).toMatchObject([
      [{ type: 'plos.core/MetricRecorded', payload: { name: 'temp', value: -4.5, unit: '°C' } }],
      [{ type: 'plos.core/MetricRecorded', payload: { name: 'count', value: 2000 } }],
    ]);
    for (const value of ['many', '', 'Infinity', '1e999']) {
      expect(await run(host, ['metric', '5f', 'count', value])).toMatchObject({ code: 2 });
    }
  });
});
