import type { Connection, ConnectionGater, PeerId } from '@libp2p/interface';
import type { DeviceId } from '../protocol/crypto/index.ts';
import type { MeshLogLevel } from './mesh.ts';
import { deviceOf, hangUp, relayOf } from './peer-connection.ts';

/** How long a device that is no member may stay connected, in ms: time enough to join (docs/protocol/join.md). */
const GUEST_TIMEOUT_MS = 30_000;

/** Most devices that may be connected without being members. */
const GUESTS_MAX = 8;

export interface AdmissionInit {
  isMember(device: DeviceId): boolean;
  isInviteOpen(): boolean;
  /** Does this device pass on what others send each other? */
  readonly relays: boolean;
  /** The devices with which this one is connected through a relay. */
  behind(relay: DeviceId): readonly DeviceId[];
  /** All connections with a device. */
  connections(device: DeviceId): readonly Connection[];
  log(level: MeshLogLevel, message: string): void;
}

/**
 * Who may be connected: members always; the inviter that this device joins through; the relay on the way to one
 * of these; and guests, a few at a time, who must become members within {@link GUEST_TIMEOUT_MS}. Guests come
 * while an invite is open; and to a device that relays at any time, because it can't know whether another
 * device of the space has an open invite. Invariants of a relay:
 *
 * - R1: only members are given a place (a reservation), so only they are reached through it.
 * - R2: a guest is passed on to a member only, who is asked first and refuses unless its own invite is open.
 *   So nothing of a stranger's travels through a relay before a member has let that stranger in.
 * - R3: whoever is at the far end of a relayed connection is judged by the key it proved there (Noise runs
 *   inside of it), never by what the relay says of it.
 */
export class Admission {
  readonly #init: AdmissionInit;
  readonly #guests = new Map<DeviceId, NodeJS.Timeout>();
  /** How many joins through each inviter are under way. */
  readonly #held = new Map<DeviceId, number>();
  /** While true, nobody may connect. */
  closed = false;

  constructor(init: AdmissionInit) {
    this.#init = init;
  }

  /**
   * The rules as libp2p asks for them. A remote is judged only after the Noise handshake, because only that
   * proves its id (fact 12).
   */
  readonly gater: ConnectionGater = {
    denyDialPeer: (peer) => !this.#mayDial(peer),
    denyInboundConnection: () => this.closed,
    denyOutboundConnection: () => this.closed,
    denyInboundEncryptedConnection: (peer) =>
      this.#denies(!this.#mayComeIn(peer), 'an inbound connection', peer),
    denyOutboundEncryptedConnection: (peer) =>
      this.#denies(!this.#mayDial(peer), 'an outbound connection', peer),
    // As a relay (R1, R2).
    denyInboundRelayReservation: (source) =>
      this.#denies(this.closed || !this.#isMember(source), 'a place on this relay', source),
    denyOutboundRelayedConnection: (source, destination) =>
      this.#denies(
        !this.#isWelcome(source) || !this.#isMember(destination),
        'a connection through this relay',
        source,
      ),
    // At the far end (R2): who it is, is not proven yet.
    denyInboundRelayedConnection: (relay, remote) =>
      this.#denies(!this.#mayDial(relay) || !this.#mayComeIn(remote), 'a relayed connection', remote),
  };

  /** May the device be connected now? */
  isWelcome(device: DeviceId): boolean {
    if (this.closed) return false;
    return this.isKnown(device) || this.#init.isInviteOpen() || this.#init.relays;
  }

  /** Is it a member, or somebody whom this device itself has turned to? All others are guests. */
  isKnown(device: DeviceId): boolean {
    const isWanted = (other: DeviceId): boolean => this.#init.isMember(other) || this.#held.has(other);
    return isWanted(device) || this.#init.behind(device).some(isWanted);
  }

  /** Welcomes an inviter, or a relay on the way to somebody, until the function that is given back is called. */
  hold(device: DeviceId): () => void {
    this.#held.set(device, (this.#held.get(device) ?? 0) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const left = (this.#held.get(device) ?? 1) - 1;
      if (left > 0) this.#held.set(device, left);
      else this.#held.delete(device);
      this.#watch(device);
    };
  }

  /** A connection opened or closed: guests are counted, and their time runs. */
  connectionsChanged(connection: Connection): void {
    for (const device of [deviceOf(connection.remotePeer), relayOf(connection)]) {
      if (device !== undefined) this.#watch(device);
    }
  }

  /** Forgets every guest's time. */
  stop(): void {
    for (const timer of this.#guests.values()) clearTimeout(timer);
    this.#guests.clear();
  }

  /** Tells a denial: libp2p's gater asks what to refuse. */
  #denies(denied: boolean, what: string, peer: PeerId): boolean {
    if (denied) this.#init.log('debug', `refused ${what}: ${peer} is not a member of this space`);
    return denied;
  }

  #isMember(peer: PeerId): boolean {
    const device = deviceOf(peer);
    return device !== undefined && this.#init.isMember(device);
  }

  #isWelcome(peer: PeerId): boolean {
    const device = deviceOf(peer);
    return device !== undefined && this.isWelcome(device);
  }

  #mayDial(peer: PeerId): boolean {
    const device = deviceOf(peer);
    return !this.closed && device !== undefined && this.isKnown(device);
  }

  #mayComeIn(peer: PeerId): boolean {
    const device = deviceOf(peer);
    if (device === undefined || !this.isWelcome(device)) return false;
    return this.isKnown(device) || this.#guests.has(device) || this.#guests.size < GUESTS_MAX;
  }

  #watch(device: DeviceId): void {
    const isGuest =
      !this.isKnown(device) && this.#init.connections(device).some(({ status }) => status === 'open');
    const timer = this.#guests.get(device);
    if (isGuest && timer === undefined) {
      // Whoever was let in is counted here, once connected: many may have come at the same time.
      if (this.#guests.size >= GUESTS_MAX) this.#hangUp(device, 'there are too many guests');
      else this.#guests.set(device, setTimeout(() => this.#expire(device), GUEST_TIMEOUT_MS).unref());
    } else if (!isGuest) {
      clearTimeout(timer);
      this.#guests.delete(device);
    }
  }

  #expire(device: DeviceId): void {
    this.#guests.delete(device);
    if (this.isKnown(device)) return;
    this.#init.log('info', `hung up on ${device}: it did not join within ${GUEST_TIMEOUT_MS / 1_000} s`);
    this.#hangUp(device, 'the time to join is over');
  }

  #hangUp(device: DeviceId, reason: string): void {
    for (const connection of this.#init.connections(device)) void hangUp(connection, reason);
  }
}
