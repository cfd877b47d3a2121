import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { type DeviceId, parseDeviceId } from '../../protocol/crypto/index.ts';
import type { AddressBook } from '../../transports/index.ts';
import { writeFileAtomic } from '../files/index.ts';
import { HOME_LAYOUT } from '../home/index.ts';

/** Addresses that are kept of one device. */
const ADDRESSES_MAX = 16;

const SCHEMA = v.object({
  listenPort: v.optional(v.number()),
  peers: v.array(
    v.object({
      device: v.custom<DeviceId>((text) => typeof text === 'string' && parseDeviceId(text).ok),
      addresses: v.array(v.string()),
    }),
  ),
});

/**
 * Where other devices were met, in a file of the home, and the port on which this one was. Losing it costs a
 * search and nothing else, so an unreadable file is an empty one.
 */
export class FileAddressBook implements AddressBook {
  readonly #path: string;
  /** Where each device that was met was met. */
  readonly #peers: Map<DeviceId, readonly string[]>;
  #listenPort: number | undefined;
  #saving: Promise<void> = Promise.resolve();

  private constructor(path: string, { peers, listenPort }: v.InferOutput<typeof SCHEMA>) {
    this.#path = path;
    this.#peers = new Map(peers.map(({ device, addresses }) => [device, addresses]));
    this.#listenPort = listenPort;
  }

  static async open(home: string): Promise<FileAddressBook> {
    const path = join(home, HOME_LAYOUT.addressBook);
    const text = await readFile(path, 'utf8').catch(() => '');
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), SCHEMA), text);
    return new FileAddressBook(path, parsed.success ? parsed.output : { peers: [] });
  }

  addressesOf(device: DeviceId): readonly string[] {
    return this.#peers.get(device) ?? [];
  }

  /** All devices that were met. */
  devices(): readonly DeviceId[] {
    return [...this.#peers.keys()];
  }

  /** Port on which this device listened last, so that others find it there again. */
  get listenPort(): number | undefined {
    return this.#listenPort;
  }

  /** Notes where a device was met; what was known before stays behind it. */
  note(device: DeviceId, addresses: readonly string[]): void {
    const known = this.#peers.get(device);
    const all = [...new Set([...addresses, ...(known ?? [])])].slice(0, ADDRESSES_MAX);
    if (known?.length === all.length && all.every((address, i) => address === known[i])) return;
    this.#peers.set(device, all);
    this.#save();
  }

  /** Notes the port on which this device listens. */
  noteListenPort(port: number): void {
    if (port === this.#listenPort) return;
    this.#listenPort = port;
    this.#save();
  }

  /** Resolves when everything noted is in the file. */
  saved(): Promise<void> {
    return this.#saving;
  }

  #save(): void {
    const peers = [...this.#peers].map(([device, addresses]) => ({ device, addresses }));
    const text = `${JSON.stringify({ listenPort: this.#listenPort, peers }, null, 2)}\n`;
    this.#saving = this.#saving
      .then(() => writeFileAtomic(this.#path, text, { mode: 0o600, durable: false }))
      // The book is a convenience: a full disk must not stop the device.
      .catch(() => undefined);
  }
}
