import type { DeviceId } from '../../protocol/crypto/index.ts';
import { type KnownFork, RETIRED_BECAUSE, type Strike } from '../../protocol/engine/index.ts';
import { deviceOf } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import { type GossipVerdict, gossipTopic } from '../../protocol/sync/index.ts';
import { createMesh, type Mesh, type MeshHost, type PeerPath } from '../../transports/index.ts';
import type { ReachInput } from '../api/index.ts';
import type { FileAddressBook } from './address-book.ts';
import type { Device } from './device.ts';
import { everyInterface, freePort } from './every-interface.ts';
import { Farewells } from './farewell.ts';
import type { InviteBook } from './invite-book.ts';
import type { JoinDesk } from './join-desk.ts';
import { LostMembers } from './lost-members.ts';
import { type NetworkState, NOT_RUNNING } from './network-state.ts';
import type { Recovery } from './recovery.ts';
import { Welcome } from './welcome.ts';

/** How a device takes part in the network. */
export interface NetworkOptions {
  /** Multiaddrs; none: the port of last time, or any. */
  readonly listen: readonly string[];
  readonly dial: readonly string[];
  readonly mdns: boolean;
  readonly reach?: ReachInput;
  /** Speak also with devices in this process, at addresses like `/memory/name`. */
  readonly memory?: boolean;
  /** Whom this device may reach now, of those whom it may; all without it. See {@link Network.reachChanged}. */
  readonly mayReach?: (device: DeviceId) => boolean;
  readonly addressBook: FileAddressBook;
  readonly invites: InviteBook;
  readonly desk: JoinDesk;
  readonly recovery: Recovery;
  /** One line for people. */
  readonly log: (line: string) => void;
  /** The store failed: nothing more can be written until the home is opened again. */
  readonly onFailure: (error: Error) => void;
}

/** How long appends wait, at a start, for another device to tell how far it knows the logs of this one, in ms. */
const OWN_LOGS_CHECK_MS = 3000;

/** Ports that are tried where none was asked for: even a free one may be taken before it is listened on. */
const PORTS_MAX = 3;

/** How often it is noted what connected devices hold, in ms: a crash forgets no more of that. */
const SIGHTINGS_MS = 30_000;

/** mDNS service tag of a space: devices of other spaces are not even noticed. */
export const serviceTagOf = (space: string): string => `_smo-${space.slice(0, 8)}._udp.local`;

/** Protocol of a space's hash table: devices of other spaces don't speak it. */
const tableProtocolOf = (space: string): string => `/smo/kad/${space.slice(0, 8)}/1.0.0`;

/** Joins an engine to the mesh: frames go in, effects go out. The one place where the node meets a transport. */
export class Network {
  readonly #device: Device;
  readonly #options: NetworkOptions;
  readonly #paths = new Map<DeviceId, PeerPath>();
  readonly #reasons = new Map<DeviceId, string>();
  readonly #stopped = new AbortController();
  readonly #farewells: Farewells;
  readonly #welcome: Welcome;
  readonly #lostMembers: LostMembers;
  readonly #started = Promise.withResolvers<void>();
  #mesh: Mesh | undefined;
  #online = true;
  #noting: NodeJS.Timeout | undefined;

  constructor(device: Device, options: NetworkOptions) {
    this.#device = device;
    this.#options = options;
    // Perhaps nobody waits for it.
    this.#started.promise.catch(() => undefined);
    this.#farewells = new Farewells(device.host, () => this.#mesh?.admissionChanged());
    this.#lostMembers = new LostMembers(device.host, options);
    this.#welcome = new Welcome({
      self: device.home.key.signer.device,
      inviter: device.home.file.inviter,
      recovery: options.recovery,
      farewells: this.#farewells,
      membership: () => device.host.engine.membership,
    });
  }

  /**
   * Listens and looks for the other devices, once the state is whole: before that it is not known who is a member, nor
   * whom to ask about the own logs.
   */
  async start(): Promise<void> {
    await this.#device.host.caughtUp();
    this.#lostMembers.seek();
    await this.#startAnywhere();
    this.#started.resolve();
  }

  /** Resolves when it has started; rejects when it is stopped before. */
  started(): Promise<void> {
    return this.#started.promise;
  }

  async #startAnywhere(): Promise<void> {
    const { listen, addressBook } = this.#options;
    if (listen.length > 0) return this.#start(listen);
    let port = addressBook.listenPort ?? (await freePort());
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#start(everyInterface(port));
      } catch (error) {
        // Somebody else has taken the port of last time; only a port that was asked for by name is insisted on.
        if (!(error instanceof SmoError) || error.code !== 'address_in_use' || tries === PORTS_MAX)
          throw error;
        port = await freePort();
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#started.reject(new SmoError('closed', 'the device has been stopped'));
    clearInterval(this.#noting);
    this.#noteSightings();
    this.#device.host.listen(undefined);
    this.#farewells.stop();
    try {
      await this.#mesh?.stop();
    } finally {
      await Promise.all([this.#options.addressBook.saved(), this.#device.sightings.saved()]);
    }
  }

  state(): NetworkState {
    const { bytesIn, bytesOut } = this.#mesh?.traffic() ?? NOT_RUNNING.traffic;
    return {
      running: true,
      online: this.#online,
      addresses: this.#mesh?.addresses() ?? [],
      traffic: { bytesIn, bytesOut },
      paths: this.#paths,
      reasons: this.#reasons,
    };
  }

  async enable(enabled: boolean): Promise<void> {
    this.#online = enabled;
    if (enabled) await this.#running().resume();
    else await this.#running().pause();
  }

  /** Whom this device may reach is another question now: hangs up, and looks for others. */
  reachChanged(): void {
    this.#running().admissionChanged();
  }

  /** Breaks the session with a device, which comes back as soon as it can. */
  break(device: DeviceId): void {
    this.#running().disconnect(device, 'the session was broken');
    this.#running().redialNow();
  }

  async invites(): Promise<InviteBook> {
    return this.#options.invites;
  }

  async #start(listen: readonly string[]): Promise<void> {
    const { dial, mdns, addressBook, reach, memory } = this.#options;
    const { home, space, host } = this.#device;
    const mesh = await createMesh(
      {
        device: home.key.signer.device,
        privateKey: home.key.seed,
        listen,
        dial,
        mdns: mdns ? { serviceTag: serviceTagOf(space) } : null,
        addressBook,
        ...(memory !== undefined && { memory }),
        gossip: {
          topic: gossipTopic(space),
          onMessage: (peer, message) => this.#onGossip(peer, message),
        },
        ...(reach !== undefined && {
          reach: {
            announce: reach.announce,
            relay: reach.relay ? 'serve' : 'off',
            relayVia: reach.relayVia,
            bootstrap: reach.bootstrap,
            ...(reach.dht && { dht: { protocol: tableProtocolOf(space) } }),
            ...(reach.upnp && { upnp: {} }),
          },
        }),
      },
      this.#meshHost(),
    );
    this.#mesh = mesh;
    host.listen({
      send: (peer, frame) => mesh.send(peer, frame),
      publish: (message) => mesh.publish(message),
      disconnect: (peer, fault) => mesh.disconnect(peer, `${fault.code}: ${fault.message}`),
      membership: (membership) => {
        this.#farewells.membershipChanged(membership);
        mesh.admissionChanged();
      },
      refused: (peer, _, fault) =>
        this.#log(`refused from ${this.#nameOf(peer)}: ${fault.message} (${fault.code})`),
      restored: (origin, segment) =>
        this.#log(`restored segment ${segment} of log ${origin} from another device`),
      failed: this.#options.onFailure,
      forked: (fork) => this.#log(forkLine(fork, this.#nameOf(deviceOf(fork.origin)))),
      retired: (origin, reason) =>
        this.#log(`log ${origin} is written to no more: ${RETIRED_BECAUSE[reason]}`),
      strike: (strike) => this.#log(strikeLine(strike, this.#nameOf(strike.peer))),
    });
    // Before anybody can be met: whoever is let in is written down too.
    host.checkOwnLogs(AbortSignal.timeout(OWN_LOGS_CHECK_MS));
    await mesh.start();
    this.#lostMembers.endWhenGiven(this.#stopped.signal, () => mesh.admissionChanged());
    this.#noting = setInterval(() => this.#noteSightings(), SIGHTINGS_MS).unref();
    if (!listen.some((address) => PLAIN_TCP.test(address))) return;
    const [port] = mesh.addresses().flatMap((address) => PLAIN_TCP.exec(address)?.[1] ?? []);
    if (port !== undefined) addressBook.noteListenPort(Number(port));
  }

  #meshHost(): MeshHost {
    const { host } = this.#device;
    const { addressBook, invites, mayReach = () => true } = this.#options;
    return {
      isMember: (device) => mayReach(device) && this.#welcome.has(device),
      members: () => this.#welcome.sought().filter(mayReach),
      isInviteOpen: () => invites.anyAnswered(Date.now()),
      onPeerConnected: (peer, path) => {
        this.#paths.set(peer, path);
        this.#reasons.delete(peer);
        const way = path.relay === undefined ? `at ${path.address}` : `through ${this.#nameOf(path.relay)}`;
        this.#log(`connected with ${this.#nameOf(peer)} ${way}`);
        host.step({ type: 'connected', peer });
      },
      onPeerDisconnected: (peer, reason, fault) => {
        this.#noteSightings(peer);
        this.#paths.delete(peer);
        this.#reasons.set(peer, reason);
        this.#log(`lost ${this.#nameOf(peer)}: ${reason}`);
        host.step({ type: 'disconnected', peer, ...(fault !== undefined && { fault }) });
      },
      onFrame: (peer, frame) => host.step({ type: 'frame', peer, frame }),
      onJoinRequest: (_, pipe) => {
        this.#options.desk.serve(pipe).then(
          (name) => {
            if (name !== undefined) this.#log(`${name} has joined`);
            this.#running().admissionChanged();
          },
          (error: Error) => this.#log(`a device could not join: ${error.message}`),
        );
      },
      onAddresses: (device, addresses) => addressBook.note(device, addresses),
      log: (level, message) => {
        if (level !== 'debug') this.#log(message);
      },
    };
  }

  async #onGossip(peer: DeviceId, message: Uint8Array): Promise<GossipVerdict> {
    const { verdict, fault } = await this.#device.host.gossip(peer, message);
    if (fault !== undefined)
      this.#log(`refused gossip from ${this.#nameOf(peer)}: ${fault.message} (${fault.code})`);
    return verdict;
  }

  /** Notes what connected devices hold, or one of them. */
  #noteSightings(only?: DeviceId): void {
    const seenMs = Date.now();
    const peers = [...this.#device.host.engine.peers()];
    this.#device.sightings.note(
      peers.flatMap(({ device, holds }) =>
        holds === undefined || (only !== undefined && device !== only) ? [] : [{ device, seenMs, holds }],
      ),
    );
  }

  #running(): Mesh {
    if (this.#mesh === undefined) throw new TypeError('the network has not been started');
    return this.#mesh;
  }

  #nameOf(device: DeviceId): string {
    const { membership } = this.#device.host.engine;
    return (membership.get(device) ?? membership.former.get(device))?.name ?? device;
  }

  #log(line: string): void {
    this.#options.log(line);
  }
}

const forkLine = ({ origin, seq }: KnownFork, name: string): string =>
  `${name} has signed two histories of log ${origin}: nothing from event ${seq} on counts in it; see "smo evidence list"`;

const strikeLine = ({ fault, strikes, servedOnlyUntilMs }: Strike, name: string): string => {
  const line = `strike ${strikes} against ${name}: ${fault.message} (${fault.code})`;
  if (servedOnlyUntilMs === undefined) return line;
  return `${line}; nothing is asked of it until ${new Date(servedOnlyUntilMs).toISOString()}`;
};

/** An address of plain TCP, and its port. */
const PLAIN_TCP = /^\/ip[46]\/[^/]+\/tcp\/(\d+)(\/p2p\/[^/]+)?$/;
