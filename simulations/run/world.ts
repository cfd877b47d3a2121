import type { DeviceId } from '../../protocol/crypto/index.ts';
import { plainWork } from '../../protocol/engine/index.ts';
import { Agenda, tiesOf } from '../agenda/index.ts';
import { Impostor } from '../byzantine/index.ts';
import {
  type DeviceNetwork,
  type DeviceWatcher,
  Identity,
  memoisedCrypto,
  type RunCrypto,
  SimDevice,
} from '../device/index.ts';
import { Draws } from '../draws/index.ts';
import { memoisedWork } from '../memo/index.ts';
import { Network } from '../network/index.ts';
import { dishonestIn, type Plan } from '../plan/index.ts';
import { type FoundedSpace, foundSpace } from './found-space.ts';
import { invitersOf } from './inviters.ts';
import { Twins } from './twins.ts';
import { Welcome } from './welcome.ts';

/** The devices of a plan, and what joins them. */
export interface World {
  readonly agenda: Agenda;
  readonly network: Network;
  readonly devices: readonly SimDevice[];
  readonly founded: FoundedSpace;
  readonly crypto: RunCrypto;
  readonly draws: Draws;
  /** Devices of which nothing need be true. */
  readonly dishonest: ReadonlySet<number>;
  /** Devices that need not be equal to the others in the end: what they lack they may lack for ever. */
  readonly outside: ReadonlySet<number>;
  /** Those of them that deceive others. */
  readonly impostors: ReadonlyMap<number, Impostor>;
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
  const chaos = { fromUs: plan.phases.setupUs, toUs: plan.phases.chaosUs };
  const agenda = new Agenda(tiesOf(plan.ties ?? 'random', draws, chaos));
  const originals = plan.devices.map((_, number) => new Identity(crypto, draws, number));
  const devices = plan.devices.map((planned, number) => {
    const original = planned.cloneOf === undefined ? undefined : originals[planned.cloneOf];
    return new SimDevice(number, planned, new Identity(crypto, draws, number, original), draws);
  });
  const ids = devices.map(({ identity }) => identity.signer.device);
  const twins = new Twins(ids);
  const idOf = (number: number): DeviceId => {
    const id = ids[number];
    if (id === undefined) throw new RangeError(`there is no device ${number}`);
    return id;
  };
  const inviters = invitersOf(devices.length, plan.links);
  const welcome = new Welcome({ devices, inviters, idOf });
  const impostors = new Map<number, Impostor>();
  const network = new Network(agenda, draws, devices.length, plan.links, {
    mayConnect: (a, b) =>
      welcome.admits(a, b) &&
      welcome.admits(b, a) &&
      twins.isFree(a, b, network) &&
      twins.isFree(b, a, network),
    connected(device, peer) {
      welcome.meet(device, peer);
      devices[device]?.step({ type: 'connected', peer: idOf(peer) });
    },
    disconnected(device, peer) {
      watcher.parted(device, peer);
      devices[device]?.step({ type: 'disconnected', peer: idOf(peer) });
      // A twin of the peer may have waited for that.
      if (twins.isAny) network.seek(device);
    },
    frame(device, from, frame) {
      if (impostors.get(device)?.receive(from, frame) === false) return;
      devices[device]?.step({ type: 'frame', peer: idOf(from), frame });
    },
    showed: (goal) => watcher.showed(goal),
    gossip(device, from, message) {
      impostors.get(device)?.heard(message);
      return devices[device]?.hear(from, message) ?? false;
    },
  });
  const work = mode === 'scale' ? memoisedWork(crypto) : plainWork(crypto);
  for (const fault of plan.faults) {
    if (fault.type !== 'deceive' || impostors.has(fault.device)) continue;
    const showed = watcher.showed.bind(watcher);
    impostors.set(fault.device, new Impostor(fault.device, draws, { network, showed }));
  }
  const founded = foundSpace(crypto, draws, plan, devices);
  const { space, genesis } = founded;
  for (const device of devices) {
    const numberOf = (id: DeviceId): number | undefined => twins.numberOf(id, device.number, network);
    const own = networkOf(network, impostors.get(device.number));
    device.enter({ agenda, crypto, work, space, genesis, network: own, watcher, numberOf, deviceOf: idOf });
  }
  const { core } = plan;
  const outside = new Set([...devices.keys()].filter((number) => core?.includes(number) === false));
  return {
    agenda,
    network,
    devices,
    founded,
    crypto,
    draws,
    impostors,
    dishonest: dishonestIn(plan),
    outside,
  };
};

/** The network as a device sees it: of one that deceives, all that it says goes through other hands first. */
const networkOf = (network: Network, impostor: Impostor | undefined): DeviceNetwork => {
  if (impostor === undefined) return network;
  return {
    send: (_, to, frame) => impostor.send(to, frame),
    publish: (_, message) => impostor.publish(message),
    break: (a, b) => network.break(a, b),
    seek: (device) => network.seek(device),
    review: (device) => network.review(device),
    lose: (device) => network.lose(device),
    leave: (device) => network.leave(device),
  };
};
