import { randomBytes } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import multicastDns from 'multicast-dns';
import { base32 } from '../protocol/bytes/index.ts';
import { isCircuit, isLoopback, usableAddresses } from './addresses.ts';
import { type LocalNetwork, localNetworks, networkOf } from './local-networks.ts';
import {
  type Announcement,
  announce,
  asksFor,
  type DnsQuestion,
  type DnsRecord,
  readAnnouncement,
} from './mdns-records.ts';
import type { MeshLogLevel } from './mesh.ts';

/** Time between two looks at the machine's networks, each with a new search on all of them, in ms. */
const SEARCH_MS = 10_000;

/** Shortest time between two announcements on one network, in ms (RFC 6762, section 6). */
const ANNOUNCE_MS = 1_000;

/** Bytes of randomness in the name of a run; their base32 has 32 characters, the fewest that libp2p asks for. */
const NAME_BYTES = 20;

/** The part of a socket of the package `multicast-dns` that is used here. */
export interface MdnsSocket extends EventEmitter {
  query(questions: { readonly name: string; readonly type: 'PTR' }[]): void;
  respond(response: NonNullable<ReturnType<typeof announce>>): void;
  destroy(callback?: () => void): void;
}

export interface MdnsInit {
  readonly serviceTag: string;
  /** Where this device listens now: multiaddrs that end in it. */
  addresses(): readonly string[];
  /** A device announced itself, on a network that it shares with this one. */
  onAnnouncement(announcement: Announcement): void;
  log(level: MeshLogLevel, message: string): void;
  /** The networks of the machine; the real ones when left out. */
  readonly networks?: () => readonly LocalNetwork[];
  /** Opens a socket for one network; a real one when left out. */
  readonly open?: (network: LocalNetwork) => MdnsSocket;
}

/** What is open on one network. */
interface Station {
  readonly socket: MdnsSocket;
  announcedMs: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Multicast DNS on every IPv4 network of the machine, by libp2p's specification (specs, discovery/mdns), so that it
 * is understood by libp2p's own module, which speaks on one network only (fact 13). Networks that come and go are
 * noticed within {@link SEARCH_MS}. Invariants:
 *
 * - M1: what comes in is looked at once, by the station of the network that its sender is in; from elsewhere it is
 *   not looked at (RFC 6762, section 11). An operating system may hand a packet to the sockets of all networks.
 * - M2: on each network this device announces itself at most once in {@link ANNOUNCE_MS}.
 */
export class Mdns {
  readonly #init: Required<MdnsInit>;
  readonly #name = base32.encode(randomBytes(NAME_BYTES));
  readonly #stations = new Map<string, Station>();
  /** Networks that cannot be searched, which has been told. */
  readonly #failing = new Set<string>();
  #networks: readonly LocalNetwork[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(init: MdnsInit) {
    this.#init = { networks: localNetworks, open: openSocket, ...init };
  }

  /** Announces this device and searches, from now on; to be called once its addresses are known. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.#search(), SEARCH_MS).unref();
    this.#search();
  }

  /** Falls silent; resolves when all sockets are closed. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await Promise.all([...this.#stations.keys()].map((address) => this.#close(address)));
  }

  /** Follows the networks of the machine, and asks who is on them. */
  #search(): void {
    this.#networks = this.#init.networks();
    const addresses = new Set(this.#networks.map(({ address }) => address));
    for (const address of this.#stations.keys()) {
      if (!addresses.has(address)) void this.#close(address);
    }
    for (const address of this.#failing) if (!addresses.has(address)) this.#failing.delete(address);
    for (const network of this.#networks) {
      if (!this.#stations.has(network.address)) this.#open(network);
    }
    // A device hears its own question too, and its answer tells the others of it.
    for (const { socket } of this.#stations.values())
      socket.query([{ name: this.#init.serviceTag, type: 'PTR' }]);
  }

  #open(network: LocalNetwork): void {
    const { address } = network;
    const station: Station = {
      socket: this.#init.open(network),
      announcedMs: Number.NEGATIVE_INFINITY,
      timer: undefined,
    };
    const { socket } = station;
    this.#stations.set(address, station);
    const fromHere = (source: string): boolean => networkOf(this.#networks, source)?.address === address;
    socket.on('query', ({ questions = [] }: MdnsPacket, { address: source }: MdnsSource) => {
      if (fromHere(source) && asksFor(questions, this.#init.serviceTag)) this.#answer(network, station);
    });
    socket.on('response', (packet: MdnsPacket, { address: source }: MdnsSource) => {
      if (fromHere(source)) this.#hear(packet, source);
    });
    // What is no DNS at all, or could not be sent: another try follows anyway.
    socket.on('warning', () => {});
    socket.on('ready', () => this.#failing.delete(address));
    socket.on('error', (error: Error) => {
      if (!this.#failing.has(address))
        this.#init.log('warn', `cannot search the network of ${address} for devices: ${error.message}`);
      this.#failing.add(address);
      // The next search tries to open it again.
      if (this.#stations.get(address) === station) void this.#close(address);
    });
  }

  #close(address: string): Promise<void> {
    const station = this.#stations.get(address);
    if (station === undefined) return Promise.resolve();
    this.#stations.delete(address);
    clearTimeout(station.timer);
    return new Promise((resolve) => station.socket.destroy(resolve));
  }

  /** M2: at once, or as soon as it is allowed again. */
  #answer(network: LocalNetwork, station: Station): void {
    if (station.timer !== undefined) return;
    const waitMs = station.announcedMs + ANNOUNCE_MS - performance.now();
    if (waitMs <= 0) {
      this.#announce(network, station);
      return;
    }
    station.timer = setTimeout(() => {
      station.timer = undefined;
      this.#announce(network, station);
    }, waitMs).unref();
  }

  #announce(network: LocalNetwork, station: Station): void {
    const addresses = this.#init
      .addresses()
      // Whoever hears this needs no relay.
      .filter((address) => !isCircuit(address))
      .toSorted((a, b) => rank(network, a) - rank(network, b));
    const response = announce(this.#init.serviceTag, this.#name, addresses);
    if (response === undefined) return;
    station.announcedMs = performance.now();
    station.socket.respond(response);
  }

  #hear({ answers = [], additionals = [] }: MdnsPacket, source: string): void {
    // By the specification the addresses stand in the additional records; some put them among the answers.
    const found = readAnnouncement([...answers, ...additionals], this.#init.serviceTag, this.#name);
    if (found === undefined) return;
    const isThisMachine = this.#networks.some(({ address }) => address === source);
    const addresses = isThisMachine ? found.addresses : usableAddresses(found.addresses, `/ip4/${source}`);
    if (addresses.length > 0) this.#init.onAnnouncement({ ...found, addresses });
  }
}

/** A packet as far as it is looked at. */
interface MdnsPacket {
  readonly questions?: readonly DnsQuestion[];
  readonly answers?: readonly DnsRecord[];
  readonly additionals?: readonly DnsRecord[];
}

interface MdnsSource {
  readonly address: string;
}

/** Addresses of the network come first, as they are sure to be reached from there; those of this machine last. */
const rank = (network: LocalNetwork, address: string): number => {
  const ip = /^\/ip4\/([^/]+)\//.exec(address)?.[1];
  if (ip !== undefined && networkOf([network], ip) !== undefined) return 0;
  return isLoopback(address) ? 2 : 1;
};

const openSocket = ({ address }: LocalNetwork): MdnsSocket =>
  // Bound to all addresses: on one of its own, Linux would not hand over what is sent to the group.
  multicastDns({ interface: address, bind: '0.0.0.0' }) as unknown as MdnsSocket;
