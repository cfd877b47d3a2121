import type { DeviceId } from '../protocol/crypto/index.ts';
import {
  circuitTo,
  deviceInAddress,
  isCircuit,
  nameInAddress,
  parseAddress,
  requireAddress,
  withDevice,
} from './addresses.ts';
import type { AddressBook } from './mesh.ts';
import type { RedialTarget } from './redialer.ts';

/** Most addresses of one device that are dialled, as many as libp2p would in one go. */
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
  /** Where a device said on the local network that it is. */
  seenAt(device: DeviceId): readonly string[];
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
    const given = this.#given();
    return [
      ...[...this.#init.members()].flatMap((device) => this.#toDevice(device, given) ?? []),
      ...given.flatMap(({ anonymous }) => [...anonymous.keys()]).flatMap((key) => this.#toAddress(key) ?? []),
    ];
  }

  /** The one of the targets that has this key. */
  target(key: string): RedialTarget | undefined {
    const given = this.#given();
    if (given.some(({ anonymous }) => anonymous.has(key))) return this.#toAddress(key);
    const device = (key.endsWith(DIRECTLY) ? key.slice(0, -DIRECTLY.length) : key) as DeviceId;
    const target = this.#init.isMember(device) ? this.#toDevice(device, given) : undefined;
    return target?.key === key ? target : undefined;
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

  #toDevice(device: DeviceId, given: readonly Given[]): RedialTarget | undefined {
    const { self, standing, canLookUp } = this.#init;
    const now = standing(device);
    if (device === self || now === 'direct') return undefined;
    const known = this.#addressesOf(device, given);
    const addresses = known.filter((address) => !isCircuit(address)).slice(0, ADDRESSES_MAX);
    const relayed = now === undefined ? this.#relayed(device, known.filter(isCircuit)) : [];
    if (addresses.length === 0 && relayed.length === 0 && !canLookUp) return undefined;
    return { key: now === undefined ? device : upgradeKey(device), device, addresses, relayed };
  }

  #toAddress(address: string): RedialTarget | undefined {
    const { self, standing } = this.#init;
    const device = this.#dial.anonymous.get(address) ?? this.#bootstrap.anonymous.get(address);
    const isReached = device !== undefined && (device === self || standing(device) !== undefined);
    return isReached ? undefined : { key: address, addresses: [address], relayed: [] };
  }

  /** Ways to a device through the relays that are there, and through those that an address names. */
  #relayed(device: DeviceId, circuits: readonly string[]): readonly string[] {
    const now = this.#init.relays().filter((relay) => relay !== device);
    return [...now.map((relay) => circuitTo(device, relay)), ...circuits].slice(0, RELAYED_MAX);
  }

  /** Addresses of a device, the most promising first: seen just now, remembered, configured. */
  #addressesOf(device: DeviceId, given: readonly Given[]): readonly string[] {
    // Anyone can announce anything on the local network: no relay is turned to because of it.
    const seen = this.#init.seenAt(device).filter((address) => !isCircuit(address));
    const all = [
      ...seen,
      ...this.#init.addressBook.addressesOf(device),
      ...given.flatMap(({ byDevice }) => byDevice.get(device) ?? []),
    ];
    return [...new Set(all.flatMap((text) => addressOf(text, device) ?? []))];
  }
}

/** Ends the key of a target that is to replace a relayed connection; it has a back-off of its own. */
const DIRECTLY = ' directly';

const upgradeKey = (device: DeviceId): string => `${device}${DIRECTLY}`;

/** The address as it is dialled, with the device's id at its end; undefined when it leads to another one or is none. */
const addressOf = (text: string, device: DeviceId): string | undefined => {
  const address = parseAddress(text);
  const leadsTo = address && nameInAddress(address);
  if (address === undefined || (leadsTo !== undefined && leadsTo !== device)) return undefined;
  return withDevice(address.toString(), device);
};

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
