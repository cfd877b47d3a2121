import { expect, test } from 'vitest';
import { initDevice, openDevice } from '../../../node/host/index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const foreign = (origin: string, seq: number, seen: object): string =>
  JSON.stringify({
    id: `${origin}-${seq}`,
    type: 'plos.core/EntityUpdated',
    entityId: 'garden',
    payload: { [origin]: seq },
    timestamp: seq,
    origin,
    seq,
    seen,
  });

test('an exported event has seen what it has seen here, told in the terms of where that came from', async () => {
  const root = temporaryFolder();
  const env = { SMO_STATE_HOME: `${root}/state` };
  await initDevice(`${root}/home`, { name: 'a', spaceName: 'garden' }, env);
  const { api, close } = await openDevice(`${root}/home`, env);
  const { origin } = await api.status();
  const write = (name: string) =>
    api.append({
      drafts: [{ type: 'plos.core/EntityUpdated', entityId: 'garden', payload: { name } }],
    });
  const take = (...lines: readonly string[]) =>
    api.import({ kind: 'smo-os', name: 'x.jsonl', text: `${lines.join('\n')}\n` });

  await take(foreign('x', 1, { x: 1 }), foreign('y', 1, { y: 1 }));
  await write('first');
  await take(foreign('x', 2, { x: 2 }), foreign('x', 3, { x: 3 }));
  await write('second');
  const lines = (await Array.fromAsync(api.export({ format: 'smo-os' }))).slice(1);
  await close();

  const events = lines.map((line) => JSON.parse(line).event);
  const seenBy = (name: string): unknown => events.find(({ payload }) => payload.name === name)?.seen;
  // The founding event, which is the first of the log, is not exported.
  expect(seenBy('first')).toEqual({ x: 1, y: 1, [origin]: 2 });
  expect(seenBy('second')).toEqual({ x: 3, y: 1, [origin]: 3 });
});
