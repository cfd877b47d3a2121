import { expect } from 'vitest';
import { SYNC_LIMITS } from '../../protocol/sync/index.ts';
import { expectedView } from '../../simulations/oracle/index.ts';
import type { MeshWorld, WorldDevice } from './mesh-world.ts';
import { forksOf, viewOf } from './replica-view.ts';
import { storedEvents } from './stored-history.ts';

/** The published frontier of a device, in order. */
export const frontierOf = ({ engine }: WorldDevice) =>
  [...engine.frontier()].sort((a, b) => (a.origin < b.origin ? -1 : 1));

/** Connects every two of some devices and lets some rounds of anti-entropy pass. */
export const reunite = async (
  world: MeshWorld,
  numbers: readonly number[] = [...world.devices.keys()],
  rounds = 4,
): Promise<void> => {
  for (const a of numbers)
    for (const b of numbers) if (b < a && !world.isConnected(a, b)) world.connect(a, b);
  await world.settle();
  for (let i = 0; i < rounds; i += 1) await world.pass(2 * SYNC_LIMITS.antiEntropyMs);
};

/** Expects that devices hold the same, and that each is in the state that the definitions make of that. */
export const expectAgreement = async (world: MeshWorld, devices = world.devices): Promise<void> => {
  const [first] = devices;
  if (first === undefined) throw new Error('nobody to agree');
  for (const device of devices) {
    const events = await storedEvents(device.records);
    expect(device.engine.rebuilding).toBeUndefined();
    expect(viewOf(device, events)).toEqual(
      expectedView(device.engine.founding, events, forksOf(device.engine)),
    );
    expect(frontierOf(device)).toEqual(frontierOf(first));
    expect(device.engine.replica.digest.toHex()).toBe(first.engine.replica.digest.toHex());
    expect(device.engine.replica.counts).toEqual(first.engine.replica.counts);
    expect(forksOf(device.engine)).toEqual(forksOf(first.engine));
  }
};
