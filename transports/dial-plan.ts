import type { DeviceId } from '../protocol/crypto/index.ts';
import { deviceInAddress, parseAddress, requireAddress, withDevice } from './addresses.ts';
import type { AddressBook } from './mesh.ts';
import type { RedialTarget } from './redialer.ts';

/** Most addresses of one device that are tried in one go, as many as libp2p would. */
const ADDRESSES_MAX = 25;

export interface DialPlanInit {
  readonly self: DeviceId;
  /**
   * Multiaddrs that are always tried.
   * @throws SmoError `bad_address` from the constructor
   */
  readonly dial: readonly string[];
  readonly addressBook: AddressBook;
  isMember(device: DeviceId): boolean;
  isConnected(device: DeviceId): boolean;
  /** What devices announced on the local network. */
  sightings(): ReadonlyMap<DeviceId, readonly string[]>;
}

/** Who is to be dialled, and where: members with known addresses, and addresses whose owner isn't known. */
export class DialPlan {
  readonly #init: DialPlanInit;
  readonly #byDevice = new Map<DeviceId, string[]>();
  /** Addresses without a device id, each with the device that answered there last. */
  readonly #anonymous = new Map<string, DeviceId | undefined>();

  constructor(init: DialPlanInit) {
    this.#init = init;
    for (const text of init.dial) {
      const address = requireAddress(text);
      const device = deviceInAddress(address);
      if (device === undefined) this.#anonymous.set(address.toString(), undefined);
      else this.#byDevice.set(device, [...(this.#byDevice.get(device) ?? []), address.toString()]);
    }
  }

  /** Everyone who should be connected and is not. */
  targets(): readonly RedialTarget[] {
    const { self, isMember, isConnected } = this.#init;
    const targets: RedialTarget[] = [];
    for (const [device, addresses] of this.#known()) {
      if (device === self || !isMember(device) || isConnected(device)) continue;
      targets.push({ key: device, addresses: [...addresses].slice(0, ADDRESSES_MAX) });
    }
    for (const [address, device] of this.#anonymous) {
      if (device === self || (device !== undefined && isConnected(device))) continue;
      targets.push({ key: address, addresses: [address] });
    }
    return targets;
  }

  /** The targets through which a device is reached. */
  keysOf(device: DeviceId): readonly string[] {
    const addresses = [...this.#anonymous]
      .filter(([, owner]) => owner === device)
      .map(([address]) => address);
    return [device, ...addresses];
  }

  /** A device answered at a target's address; this device itself is not dialled there again. */
  answered(key: string, device: DeviceId): void {
    if (this.#anonymous.has(key)) this.#anonymous.set(key, device);
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
    for (const [device, addresses] of this.#init.sightings()) add(device, addresses);
    for (const { device, addresses } of this.#init.addressBook.list()) add(device, addresses);
    for (const [device, addresses] of this.#byDevice) add(device, addresses);
    return known;
  }
}
