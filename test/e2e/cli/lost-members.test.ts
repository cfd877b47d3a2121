import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { blockKey } from '../../../node/store/record-key.ts';
import { newMachine } from '../../support/cli-device.ts';
import { admit, converged, dialing, startPair, WAIT } from '../../support/cli-pairing.ts';
import { changeRow, flipLast } from '../../support/spoiled-store.ts';

test('a device that cannot read who is a member gets that back from one that it had met', {
  timeout: 180_000,
}, async () => {
  const machine = newMachine();
  const { upA, upB } = await startPair(machine);
  const c = await admit(upA, 'c', machine);
  const upC = await c.up(...dialing(upA), ...dialing(upB));
  await upA.api.seal();
  await converged(upA, upB, upC);
  const { origin } = await upA.api.status();
  // The founder, which it knows whatever happens, is gone for good.
  for (const device of [upA, upC]) await device.end('SIGTERM');
  await vi.waitFor(async () => expect((await upB.api.status()).peers).toHaveLength(2), WAIT);

  await changeRow(join(c.home, 'records'), blockKey(origin, 0), flipLast);
  rmSync(join(c.home, 'state'), { recursive: true });
  const again = await c.up(...dialing(upB));
  await vi.waitFor(
    () => expect(again.log).toContainEqual(expect.stringContaining('restored segment 0')),
    WAIT,
  );
  await vi.waitFor(async () => {
    const [mine, theirs] = await Promise.all([again.api.status(), upB.api.status()]);
    expect(mine).toMatchObject({ digest: theirs.digest, name: 'c', damagedSegments: [] });
    expect(mine.peers.map(({ name }) => name).sort()).toEqual(['a', 'b']);
  }, WAIT);
  await upB.api.append({ drafts: [{ type: 'plos.core/EntityCreated', entityId: 'later', payload: {} }] });
  await vi.waitFor(async () => expect((await again.api.list()).entities).toHaveProperty('later'), WAIT);
  expect(await again.api.verify()).toMatchObject({ ok: true });
});
