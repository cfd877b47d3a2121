import type { Engine } from '../../protocol/engine/index.ts';
import { readEngineImage } from '../../protocol/engine/index.ts';
import { Checks, type Violation, type WatchedDevice } from '../../simulations/checks/index.ts';
import { fastCrypto } from './fast-crypto.ts';
import type { MeshWorld, WorldDevice } from './mesh-world.ts';

/** A world that tells checks of all that happens in it. */
export interface CheckedWorld {
  readonly world: MeshWorld;
  readonly checks: Checks;
  readonly violations: Violation[];
  /** What checks see of the devices; a test may put something else in its place. */
  readonly seen: Seen[];
}

/** What checks see of a device: what there is, unless a test says otherwise. */
export interface Seen {
  engine?: (engine: Engine) => Engine;
  records?: WatchedDevice['records'];
  state?: WatchedDevice['state'];
  isUp?: boolean;
}

/** Puts checks on a world that has just begun: what its devices did before is told first. */
export const checked = (world: MeshWorld): CheckedWorld => {
  const violations: Violation[] = [];
  const seen: Seen[] = world.devices.map(() => ({}));
  const checks = new Checks({
    devices: world.devices.map((device, number) => watched(world, device, number, seen[number] ?? {})),
    crypto: fastCrypto,
    space: world.space,
    founding: world.device(0).engine.founding,
    nowUs: () => world.nowMs * 1000,
    report: (violation) => violations.push(violation),
  });
  for (const [number, device] of world.devices.entries()) {
    for (const commit of device.commits) checks.committing(number, commit);
    device.disk.sync();
    checks.synced(number);
    for (const event of device.applied) checks.applied(number, event);
    for (const effect of device.answers) checks.effect(number, effect);
    listen(checks, device, number);
  }
  return { world, checks, violations, seen };
};

const watched = (world: MeshWorld, device: WorldDevice, number: number, seen: Seen): WatchedDevice => ({
  number,
  device: device.id,
  get isUp() {
    return seen.isUp ?? true;
  },
  get nowMs() {
    return world.nowMs;
  },
  get engine() {
    return seen.engine?.(device.engine) ?? device.engine;
  },
  get records() {
    return seen.records ?? device.records;
  },
  get state() {
    return seen.state ?? device.state;
  },
  rows: device.disk.rows,
});

/** Tells checks of what a device does from now on, also after it is opened anew. */
const listen = (checks: Checks, device: WorldDevice, number: number): void => {
  const hear = (): void => {
    const { engine } = device;
    const step = engine.step.bind(engine);
    engine.step = (input) => {
      const effects = step(input);
      checks.input(number, input);
      for (const effect of effects) checks.effect(number, effect);
      checks.stepped(number);
      return effects;
    };
  };
  const [open, write] = [device.open.bind(device), device.writeRecords.bind(device)];
  device.open = async (space, genesis) => {
    const image = await readEngineImage(device.records, device.state);
    await open(space, genesis);
    checks.opened(number, image);
    hear();
  };
  device.writeRecords = async (commit) => {
    await write(commit);
    // A store has nothing to wait for when it is given nothing.
    if (commit.durable && commit.logs.length + commit.evidence.length > 0) checks.synced(number);
  };
  hear();
};
