import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { recordKey } from '../../../node/store/record-key.ts';
import { newMachine } from '../../support/cli-device.ts';
import { converged, dialing, startPair, WAIT } from '../../support/cli-pairing.ts';
import { changeRow, flipLast } from '../../support/spoiled-store.ts';

/** Entities that a device makes while it is alone, and the first one of which the record rots. */
const ALONE = 10;
const LOST = 6;

test('what a device wrote alone before a record that rotted comes to the others, and stays when it is repaired', {
  timeout: 180_000,
}, async () => {
  const { a, b, upA, upB } = await startPair(newMachine());
  await converged(upA, upB);
  await upB.end('SIGTERM');
  for (let n = 0; n < ALONE; n += 1) {
    await upA.api.append({
      drafts: [{ type: 'plos.core/EntityCreated', entityId: `e${n}`, payload: { n } }],
    });
  }
  const { origin, frontier } = await upA.api.status();
  const lostSeq = (frontier[origin] ?? 0) - ALONE + LOST + 1;
  await upA.end('SIGTERM');
  await changeRow(join(a.home, 'records'), recordKey(origin, lostSeq), flipLast);

  const saved = Array.from({ length: LOST }, (_, n) => `e${n}`);
  const again = await a.up();
  const other = await b.up(...dialing(again));
  const madeAt = async (device: typeof again): Promise<readonly string[]> =>
    Object.keys((await device.api.list()).entities).filter((id) => /^e\d$/.test(id));
  await vi.waitFor(async () => expect(await madeAt(other)).toEqual(saved), WAIT);
  // Its own state was made before.
  expect(await madeAt(again)).toHaveLength(ALONE);
  expect((await again.api.status()).damagedSegments).toEqual([{ origin, segment: 0 }]);
  // What is to be given up may still come.
  expect(await a.fails(['doctor', '--give-up'])).toMatchObject({ exit: 1, code: 'home_in_use' });
  await Promise.all([again.end('SIGTERM'), other.end('SIGTERM')]);

  // Without any other device.
  const { repairs } = await a.json(['doctor', '--repair']);
  expect(repairs).toMatchObject([{ repair: 'records', done: true }]);
  const repaired = await a.up();
  expect(await madeAt(repaired)).toEqual(saved);
  await repaired.api.append({
    drafts: [{ type: 'plos.core/EntityCreated', entityId: 'later', payload: {} }],
  });
  const reader = await b.up(...dialing(repaired));
  await converged(repaired, reader);

  // What came after the record that rotted is not in the log any more, and can still be read.
  const lost = await a.text('export', '--lost');
  const drafts = lost.trimEnd().split('\n');
  expect(drafts.map((line) => JSON.parse(line).entityId)).toEqual(
    Array.from({ length: ALONE - LOST - 1 }, (_, n) => `e${LOST + 1 + n}`),
  );
  await a.json(['append', '--jsonl', '-'], { input: lost });
  await converged(repaired, reader);
  expect(await madeAt(reader)).toHaveLength(ALONE - 1);
});
