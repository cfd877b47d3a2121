import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CORE_TYPE, type EventDraft } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import type { Role } from '../../protocol/membership/index.ts';
import { reunite } from '../support/agreement.ts';
import { type CheckedWorld, checked } from '../support/checked-world.ts';
import { update } from '../support/drafts.ts';
import { MeshWorld, seededRandom } from '../support/mesh-world.ts';
import type { DiskCopy } from '../support/world-device.ts';

/** One thing that happens in a world. */
type Action =
  | { readonly type: 'write'; readonly device: number; readonly field: number; readonly value: number }
  | { readonly type: 'resolve'; readonly device: number; readonly field: number; readonly event: number }
  | { readonly type: 'role'; readonly device: number; readonly peer: number; readonly role: Role }
  | {
      readonly type:
        | 'seal'
        | 'crash'
        | 'forget'
        | 'backup'
        | 'restore'
        | 'wipe'
        | 'reopen'
        | 'revoke'
        | 'goOn';
      readonly device: number;
    }
  | { readonly type: 'toggle'; readonly device: number; readonly peer: number }
  | { readonly type: 'settle'; readonly steps: number }
  | { readonly type: 'pass'; readonly ms: number; readonly steps: number };

const DEVICES = 4;
const device = fc.nat(DEVICES - 1);
const one = <Type extends Action['type']>(type: Type, weight: number, more: object = {}) => ({
  weight,
  arbitrary: fc.record({ type: fc.constant(type), ...more }) as unknown as fc.Arbitrary<Action>,
});

const calm = [
  one('write', 10, { device, field: fc.nat(2), value: fc.nat(2) }),
  one('resolve', 2, { device, field: fc.nat(2), event: fc.nat(99) }),
  one('seal', 1, { device }),
  one('crash', 2, { device }),
  one('reopen', 1, { device }),
  one('forget', 1, { device }),
  one('toggle', 6, { device, peer: device }),
  one('settle', 8, { steps: fc.nat(30) }),
  one('pass', 1, { ms: fc.nat(60_000), steps: fc.nat(30) }),
];
const rough = [
  ...calm,
  one('backup', 3, { device }),
  one('restore', 3, { device }),
  one('wipe', 1, { device }),
  one('goOn', 2, { device }),
  one('revoke', 1, { device: fc.integer({ min: 2, max: DEVICES - 1 }) }),
  one('role', 2, {
    device: fc.nat(1),
    peer: device,
    role: fc.constantFrom<Role>('admin', 'writer', 'reader'),
  }),
];

/** Carries out a script; what cannot be done then is passed over. */
class Script {
  readonly #checked: CheckedWorld;
  readonly #world: MeshWorld;
  readonly #backups = new Map<number, DiskCopy>();
  #request = 1_000_000;

  constructor(checked: CheckedWorld) {
    this.#checked = checked;
    this.#world = checked.world;
  }

  async run(action: Action): Promise<void> {
    const world = this.#world;
    switch (action.type) {
      case 'write':
        return this.#append(action.device, update('e', { [`f${action.field}`]: action.value }));
      case 'resolve': {
        const { applied } = world.device(action.device);
        const chosenEventId = applied[action.event % (applied.length || 1)]?.id ?? 'none';
        const payload = { field: `f${action.field}`, chosenEventId };
        return this.#append(action.device, { type: CORE_TYPE.conflictResolved, entityId: 'e', payload });
      }
      case 'role':
        if (action.peer === 0) return;
        return this.#try(() => world.changeRole(action.device, action.peer, action.role));
      case 'revoke':
        return this.#try(() => world.revoke(0, action.device));
      case 'seal':
        this.#request += 1;
        return world.step(world.device(action.device), { type: 'seal', request: this.#request });
      case 'forget':
        await world.device(action.device).state.clear();
        return world.crash(action.device);
      case 'crash':
        return world.crash(action.device);
      case 'reopen':
        return world.reopen(action.device);
      case 'goOn':
        return this.#try(async () => world.goOn(action.device));
      case 'backup':
        this.#backups.set(action.device, await world.device(action.device).copy());
        return;
      case 'restore':
        await this.#restore(action.device, this.#backups.get(action.device));
        await world.settle();
        // What it signs now, before it has met anybody, is a second history if somebody holds what was there.
        return this.#append(action.device, update('e', { f0: 'after a restore' }));
      case 'wipe': {
        const target = world.device(action.device);
        return this.#restore(action.device, target.emptyDisk());
      }
      case 'toggle':
        if (action.device === action.peer) return;
        if (world.isConnected(action.device, action.peer)) world.disconnect(action.device, action.peer);
        else world.connect(action.device, action.peer);
        return;
      case 'settle':
        return world.settle(action.steps);
      case 'pass':
        return world.pass(action.ms, action.steps);
    }
  }

  async #restore(number: number, copy: DiskCopy | undefined): Promise<void> {
    if (copy === undefined) return;
    this.#checked.checks.excuse(number);
    await this.#world.restore(number, copy);
  }

  async #append(number: number, draft: EventDraft): Promise<void> {
    const { origin } = this.#world.device(number);
    this.#request += 1;
    const request = this.#request;
    return this.#try(async () =>
      this.#world.step(this.#world.device(number), { type: 'append', request, entries: [{ origin, draft }] }),
    );
  }

  async #try(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      // Who is set back, revoked, a reader or starting anew may not write now.
      if (!(error instanceof SmoError)) throw error;
    }
  }
}

const finish = async ({ world, checks }: CheckedWorld): Promise<void> => {
  await reunite(world);
  for (const a of world.devices.keys()) {
    for (const b of world.devices.keys()) if (world.isConnected(a, b)) checks.idle(a, b);
  }
  await checks.finished();
};

const keepsSilent = (actions: fc.Arbitrary<readonly Action[]>, numRuns: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(actions, fc.nat(), fc.boolean(), async (script, seed, hasGossip) => {
      const run = checked(await MeshWorld.create(DEVICES, seededRandom(seed)));
      if (hasGossip) run.world.gossiping = (message) => message;
      await reunite(run.world);
      const steps = new Script(run);
      for (const step of script) await steps.run(step);
      await finish(run);
      expect(run.violations).toEqual([]);
    }),
    { numRuns },
  );

test('checks have nothing to say of devices that write, crash, part and meet again', async () => {
  await keepsSilent(fc.array(fc.oneof(...calm), { maxLength: 60, size: 'max' }), 50);
}, 120_000);

test('nor of those that are set back, revoked, or may not write any more', async () => {
  await keepsSilent(fc.array(fc.oneof(...rough), { maxLength: 60, size: 'max' }), 80);
}, 180_000);
