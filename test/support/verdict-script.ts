import fc from 'fast-check';
import { CORE_TYPE, deviceOf, type EventDraft, type Origin } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import {
  type Cut,
  deviceAdded,
  deviceRenamed,
  deviceRevoked,
  type Role,
  roleChanged,
} from '../../protocol/membership/index.ts';
import type { MeshWorld, WorldDevice } from './mesh-world.ts';
import type { DiskCopy } from './world-device.ts';

/** One thing that happens; numbers are taken modulo what there is. */
export type VerdictStep =
  | { readonly type: 'write'; readonly device: number; readonly field: number; readonly value: number }
  | { readonly type: 'revoke'; readonly device: number; readonly of: number; readonly cut: number }
  | {
      readonly type: 'role';
      readonly device: number;
      readonly of: number;
      readonly role: Role;
      readonly cut: number;
    }
  | { readonly type: 'add'; readonly device: number; readonly of: number; readonly role: Role }
  | { readonly type: 'rename'; readonly device: number; readonly of: number }
  | { readonly type: 'seal' | 'crash' | 'forget' | 'copy' | 'restore'; readonly device: number }
  | { readonly type: 'toggle'; readonly device: number; readonly peer: number }
  | { readonly type: 'settle'; readonly steps: number }
  | { readonly type: 'pass'; readonly ms: number; readonly steps: number };

const device = fc.nat(3);
const cut = fc.nat(9);
const role = fc.constantFrom<Role>('admin', 'writer', 'reader', 'replica');

const step = <Type extends VerdictStep['type']>(
  weight: number,
  type: Type,
  rest: Record<string, fc.Arbitrary<unknown>>,
) => ({ weight, arbitrary: fc.record({ type: fc.constant(type), ...rest }) });

/** Histories in which devices are added, demoted and revoked, and some are put back to a copy of their disk. */
export const verdictStep: fc.Arbitrary<VerdictStep> = fc.oneof(
  step(12, 'write', { device, field: fc.nat(1), value: fc.nat(2) }),
  step(2, 'revoke', { device, of: device, cut }),
  step(3, 'role', { device, of: device, role, cut }),
  step(2, 'add', { device, of: device, role }),
  step(1, 'rename', { device, of: device }),
  step(1, 'seal', { device }),
  step(2, 'crash', { device }),
  step(1, 'forget', { device }),
  step(2, 'copy', { device }),
  step(4, 'restore', { device }),
  step(7, 'toggle', { device, peer: device }),
  step(8, 'settle', { steps: fc.nat(40) }),
  step(1, 'pass', { ms: fc.nat(60_000), steps: fc.nat(40) }),
) as fc.Arbitrary<VerdictStep>;

/** What a device may be told instead of an answer, in a history of this kind. */
const REFUSED: readonly string[] = ['rebuilding', 'revoked', 'not_writer', 'log_retired', 'log_waiting'];

/** Carries out a script. A device whose log is retired goes on in another one as soon as it wants to write. */
export class VerdictScript {
  readonly world: MeshWorld;
  readonly #copies = new Map<WorldDevice, DiskCopy>();
  #request = 1_000_000;

  constructor(world: MeshWorld) {
    this.world = world;
  }

  async run(what: VerdictStep): Promise<void> {
    const { world } = this;
    switch (what.type) {
      case 'write': {
        const payload = { [`f${what.field}`]: what.value };
        return this.#append(what.device, { type: CORE_TYPE.stateUpdated, entityId: 'e', payload });
      }
      case 'revoke': {
        const of = this.#device(what.of);
        return this.#append(what.device, deviceRevoked({ device: of.id, cut: this.#cut(what) }));
      }
      case 'role': {
        const of = this.#device(what.of);
        const says = { device: of.id, role: what.role, cut: this.#cut(what) };
        return this.#append(what.device, roleChanged(says));
      }
      case 'add': {
        const says = { device: this.#device(what.of).id, name: 'again', role: what.role };
        return this.#append(what.device, deviceAdded(says));
      }
      case 'rename':
        return this.#append(
          what.device,
          deviceRenamed({ device: this.#device(what.of).id, name: `by ${what.device}` }),
        );
      case 'seal':
        this.#request += 1;
        return world.step(this.#device(what.device), { type: 'seal', request: this.#request });
      case 'crash':
        return world.crash(this.#number(what.device));
      case 'forget':
        return world.forget(this.#number(what.device));
      case 'copy':
        this.#copies.set(this.#device(what.device), this.#device(what.device).copy());
        return;
      case 'restore':
        return this.#restore(what.device);
      case 'toggle':
        return this.#toggle(this.#number(what.device), this.#number(what.peer));
      case 'settle':
        return world.settle(what.steps);
      case 'pass':
        return world.pass(what.ms, what.steps);
    }
  }

  #number(number: number): number {
    return number % this.world.devices.length;
  }

  #device(number: number): WorldDevice {
    return this.world.device(this.#number(number));
  }

  /** Puts a device back to its copy, and has it write something else at once; one without a copy makes one. */
  async #restore(number: number): Promise<void> {
    const copy = this.#copies.get(this.#device(number));
    if (copy === undefined) return this.run({ type: 'copy', device: number });
    await this.world.restore(this.#number(number), copy);
    await this.world.settle();
    await this.run({ type: 'write', device: number, field: 0, value: 9 });
  }

  /** A cut of the logs that the author knows; some logs it leaves out. */
  #cut({ device: by, of, cut: seed }: { device: number; of: number; cut: number }): Cut {
    const { causality } = this.#device(by).engine.replica;
    const logs = [...causality.frontier()].filter(([origin]) => deviceOf(origin) === this.#device(of).id);
    const named = logs.filter((_, i) => (seed + i) % 4 !== 0);
    return Object.fromEntries(
      named.map(([origin, seq]): [Origin, number] => [origin, Math.max(0, seq - (seed % 3))]),
    );
  }

  #append(number: number, draft: EventDraft): void {
    const target = this.#device(number);
    if (target.engine.retired.has(target.origin)) this.world.goOn(this.#number(number));
    this.#request += 1;
    const entries = [{ origin: target.origin, draft }];
    try {
      this.world.step(target, { type: 'append', request: this.#request, entries });
    } catch (error) {
      if (!(error instanceof SmoError && REFUSED.includes(error.code))) throw error;
    }
  }

  #toggle(a: number, b: number): void {
    if (a === b) return;
    if (this.world.isConnected(a, b)) this.world.disconnect(a, b);
    else this.world.connect(a, b);
  }
}
