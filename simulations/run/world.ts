import type { DeviceId } from '../../protocol/crypto/index.ts';
import { plainWork } from '../../protocol/engine/index.ts';
import { Agenda } from '../agenda/index.ts';
import { type DeviceWatcher, Identity, memoisedCrypto, type RunCrypto, SimDevice } from '../device/index.ts';
import { Draws } from '../draws/index.ts';
import { Network } from '../network/index.ts';
import type { Plan } from '../plan/index.ts';
import { rememberingWork } from '../work/index.ts';
import { type FoundedSpace, foundSpace } from './found-space.ts';
import { invitersOf } from './inviters.ts';

/** The devices of a plan, and what joins them. */
export interface World {
  readonly agenda: Agenda;
  readonly network: Network;
  readonly devices: readonly SimDevice[];
  readonly founded: FoundedSpace;
}

/** What a world tells of its network, beside what each device tells. */
export interface WorldWatcher extends DeviceWatcher {
  /** A session ended, at one of its ends. */
  parted(device: number, peer: number): void;
}

/**
 * How the work of engines is done: `exact`, by each of them, every byte; `scale`, once for all that do the same, so
 * that more devices fit in. Both come to the same.
 */
export type RunMode = 'exact' | 'scale';

/** Makes the world of a plan. Nobody is up yet. */
export const makeWorld = (plan: Plan, machine: RunCrypto, mode: RunMode, watcher: WorldWatcher): World => {
  const draws = new Draws(BigInt(plan.seed));
  const crypto = memoisedCrypto(machine);
  const ties = draws.stream('ties');
  const agenda = new Agenda(() => ties.word());
  const devices = plan.devices.map(
    (planned, number) => new SimDevice(number, planned, new Identity(crypto, draws, number), draws),
  );
  const ids = devices.map(({ identity }) => identity.signer.device);
  const numbers = new Map(ids.map((id, number) => [id, number]));
  const idOf = (number: number): DeviceId => {
    const id = ids[number];
    if (id === undefined) throw new RangeError(`there is no device ${number}`);
    return id;
  };
  const inviters = invitersOf(devices.length, plan.links);
  /** As the node does: members, and who let the device in for as long as it does not know that. */
  const admits = (number: number, peer: number): boolean => {
    const device = devices[number];
    if (!device?.isUp) return false;
    const { membership } = device.engine;
    const [self, other] = [idOf(number), idOf(peer)];
    if (membership.has(other)) return true;
    const isOutside = !membership.has(self) && !membership.former.has(self);
    return isOutside && inviters[number] === peer && !membership.former.has(other);
  };
  const network = new Network(agenda, draws, devices.length, plan.links, {
    mayConnect: (a, b) => admits(a, b) && admits(b, a),
    connected: (device, peer) => void devices[device]?.step({ type: 'connected', peer: idOf(peer) }),
    disconnected(device, peer) {
      watcher.parted(device, peer);
      devices[device]?.step({ type: 'disconnected', peer: idOf(peer) });
    },
    frame: (device, from, frame) => void devices[device]?.step({ type: 'frame', peer: idOf(from), frame }),
    gossip: (device, from, message) => devices[device]?.hear(from, message) ?? false,
  });
  const work = mode === 'scale' ? rememberingWork(crypto) : plainWork(crypto);
  const founded = foundSpace(crypto, draws, plan, devices);
  const { space, genesis } = founded;
  const numberOf = (device: DeviceId): number | undefined => numbers.get(device);
  for (const device of devices) {
    device.enter({ agenda, crypto, work, space, genesis, network, watcher, numberOf, deviceOf: idOf });
  }
  return { agenda, network, devices, founded };
};
