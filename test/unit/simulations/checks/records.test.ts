import { expect, it } from 'vitest';
import { eventIdFromLeaf } from '../../../../protocol/event/index.ts';
import { brokenIn, changed, instead, lastOf, meshed } from '../../../support/checked-mesh.ts';

it('S3: find a record that nobody has written, on its way to the disk', async () => {
  const run = await meshed();
  const { origin, seq } = lastOf(run, 2);
  const [record] = await run.world.device(2).records.records(origin, seq, 1);
  const log = { origin, firstSeq: seq + 1, records: [changed(record)] };
  run.checks.committing(1, { logs: [{ ...log, tail: undefined as never, arrival: 99 }] });
  expect(brokenIn(run)).toEqual(['S3']);
});

it('S3: find a record that is no event, of whoever has forged it', async () => {
  const run = await meshed();
  const { origin, seq } = lastOf(run, 2);
  const record = Uint8Array.of(1, 2, 3);
  run.checks.forged(origin, seq + 1, [record], 0);
  const commit = {
    logs: [{ origin, firstSeq: seq + 1, records: [record], tail: undefined as never, arrival: 99 }],
  };
  run.checks.committing(2, commit);
  expect(run.violations).toEqual([]);
  run.checks.committing(1, commit);
  expect(brokenIn(run)).toEqual(['S3']);
});

it('S3: find an event that nobody has written, when it is applied', async () => {
  const run = await meshed();
  const event = lastOf(run, 2);
  const other = { ...event, seq: event.seq + 1, id: eventIdFromLeaf(new Uint8Array(32)) };
  run.checks.applied(1, other);
  expect(brokenIn(run)).toEqual(['S3']);
});

it('S3: find a record that is another one on the disk in the end', async () => {
  const run = await meshed();
  const { records } = run.world.device(0);
  const { origin } = lastOf(run, 2);
  const read: typeof records.records = async (log, first, count) => {
    const list = await records.records(log, first, count);
    return log === origin ? list.with(0, changed(list[0])) : list;
  };
  (run.seen[0] ?? {}).records = instead(records, { records: read });
  await run.checks.finished();
  expect(brokenIn(run)).toEqual(['S3']);
  expect(run.violations).toHaveLength(1);
  run.checks.rotten(0, origin, 1);
  await run.checks.finished();
  expect(run.violations).toHaveLength(1);
});

it('S3: find another record in the place of a damaged one', async () => {
  const run = await meshed();
  const { origin, seq } = lastOf(run, 2);
  const { records } = run.world.device(2);
  const manifest = records.manifest(origin, 0);
  if (manifest === undefined) throw new Error('there is no such segment');
  const whole = await records.records(origin, 1, seq);
  run.checks.effect(1, { type: 'restore', segment: { origin, manifest, records: whole } });
  expect(run.violations).toEqual([]);
  const spoilt = whole.with(0, changed(whole[0]));
  run.checks.effect(1, { type: 'restore', segment: { origin, manifest, records: spoilt } });
  expect(brokenIn(run)).toEqual(['S3']);
});
