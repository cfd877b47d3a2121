import { expect, it } from 'vitest';
import { readEngineImage } from '../../../../protocol/engine/index.ts';
import { reunite } from '../../../support/agreement.ts';
import { brokenIn, disguise, instead, lastOf, meshed, PAIRS } from '../../../support/checked-mesh.ts';
import { update } from '../../../support/drafts.ts';

it('S4: find an append that is answered before it is on the disk', async () => {
  const run = await meshed();
  const { world, checks } = run;
  world.isHeld = ({ device, type }) => device === world.device(2) && type === 'commit';
  const entries = [{ origin: world.device(2).origin, draft: update('note', { more: 1 }) }];
  const [commit] = world
    .device(2)
    .engine.step({ type: 'append', nowMs: world.nowMs, request: 1, entries })
    .flatMap((effect) => (effect.type === 'commit' ? [effect.commit] : []));
  const record = commit?.logs[0]?.records[0];
  if (record === undefined) throw new Error('nothing is written');
  const { seq } = lastOf(run, 2);
  checks.acknowledged(2, [{ ...lastOf(run, 2), seq: seq + 1 }]);
  expect(brokenIn(run)).toEqual(['S4']);
});

const NOTHING = { tails: [], damaged: [], state: undefined };

it('S4: find that what was acknowledged is gone after a restart, unless the disk has lost it', async () => {
  const run = await meshed();
  run.checks.opened(2, NOTHING);
  expect(brokenIn(run)).toContain('S4');

  const lost = await meshed();
  lost.checks.excuse(2);
  const { world } = lost;
  await world.restore(2, world.device(2).emptyDisk());
  await reunite(world);
  await lost.checks.finished();
  expect(lost.violations).toEqual([]);
});

it('S4: find that what others have kept for a device that lost it does not come back', async () => {
  const run = await meshed();
  run.checks.excuse(2);
  for (const [a, b] of PAIRS) if (b === 2) run.world.disconnect(a, b);
  const { world } = run;
  await world.restore(2, world.device(2).emptyDisk());
  await run.checks.finished([0, 1]);
  expect(run.violations).toEqual([]);
  await run.checks.finished();
  expect(brokenIn(run)).toEqual(['S4']);
});

it('S4: excuse just what a disk has lost though it said that it was safe, and nothing else', async () => {
  for (const seqOf of [(last: number) => last, (last: number) => last + 1]) {
    const run = await meshed();
    const { world, checks } = run;
    const { origin, seq } = lastOf(run, 2);
    const image = await readEngineImage(world.device(2).records, world.device(2).state);
    // The disk is said to have lost the log from there on, and has lost its last record.
    checks.betrayed(2, origin, seqOf(seq));
    const tails = image.tails.map((tail) => {
      const { manifest } = tail;
      return manifest.origin === origin
        ? { ...tail, manifest: { ...manifest, events: manifest.events - 1 } }
        : tail;
    });
    disguise(run, 2, { frontier: () => [] });
    checks.opened(2, { ...image, tails, state: undefined });
    if (seqOf(seq) === seq) expect(run.violations).toEqual([]);
    else expect(brokenIn(run)).toContain('S4');
  }
});

it('S4: find a segment that stays damaged though another device could mend it', async () => {
  const run = await meshed();
  const { records } = run.world.device(1);
  const damaged = [{ origin: lastOf(run, 2).origin, segment: 0 }];
  (run.seen[1] ?? {}).records = instead(records, { damagedSegments: () => damaged });
  for (const number of [0, 2]) (run.seen[number] ?? {}).isUp = false;
  await run.checks.finished();
  expect(run.violations).toEqual([]);
  (run.seen[2] ?? {}).isUp = true;
  await run.checks.finished();
  expect(brokenIn(run)).toEqual(['S4']);
});

it('S6: find a frontier that goes back, loses a log, or tells of what is not stored', async () => {
  for (const bend of [
    (seq: number) => ({ seq: seq - 1, events: seq - 1 }),
    () => undefined,
    (seq: number) => ({ seq: seq + 1, events: seq + 1 }),
  ]) {
    const run = await meshed();
    const { origin } = lastOf(run, 2);
    const entries = [...run.world.device(1).engine.frontier()].flatMap((entry) => {
      const bent = entry.origin === origin ? bend(entry.seq) : {};
      return bent === undefined ? [] : [{ ...entry, ...bent }];
    });
    disguise(run, 1, { frontier: () => entries });
    for (let i = 0; i < 20; i += 1) run.checks.stepped(1);
    expect(brokenIn(run)).toEqual(['S6']);
  }
});

it('S6: find that what was safe is gone after a restart', async () => {
  const run = await meshed();
  const { world, checks } = run;
  checks.synced(1);
  const tails = await world.device(1).records.tails();
  const { origin } = lastOf(run, 2);
  const left = tails.filter(({ manifest }) => manifest.origin !== origin);
  checks.opened(1, { tails: left, damaged: [], state: undefined });
  expect(brokenIn(run)).toContain('S6');
  const damaged = await meshed();
  damaged.checks.synced(1);
  disguise(damaged, 1, { frontier: () => [] });
  damaged.checks.opened(1, {
    tails: left,
    damaged: [{ origin, message: 'cannot be read' }],
    state: undefined,
  });
  expect(damaged.violations).toEqual([]);
});
