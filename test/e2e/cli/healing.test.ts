import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { blockKey } from '../../../node/store/record-key.ts';
import { newMachine } from '../../support/cli-device.ts';
import { converged, dialing, startPair, WAIT } from '../../support/cli-pairing.ts';
import { changeRow, flipLast } from '../../support/spoiled-store.ts';

test('a record that has changed on the disk comes back from another device, verified', {
  timeout: 180_000,
}, async () => {
  const { a, b, upA, upB } = await startPair(newMachine());
  const drafts = Array.from({ length: 300 }, (_, n) => ({
    type: 'plos.core/EntityCreated',
    entityId: `e${n}`,
    payload: { name: `entity ${n}` },
  }));
  await upA.api.append({ drafts });
  await upA.api.seal();
  await converged(upA, upB);
  const whole = await Array.fromAsync(upA.api.export({ format: 'jsonl' }));
  const { origin } = await upA.api.status();
  await upB.end('SIGTERM');

  // The last records of a sealed segment, as a disk changes it whose own checks do not notice.
  await changeRow(join(b.home, 'records'), blockKey(origin, 0), flipLast);
  const verified = await b.run(['--json', 'verify']);
  const { ok, findings } = JSON.parse(verified.stdout);
  expect([verified.exit, ok]).toEqual([1, false]);
  // All records of the chunk are lost with the byte.
  expect(findings.length).toBeGreaterThan(1);
  for (const finding of findings)
    expect(finding).toMatchObject({ code: 'store_damaged', origin, segment: 0 });

  const again = await b.up(...dialing(upA));
  await converged(upA, again);
  // Whatever reads the record finds the damage first; then it comes back.
  await expect(Array.fromAsync(again.api.export({ format: 'jsonl' }))).rejects.toMatchObject({
    code: 'store_damaged',
  });
  await vi.waitFor(
    () => expect(again.log).toContainEqual(expect.stringContaining('restored segment 0')),
    WAIT,
  );
  expect(await Array.fromAsync(again.api.export({ format: 'jsonl' }))).toEqual(whole);
  expect(await again.api.verify()).toMatchObject({ ok: true, findings: [] });
  await again.end('SIGTERM');
  expect(await b.json(['verify'])).toMatchObject({ ok: true });
  expect(await a.json(['verify'])).toMatchObject({ ok: true });
});
