import { expect } from 'vitest';
import type { Engine } from '../../protocol/engine/index.ts';
import type { PlacedEvent } from '../../protocol/event/index.ts';
import type { Invariant } from '../../simulations/checks/index.ts';
import { reunite } from './agreement.ts';
import { type CheckedWorld, checked } from './checked-world.ts';
import { update } from './drafts.ts';
import { MeshWorld, seededRandom } from './mesh-world.ts';

/** Three devices that hold the same, among it a conflict that is open and one that is closed. */
export const meshed = async (): Promise<CheckedWorld> => {
  const run = checked(await MeshWorld.create(3, seededRandom(1)));
  const { world } = run;
  await reunite(world);
  for (const field of ['open', 'closed']) {
    for (const [a, b] of PAIRS) world.disconnect(a, b);
    for (const number of [1, 2]) await world.write(number, update('note', { [field]: number }));
    for (const [a, b] of PAIRS) world.connect(a, b);
    await world.settle();
  }
  await world.write(0, update('note', { closed: 3 }));
  await reunite(world);
  expect(run.violations).toEqual([]);
  return run;
};

/** All pairs of those three, which are connected. */
export const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

/** The invariants that were violated so far, each once. */
export const brokenIn = ({ violations }: CheckedWorld): readonly Invariant[] => [
  ...new Set(violations.map(({ invariant }) => invariant)),
];

/** An object that has some members of its own and all others of another one. */
export const instead = <T extends object>(of: T, members: Partial<Record<keyof T, unknown>>): T =>
  new Proxy(of, {
    get: (target, name) => {
      if (Object.hasOwn(members, name)) return members[name as keyof T];
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

/** What checks are to see of the engine of a device. */
export const disguise = (
  { seen, world }: CheckedWorld,
  number: number,
  members: Partial<Record<keyof Engine, unknown>>,
): void => {
  const engine = instead(world.device(number).engine, members);
  const device = seen[number];
  if (device !== undefined) device.engine = () => engine;
};

/** The newest event that a device has written. */
export const lastOf = ({ world }: CheckedWorld, number: number): PlacedEvent => {
  const { origin, applied } = world.device(number);
  const event = applied.findLast((each) => each.origin === origin);
  if (event === undefined) throw new Error(`device ${number} has written nothing`);
  return event;
};

/** A record that differs from another one in all its bytes. */
export const changed = (record: Uint8Array = new Uint8Array(1)): Uint8Array => record.map((byte) => byte ^ 1);
