import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CORE_TYPE, type PlacedEvent } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import type { SyncFrame } from '../../protocol/sync/index.ts';
import { countsOfView, digestOfView, foldNaively, readyPart } from '../../simulations/oracle/index.ts';
import { frontierOf, reunite } from '../support/agreement.ts';
import { MeshWorld, seededRandom, type WorldDevice } from '../support/mesh-world.ts';
import { storedEvents } from '../support/stored-history.ts';

/** One thing that happens in a world; numbers are taken modulo what there is. */
type Action =
  | { readonly type: 'write'; readonly device: number; readonly field: number; readonly value: number }
  | { readonly type: 'resolve'; readonly device: number; readonly field: number; readonly event: number }
  | { readonly type: 'burst'; readonly device: number; readonly count: number }
  | { readonly type: 'seal' | 'crash' | 'forget'; readonly device: number }
  | { readonly type: 'toggle'; readonly device: number; readonly peer: number }
  | { readonly type: 'settle'; readonly steps: number }
  | { readonly type: 'pass'; readonly ms: number; readonly steps: number };

const device = fc.nat(3);

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ type: fc.constant('write'), device, field: fc.nat(2), value: fc.nat(2) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('resolve'), device, field: fc.nat(2), event: fc.nat(99) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('burst'), device, count: fc.integer({ min: 2, max: 40 }) }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('seal', 'crash', 'forget'), device }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('toggle'), device, peer: device }) },
  { weight: 8, arbitrary: fc.record({ type: fc.constant('settle'), steps: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('pass'), ms: fc.nat(60_000), steps: fc.nat(30) }) },
) as fc.Arbitrary<Action>;

/** Carries out a script; what was answered is kept, so that it can be looked for later. */
class Script {
  readonly world: MeshWorld;
  #request = 1_000_000;

  constructor(world: MeshWorld) {
    this.world = world;
  }

  async run(step: Action): Promise<void> {
    const { world } = this;
    switch (step.type) {
      case 'write':
        return this.#append(step.device, CORE_TYPE.stateUpdated, [{ [`f${step.field}`]: step.value }]);
      case 'burst':
        return this.#append(
          step.device,
          CORE_TYPE.stateUpdated,
          Array.from({ length: step.count }, (_, n) => ({ n, pad: 'x'.repeat(9000) })),
        );
      case 'resolve': {
        const { applied } = this.#device(step.device);
        const chosenEventId = applied[step.event % (applied.length || 1)]?.id ?? 'none';
        return this.#append(step.device, CORE_TYPE.conflictResolved, [
          { field: `f${step.field}`, chosenEventId },
        ]);
      }
      case 'seal':
        this.#request += 1;
        return world.step(this.#device(step.device), { type: 'seal', request: this.#request });
      case 'forget':
        return world.forget(step.device % world.devices.length);
      case 'crash':
        return world.crash(step.device % world.devices.length);
      case 'toggle':
        return this.#toggle(step.device % world.devices.length, step.peer % world.devices.length);
      case 'settle':
        return world.settle(step.steps);
      case 'pass':
        return world.pass(step.ms, step.steps);
    }
  }

  #device(number: number): WorldDevice {
    return this.world.device(number % this.world.devices.length);
  }

  #append(number: number, type: string, payloads: readonly PlacedEvent['payload'][]): void {
    const target = this.#device(number);
    const entries = payloads.map((payload) => ({
      origin: target.origin,
      draft: { type, entityId: 'e', payload },
    }));
    this.#request += 1;
    try {
      this.world.step(target, { type: 'append', request: this.#request, entries });
    } catch (error) {
      // Right after a restart the device may have records still to apply.
      if (!(error instanceof SmoError && error.code === 'rebuilding')) throw error;
    }
  }

  #toggle(a: number, b: number): void {
    if (a === b) return;
    if (this.world.isConnected(a, b)) this.world.disconnect(a, b);
    else this.world.connect(a, b);
  }
}

test('whatever happens, devices that meet again hold the same, and nothing that was acknowledged is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 4 }),
      fc.array(action, { maxLength: 60, size: 'max' }),
      fc.nat(),
      async (count, script, seed) => {
        const world = await MeshWorld.create(count, seededRandom(seed));
        const run = new Script(world);
        for (const step of script) await run.run(step);
        await reunite(world);

        const [first] = world.devices;
        if (first === undefined) throw new Error('a world without devices');
        const events = await storedEvents(first.records);
        const ids = new Set(events.map(({ id }) => id));
        const view = foldNaively(events);
        const digest = digestOfView(view);
        for (const each of world.devices) {
          const { engine } = each;
          expect([...engine.waiting()]).toEqual([]);
          expect(frontierOf(each)).toEqual(frontierOf(first));
          expect(engine.replica.digest.toHex()).toBe(digest);
          expect(engine.replica.counts).toEqual(countsOfView(view, events.length));
          for (const peer of engine.peers()) expect(peer).toMatchObject({ lag: 0, behind: 0 });
          for (const answer of each.answers) {
            expect(['appended', 'sealed', 'membership', 'rebuilt']).toContain(answer.type);
            if (answer.type !== 'appended') continue;
            for (const { id } of answer.events) expect(ids).toContain(id);
          }
        }
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);

/** What a hostile device makes of a frame that it should have sent. */
const spoil = (frame: SyncFrame, random: () => number): SyncFrame | undefined => {
  const number = (): number => Math.floor(random() * 5);
  const choice = random();
  if (choice < 0.5) return frame;
  if (choice < 0.6) return undefined;
  switch (frame.type) {
    case 'frontier':
      return {
        ...frame,
        entries: frame.entries.map((entry) => ({
          ...entry,
          segment: entry.segment + number(),
          seq: number(),
        })),
      };
    case 'node':
      return frame.content.type === 'children'
        ? { ...frame, content: { ...frame.content, hashes: frame.content.hashes.toReversed() } }
        : { ...frame, content: { ...frame.content, entries: frame.content.entries.slice(number()) } };
    case 'range':
      return random() < 0.5
        ? { ...frame, records: frame.records.map((record) => record.with(record.length - 1, number())) }
        : { ...frame, records: frame.records.slice(number()) };
    case 'want':
      return { ...frame, segment: number(), events: number(), want: number() };
    case 'want-end':
      return { ...frame, want: number() };
    case 'credit':
      return { ...frame, bytes: number() };
    case 'hello':
      return { ...frame, frontierDigest: new Uint8Array(16).fill(number()), arrivals: number() };
    case 'compare':
      return { type: 'compare', arrivals: number() };
    case 'look':
      return { ...frame, paths: [...frame.paths, 'abc'.slice(number())] };
    case 'evidence':
    case 'fault':
    case 'ask':
    case 'answer':
      return frame;
  }
};

test('a device that says and sends what it likes keeps the others neither from each other nor from the truth', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40, size: 'max' }), fc.nat(), async (script, seed) => {
      const random = seededRandom(seed);
      const world = await MeshWorld.create(3, random);
      const [first, second, hostile] = world.devices as [WorldDevice, WorldDevice, WorldDevice];
      world.passing = (frame, from) => (from === hostile ? spoil(frame, random) : frame);
      const run = new Script(world);
      for (const step of script) await run.run(step);
      await reunite(world);
      expect(first.engine.replica.digest.toHex()).toBe(second.engine.replica.digest.toHex());
      const events = await storedEvents(first.records);
      const ids = new Set(events.map(({ id }) => id));
      for (const { answers } of [first, second]) {
        const acknowledged = answers.flatMap((answer) => (answer.type === 'appended' ? answer.events : []));
        for (const { id } of acknowledged) expect(ids).toContain(id);
      }
      const view = foldNaively(readyPart(events));
      expect(first.engine.replica.digest.toHex()).toBe(digestOfView(view));
      for (const each of [first, second]) {
        const wrongly = each.answers.filter(
          (answer) =>
            (answer.type === 'disconnect' || answer.type === 'refused') &&
            answer.peer === (each === first ? second : first).id,
        );
        expect(wrongly).toEqual([]);
      }
    }),
    { numRuns: 40 },
  );
}, 120_000);
