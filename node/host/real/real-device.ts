import { base64 } from '../../../protocol/bytes/index.ts';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import type { EventDraft, PlacedEvent, SeenVector } from '../../../protocol/event/index.ts';
import type { Genesis } from '../../../protocol/membership/index.ts';
import { createHome, type Environment, type HomeDraft, updateHome } from '../../home/index.ts';
import { FileAddressBook } from '../address-book.ts';
import type { Device } from '../device.ts';
import { InviteBook } from '../invite-book.ts';
import { JoinDesk } from '../join-desk.ts';
import { Network } from '../network.ts';
import { openDevice } from '../open-device.ts';
import { Recovery } from '../recovery.ts';
import type { Held } from './held-logs.ts';

/** How a real device is made. */
export interface RealDeviceInit {
  readonly dir: string;
  readonly env: Environment;
  readonly home: HomeDraft;
  readonly space: string;
  readonly genesis: Genesis;
  /** The device that let this one in; undefined for the founder. */
  readonly inviter: DeviceId | undefined;
  readonly listen: string;
  readonly dial: readonly string[];
  /** Whom it may reach now. */
  readonly mayReach: (device: DeviceId) => boolean;
}

/** A device of this node in this process, with a home, stores and a network of its own. */
export class RealDevice {
  readonly #device: Device;
  readonly #network: Network;

  private constructor(device: Device, network: Network) {
    this.#device = device;
    this.#network = network;
  }

  /** Makes its home, opens it and lets it look for the others. */
  static async start(init: RealDeviceInit): Promise<RealDevice> {
    const { dir, env, genesis, inviter, listen, dial, mayReach } = init;
    const { origin, record } = genesis;
    await updateHome(await createHome(dir, init.home), {
      space: { id: init.space as Device['space'], genesis: { origin, record: base64.encode(record) } },
      ...(inviter !== undefined && { inviter }),
    });
    const device = await openDevice(dir, env);
    try {
      const invites = await InviteBook.open(dir);
      const network = new Network(device, {
        listen: [listen],
        dial,
        mdns: false,
        memory: listen.startsWith('/memory/'),
        mayReach,
        addressBook: await FileAddressBook.open(dir),
        invites,
        desk: new JoinDesk(device, invites),
        recovery: await Recovery.open(dir),
        log: () => undefined,
        // Whoever waits for the device is told as well.
        onFailure: () => undefined,
      });
      await network.start();
      return new RealDevice(device, network);
    } catch (error) {
      await device.close();
      throw error;
    }
  }

  get id(): DeviceId {
    return this.#device.signer.device;
  }

  get engine(): Device['host']['engine'] {
    return this.#device.host.engine;
  }

  get addresses(): readonly string[] {
    return this.#network.state().addresses;
  }

  /** Bytes of frames that it has sent. */
  get bytesOut(): number {
    return this.#network.state().traffic.bytesOut;
  }

  /** Writes events with the place, the time and the past that they are given, as soon as that past is here. */
  async write(events: readonly PlacedEvent[], signal: AbortSignal): Promise<void> {
    const own = new Set(events.map(({ origin }) => origin));
    const past = new Map<PlacedEvent['origin'], number>();
    for (const { seen = {} } of events) {
      for (const [origin, seq] of Object.entries(seen) as [PlacedEvent['origin'], number][])
        if (!own.has(origin)) past.set(origin, Math.max(seq, past.get(origin) ?? 0));
    }
    await this.holds(past, signal);
    await this.#device.host.append(
      events.map((event) => ({
        origin: event.origin,
        draft: draftOf(event),
        timestamp: event.timestamp,
        seen: event.seen ?? NOTHING,
      })),
    );
  }

  /** Resolves when so much of each log is applied here. */
  holds(held: Held, signal: AbortSignal): Promise<void> {
    const { host } = this.#device;
    return host.until(
      () => [...held].every(([origin, seq]) => host.engine.replica.causality.applied(origin) >= seq),
      signal,
    );
  }

  async seal(): Promise<void> {
    await this.#device.host.seal();
  }

  /** Whom it may reach has changed. */
  reachChanged(): void {
    this.#network.reachChanged();
  }

  /** Breaks the session with another device. */
  break(other: DeviceId): void {
    this.#network.break(other);
  }

  async stop(): Promise<void> {
    await this.#network.stop();
    await this.#device.close();
  }
}

const NOTHING: SeenVector = {};

/** What its author gave of an event. */
export const draftOf = ({ type, entityId, payload, actor, source }: PlacedEvent): EventDraft => ({
  type,
  entityId,
  payload,
  ...(actor !== undefined && { actor }),
  ...(source !== undefined && { source }),
});
