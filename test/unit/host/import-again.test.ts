import { expect, test } from 'vitest';
import { lostDrafts } from '../../../node/host/doctor/lost-events.ts';
import { openDevice } from '../../../node/host/index.ts';
import { recordKey } from '../../../node/store/record-key.ts';
import type { Origin } from '../../../protocol/event/index.ts';
import { spoilRecords, useSoundHome } from '../../support/spoiled-home.ts';
import { flipLast } from '../../support/spoiled-store.ts';

const sound = useSoundHome();

/** Events of a Smo.OS device, each of which has seen the one before. */
const EVENTS = 9;

const FILE = Array.from({ length: EVENTS }, (_, i) =>
  JSON.stringify({
    id: `a${i + 1}`,
    type: 'plos.core/StateUpdated',
    entityId: 'task',
    payload: { title: `title ${i + 1}` },
    timestamp: 1_700_000_000_000 + i,
    origin: 'tablet',
    seq: i + 1,
    seen: i === 0 ? {} : { tablet: i },
  }),
).join('\n');

test('what a repair has cut off an import comes back with the file, in a log that goes on from there', async () => {
  const home = sound().copy();
  const imported = async () => {
    const { api, close } = await openDevice(home.dir, home.env);
    try {
      const { imported: count } = await api.import({ kind: 'smo-os', name: 'old.jsonl', text: FILE });
      const { entity, conflicts } = await api.show({ entity: 'task' });
      return { count, entity, conflicts, logs: Object.keys((await api.status()).frontier) };
    } finally {
      await close();
    }
  };
  const first = await imported();
  expect(first).toMatchObject({ count: EVENTS, conflicts: [] });
  const log = first.logs.find((origin) => origin !== sound().origin) as Origin;
  await spoilRecords(home, recordKey(log, 4), flipLast);
  await home.doctor(true);
  // They can also be written once more as they are, for want of the file.
  const lost = await lostDrafts(home.dir, home.env);
  expect(lost.map(({ source }) => source?.id)).toEqual(['a5', 'a6', 'a7', 'a8', 'a9']);
  const again = await imported();
  expect(again).toMatchObject({ count: EVENTS - 3, entity: first.entity, conflicts: [] });
  expect(again.logs.length).toBeGreaterThan(first.logs.length);
  expect((await imported()).count).toBe(0);
});
