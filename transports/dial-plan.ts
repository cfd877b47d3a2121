import type { DeviceId } from '../protocol/crypto/index.ts';
import {
  circuitTo,
  deviceInAddress,
  isCircuit,
  parseAddress,
  requireAddress,
  withDevice,
} from './addresses.ts';
import type { AddressBook } from './mesh.ts';
import type { RedialTarget } from './redialer.ts';

/** Most addresses of one device that are tried in one go, as many as libp2p would. */
const ADDRESSES_MAX = 25;

/** Most ways through relays to one device that are tried in one go. */
const RELAYED_MAX = 4;

/** How a device is connected. */
export type Standing = 'direct' | 'relayed' | undefined;

export interface DialPlanInit {
  readonly self: DeviceId;
  /**
   * Multiaddrs that are always tried.
   * @throws SmoError `bad_address` from the constructor
   */
  readonly dial: readonly string[];
  /**
   * Multiaddrs that are tried while nobody is connected.
   * @throws SmoError `bad_address` from the constructor
   */
  readonly bootstrap: readonly string[];
  readonly addressBook: AddressBook;
  isMember(device: DeviceId): boolean;
  members(): Iterable<DeviceId>;
  standing(device: DeviceId): Standing;
  /** The connected members that relay. */
  relays(): readonly DeviceId[];
  /** Can members be looked for that have no known address? */
  readonly canLookUp: boolean;
  /** What devices announced on the local network. */
  sightings(): ReadonlyMap<DeviceId, readonly string[]>;
}

/** Addresses that a person gave. */
interface Given {
  readonly byDevice: ReadonlyMap<DeviceId, readonly string[]>;
  /** Addresses without a device id, each with the device that answered there last. */
  readonly anonymous: Map<string, DeviceId | undefined>;
}

/**
 * Who is to be dialled, and where: members that are not connected, members that are connected through a relay
 * only and may be reached without it, and addresses whose owner isn't known.
 */
export class DialPlan {
  readonly #init: DialPlanInit;
  readonly #dial: Given;
  readonly #bootstrap: Given;

  constructor(init: DialPlanInit) {
    this.#init = init;
    this.#dial = given(init.dial);
    this.#bootstrap = given(init.bootstrap);
  }

  /** Everyone who should be connected, or connected better, and is not. */
  targets(): readonly RedialTarget[] {
    const { self, isMember, members, standing, canLookUp } = this.#init;
    const targets: RedialTarget[] = [];
    const known = this.#known();
    for (const device of new Set([...known.keys(), ...members()])) {
      if (device === self || !isMember(device)) continue;
      const all = [...(known.get(device) ?? [])];
      const addresses = all.filter((address) => !isCircuit(address)).slice(0, ADDRESSES_MAX);
      const now = standing(device);
      const relayed = now === undefined ? this.#relayed(device, all.filter(isCircuit)) : [];
      if (now === 'direct' || (addresses.length === 0 && relayed.length === 0 && !canLookUp)) continue;
      targets.push({ key: now === undefined ? device : upgradeKey(device), device, addresses, relayed });
    }
    for (const { anonymous } of this.#given()) {
      for (const [address, device] of anonymous) {
        if (device === self || (device !== undefined && standing(device) !== undefined)) continue;
        targets.push({ key: address, addresses: [address], relayed: [] });
      }
    }
    return targets;
  }

  /** The targets through which a device is reached. */
  keysOf(device: DeviceId): readonly string[] {
    const addresses = [this.#dial, this.#bootstrap]
      .flatMap(({ anonymous }) => [...anonymous])
      .filter(([, owner]) => owner === device)
      .map(([address]) => address);
    return [device, upgradeKey(device), ...addresses];
  }

  /** A device answered at a target's address; this device itself is not dialled there again. */
  answered(key: string, device: DeviceId): void {
    for (const { anonymous } of [this.#dial, this.#bootstrap]) {
      if (anonymous.has(key)) anonymous.set(key, device);
    }
  }

  /** What a person gave and is of use now: the bootstrap addresses only while this device is alone. */
  #given(): readonly Given[] {
    for (const device of this.#init.members()) {
      if (this.#init.standing(device) !== undefined) return [this.#dial];
    }
    return [this.#dial, this.#bootstrap];
  }

  /** Ways to a device through the relays that are there, and through those that an address names. */
  #relayed(device: DeviceId, circuits: readonly string[]): readonly string[] {
    const now = this.#init.relays().filter((relay) => relay !== device);
    return [...now.map((relay) => circuitTo(device, relay)), ...circuits].slice(0, RELAYED_MAX);
  }

  /** Addresses per device, the most promising first: seen just now, remembered, configured. */
  #known(): ReadonlyMap<DeviceId, ReadonlySet<string>> {
    const known = new Map<DeviceId, Set<string>>();
    const add = (device: DeviceId, addresses: readonly string[]): void => {
      const all = known.get(device) ?? new Set();
      known.set(device, all);
      for (const text of addresses) {
        const address = parseAddress(text);
        const owner = address && deviceInAddress(address);
        if (address === undefined || (owner !== undefined && owner !== device)) continue;
        all.add(withDevice(address.toString(), device));
      }
      if (all.size === 0) known.delete(device);
    };
    for (const [device, addresses] of this.#init.sightings()) {
      // Anyone can announce anything on the local network: no relay is turned to because of it.
      add(
        device,
        addresses.filter((address) => !isCircuit(address)),
      );
    }
    for (const { device, addresses } of this.#init.addressBook.list()) add(device, addresses);
    for (const { byDevice } of this.#given()) {
      for (const [device, addresses] of byDevice) add(device, addresses);
    }
    return known;
  }
}

/** The target to replace a relayed connection, which has a back-off of its own. */
const upgradeKey = (device: DeviceId): string => `${device} directly`;

/** @throws SmoError `bad_address` */
const given = (texts: readonly string[]): Given => {
  const byDevice = new Map<DeviceId, string[]>();
  const anonymous = new Map<string, DeviceId | undefined>();
  for (const text of texts) {
    const address = requireAddress(text);
    const device = deviceInAddress(address);
    if (device === undefined) anonymous.set(address.toString(), undefined);
    else byDevice.set(device, [...(byDevice.get(device) ?? []), address.toString()]);
  }
  return { byDevice, anonymous };
};
