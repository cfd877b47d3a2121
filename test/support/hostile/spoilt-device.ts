import { FileAddressBook } from '../../../node/host/address-book.ts';
import type { Device } from '../../../node/host/device.ts';
import type { EngineHost } from '../../../node/host/engine-host.ts';
import type { EngineListener } from '../../../node/host/engine-listener.ts';
import { InviteBook } from '../../../node/host/invite-book.ts';
import { JoinDesk } from '../../../node/host/join-desk.ts';
import { Network } from '../../../node/host/network.ts';
import { openDevice } from '../../../node/host/open-device.ts';
import { Recovery } from '../../../node/host/recovery.ts';
import type { EventDraft, Origin } from '../../../protocol/event/index.ts';
import { decodeFrame, encodeFrame, type SyncFrame } from '../../../protocol/sync/index.ts';
import type { MeshDevice } from '../mesh-device.ts';

/** How long what is served may take. */
const RECEIVE_TIMEOUT_MS = 20_000;

/** What is sent in the place of a frame: itself, others, or nothing. */
export type Spoil = (frame: SyncFrame) => readonly SyncFrame[];

/** What a spoilt device does. */
export interface SpoiltDeviceInit {
  /** Addresses of those to be deceived. */
  readonly dial: readonly string[];
  /** What it writes before it goes on line. */
  readonly drafts?: readonly EventDraft[];
  /** What it does to frames; nothing when left out. */
  readonly spoil?: Spoil;
}

/**
 * The whole device, in this process, with one thing that it does wrong: each frame that it sends goes through
 * somebody's hands first. It is therefore up to date with whatever the protocol says, apart from its lies.
 */
export class SpoiltDevice {
  readonly device: Device;
  readonly #network: Network;
  #stopped = false;

  private constructor(device: Device, network: Network) {
    this.device = device;
    this.#network = network;
  }

  /**
   * Opens the device of a home, lets it write, and goes on line.
   */
  static async start(
    { home, stateHome }: Pick<MeshDevice, 'home' | 'stateHome'>,
    { dial, drafts = [], spoil = (frame) => [frame] }: SpoiltDeviceInit,
  ): Promise<SpoiltDevice> {
    const device = await openDevice(home, { SMO_STATE_HOME: stateHome });
    const { host, origin } = device;
    if (drafts.length > 0) await host.append(drafts.map((draft) => ({ origin, draft })));
    const [addressBook, invites] = await Promise.all([FileAddressBook.open(home), InviteBook.open(home)]);
    const network = new Network(
      { ...device, host: spoilt(host, spoil) },
      {
        listen: ['/ip4/127.0.0.1/tcp/0'],
        dial,
        mdns: false,
        addressBook,
        invites,
        desk: new JoinDesk(device, invites),
        recovery: await Recovery.open(home),
        log: () => undefined,
        onFailure: (error) => {
          throw error;
        },
      },
    );
    await network.start();
    return new SpoiltDevice(device, network);
  }

  /** Hangs up, and comes back. */
  async reconnect(): Promise<void> {
    await this.#network.enable(false);
    await this.#network.enable(true);
  }

  /** Waits until it holds so many events of a log. */
  receives(origin: Origin, seq: number): Promise<void> {
    const { engine } = this.device.host;
    const holds = (): boolean =>
      [...engine.frontier()].some((entry) => entry.origin === origin && entry.seq >= seq);
    return this.device.host.until(holds, AbortSignal.timeout(RECEIVE_TIMEOUT_MS));
  }

  /** Once. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.#network.stop();
    await this.device.close();
  }
}

/** A host whose network gets other frames than its engine sends. */
const spoilt = (host: EngineHost, spoil: Spoil): EngineHost =>
  new Proxy(host, {
    get: (target, name) => {
      if (name === 'listen') return listenSpoilt(target, spoil);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

const listenSpoilt =
  (host: EngineHost, spoil: Spoil): EngineHost['listen'] =>
  (listener: EngineListener | undefined) =>
    host.listen(
      listener && {
        ...listener,
        send: (peer, bytes) => {
          const frame = decodeFrame(bytes);
          if (!frame.ok) throw new TypeError('a device sends a frame that it cannot read');
          for (const sent of spoil(frame.value)) listener.send(peer, encodeFrame(sent));
        },
      },
    );
