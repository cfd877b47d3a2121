import { expect, it } from 'vitest';
import {
  ENGINE_LIMITS,
  type EngineEffect,
  type EngineInput,
  type UntimedInput,
} from '../../../../protocol/engine/index.ts';
import type { Origin } from '../../../../protocol/event/index.ts';
import { SYNC_LIMITS } from '../../../../protocol/sync/index.ts';
import { brokenIn, meshed } from '../../../support/checked-mesh.ts';
import type { WorldDevice } from '../../../support/mesh-world.ts';

it('S11: find what is larger than it may be', async () => {
  const run = await meshed();
  const { id } = run.world.device(1);
  const send = (bytes: number): void =>
    run.checks.effect(0, { type: 'send', peer: id, frame: new Uint8Array(bytes) });
  send(SYNC_LIMITS.frameBytesMax);
  expect(run.violations).toEqual([]);
  send(SYNC_LIMITS.frameBytesMax + 1);
  expect(brokenIn(run)).toEqual(['S11']);
});

it('S11: find that more is asked for at a time than may be', async () => {
  const commit = { id: 99, durable: false, logs: [], evidence: [], reset: false, state: [] };
  for (const { max, effectTo, done } of [
    { max: 1, effectTo: () => ({ type: 'commit', commit }), done: { type: 'committed', commit: 99 } },
    {
      max: ENGINE_LIMITS.readsMax,
      effectTo: ({ origin }) => ({ type: 'read-records', origin, firstSeq: 1, count: 1, bytesMax: 1 }),
      done: { type: 'records-read', origin: 'any' as Origin, firstSeq: 1, records: [] },
    },
    {
      max: 1,
      effectTo: ({ origin, id: peer }) => ({ type: 'read-range', peer, origin, segment: 0, events: 0 }),
      done: undefined,
    },
  ] satisfies {
    max: number;
    effectTo: (device: WorldDevice) => EngineEffect;
    done: UntimedInput | undefined;
  }[]) {
    const run = await meshed();
    const { checks, world } = run;
    const peer = world.device(1);
    const end: UntimedInput = done ?? { type: 'disconnected', peer: peer.id };
    for (let i = 0; i < max; i += 1) checks.effect(0, effectTo(peer));
    checks.input(0, { ...end, nowMs: world.nowMs } as EngineInput);
    checks.effect(0, effectTo(peer));
    expect(run.violations).toEqual([]);
    checks.effect(0, effectTo(peer));
    expect(brokenIn(run)).toEqual(['S11']);
  }
});
