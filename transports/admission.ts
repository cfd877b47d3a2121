import type { Connection, ConnectionGater, PeerId } from '@libp2p/interface';
import type { DeviceId } from '../protocol/crypto/index.ts';
import type { MeshLogLevel } from './mesh.ts';
import { deviceOf, hangUp } from './peer-connection.ts';

/** How long a device that is no member may stay connected, in ms: time enough to join (docs/protocol/join.md). */
const GUEST_TIMEOUT_MS = 30_000;

/** Most devices that may be connected without being members. */
const GUESTS_MAX = 8;

export interface AdmissionInit {
  isMember(device: DeviceId): boolean;
  isInviteOpen(): boolean;
  /** All connections with a device. */
  connections(device: DeviceId): readonly Connection[];
  log(level: MeshLogLevel, message: string): void;
}

/**
 * Who may be connected: members always; anyone while an invite is open, as a guest who must become a member
 * within {@link GUEST_TIMEOUT_MS}; and the inviter that this device joins through.
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
    denyDialPeer: (peer) => this.closed || !this.#mayDial(peer),
    denyInboundConnection: () => this.closed,
    denyOutboundConnection: () => this.closed,
    denyInboundEncryptedConnection: (peer) => this.#judge(peer, 'inbound'),
    denyOutboundEncryptedConnection: (peer) => this.#judge(peer, 'outbound'),
  };

  /** May the device be connected now? */
  isWelcome(device: DeviceId): boolean {
    if (this.closed) return false;
    return this.#init.isMember(device) || this.#held.has(device) || this.#init.isInviteOpen();
  }

  /** Welcomes an inviter until the function that is given back is called. */
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

  /** A connection with the device opened or closed: guests are counted, and their time runs. */
  connectionsChanged(peer: PeerId): void {
    const device = deviceOf(peer);
    if (device !== undefined) this.#watch(device);
  }

  /** Forgets every guest's time. */
  stop(): void {
    for (const timer of this.#guests.values()) clearTimeout(timer);
    this.#guests.clear();
  }

  /** True to deny: libp2p's gater asks what to refuse. */
  #judge(peer: PeerId, direction: 'inbound' | 'outbound'): boolean {
    const device = deviceOf(peer);
    const allowed =
      device !== undefined &&
      (direction === 'inbound' ? this.#mayEnter(device) : !this.closed && this.#mayDial(peer));
    if (!allowed) {
      this.#init.log('debug', `refused an ${direction} connection: ${peer} is not a member of this space`);
    }
    return !allowed;
  }

  #mayDial(peer: PeerId): boolean {
    const device = deviceOf(peer);
    return device !== undefined && (this.#init.isMember(device) || this.#held.has(device));
  }

  #mayEnter(device: DeviceId): boolean {
    if (!this.isWelcome(device)) return false;
    if (this.#init.isMember(device) || this.#held.has(device) || this.#guests.has(device)) return true;
    return this.#guests.size < GUESTS_MAX;
  }

  #watch(device: DeviceId): void {
    const isGuest =
      !this.#init.isMember(device) &&
      !this.#held.has(device) &&
      this.#init.connections(device).some(({ status }) => status === 'open');
    const timer = this.#guests.get(device);
    if (isGuest && timer === undefined) {
      this.#guests.set(device, setTimeout(() => this.#expire(device), GUEST_TIMEOUT_MS).unref());
    } else if (!isGuest) {
      clearTimeout(timer);
      this.#guests.delete(device);
    }
  }

  #expire(device: DeviceId): void {
    this.#guests.delete(device);
    if (this.#init.isMember(device) || this.#held.has(device)) return;
    this.#init.log('info', `hung up on ${device}: it did not join within ${GUEST_TIMEOUT_MS / 1_000} s`);
    for (const connection of this.#init.connections(device))
      void hangUp(connection, 'the time to join is over');
  }
}
