import { base64 } from '../../../protocol/bytes/index.ts';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import type { EventDraft, PlacedEvent, SeenVector } from '../../../protocol/event/index.ts';
import { createHome, updateHome } from '../../home/index.ts';
import type { Device } from '../device.ts';
import { Network } from '../network.ts';
import { openNetworkFiles } from '../network-files.ts';
import { openDevice } from '../open-device.ts';
import type { Held } from './held-logs.ts';
import type { RealDevice, RealDeviceFigures, RealDeviceInit } from './real-device.ts';

/** A real device in this process. */
export class InProcessDevice implements RealDevice {
  readonly addresses: readonly string[];
  readonly #device: Device;
  readonly #network: Network;

  private constructor(device: Device, network: Network) {
    this.#device = device;
    this.#network = network;
    this.addresses = network.state().addresses;
  }

  /**
   * Makes its home, opens it and lets it look for the others.
   * @param mayReach whom it may reach now; all without it
   */
  static async start(
    { dir, stateHome, home, space, genesis, inviter, listen, dial }: RealDeviceInit,
    mayReach?: (device: DeviceId) => boolean,
  ): Promise<InProcessDevice> {
    const { origin, record } = genesis;
    await updateHome(await createHome(dir, home), {
      space: { id: space as Device['space'], genesis: { origin, record: base64.encode(record) } },
      ...(inviter !== undefined && { inviter }),
    });
    const device = await openDevice(dir, { SMO_STATE_HOME: stateHome });
    try {
      const network = new Network(device, {
        listen: [listen],
        dial,
        mdns: false,
        memory: listen.startsWith('/memory/'),
        ...(mayReach !== undefined && { mayReach }),
        ...(await openNetworkFiles(device)),
        log: () => undefined,
        // Whoever waits for the device is told as well.
        onFailure: () => undefined,
      });
      await network.start();
      return new InProcessDevice(device, network);
    } catch (error) {
      await device.close();
      throw error;
    }
  }

  async write(batches: readonly (readonly PlacedEvent[])[], signal: AbortSignal): Promise<void> {
    await this.holds(pastOf(batches.flat()), signal);
    await Promise.all(batches.map((events) => this.#device.host.append(events.map(entryOf))));
  }

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

  async break(other: DeviceId): Promise<void> {
    this.#network.break(other);
  }

  async held(): Promise<Held> {
    return this.#device.host.engine.shown();
  }

  async figures(): Promise<RealDeviceFigures> {
    const { digest, appliedCount, counts } = this.#device.host.engine.replica;
    const { openConflicts, closedConflicts } = counts;
    const { bytesIn } = this.#network.state().traffic;
    return { digest: digest.toHex(), events: appliedCount, openConflicts, closedConflicts, bytesIn };
  }

  async stop(): Promise<void> {
    await this.#network.stop();
    await this.#device.close();
  }
}

/** How much of others' logs events have seen. */
const pastOf = (events: readonly PlacedEvent[]): Held => {
  const own = new Set(events.map(({ origin }) => origin));
  const past = new Map<PlacedEvent['origin'], number>();
  for (const { seen = NOTHING } of events) {
    for (const [origin, seq] of Object.entries(seen) as [PlacedEvent['origin'], number][])
      if (!own.has(origin)) past.set(origin, Math.max(seq, past.get(origin) ?? 0));
  }
  return past;
};

const entryOf = (event: PlacedEvent) => ({
  origin: event.origin,
  draft: draftOf(event),
  timestamp: event.timestamp,
  seen: event.seen ?? NOTHING,
});

const NOTHING: SeenVector = {};

/** What its author gave of an event. */
export const draftOf = ({ type, entityId, payload, actor, source }: PlacedEvent): EventDraft => ({
  type,
  entityId,
  payload,
  ...(actor !== undefined && { actor }),
  ...(source !== undefined && { source }),
});
