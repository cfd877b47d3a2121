import type { DeviceId } from '../protocol/crypto/index.ts';
import type { Fault } from '../protocol/fault/index.ts';
import type { GossipVerdict } from '../protocol/sync/index.ts';
import type { ReachOptions } from './reach-options.ts';

/** The way on which a peer is connected. */
export interface PeerPath {
  readonly kind: 'tcp' | 'ws' | 'relay' | 'memory';
  /** The remote end as a multiaddr, without `/p2p/...`. Of an inbound path its port cannot be dialled. */
  readonly address: string;
  readonly direction: 'inbound' | 'outbound';
  /** The device that passes everything on; only with the kind `relay`. */
  readonly relay?: DeviceId;
}

/**
 * Port: the device's own memory of where its peers were. libp2p's peer store forgets addresses after one hour
 * and peers after six (fact 5), so a laptop that slept would forget its mesh.
 */
export interface AddressBook {
  /** Multiaddrs at which a device was met, the most promising first: they are tried in this order. */
  addressesOf(device: DeviceId): readonly string[];
}

/** How much a line of the log matters to a person. */
export type MeshLogLevel = 'debug' | 'info' | 'warn';

/**
 * What the transport asks of its host, and tells it. Apart from `log` and the questions, no call comes from
 * within a call of {@link Mesh}, so a host need not be re-entrant.
 */
export interface MeshHost {
  /** May this device connect and sync now? True for members of the space, and for the inviter while joining. */
  isMember(device: DeviceId): boolean;
  /** Every device that is to be looked for and dialled, perhaps this one too; {@link isMember} is true for them. */
  members(): Iterable<DeviceId>;
  /** Is at least one invite open? Then unknown devices may connect, but only to join. */
  isInviteOpen(): boolean;
  /** The one sync stream with this peer is up. Alternates strictly with {@link onPeerDisconnected}. */
  onPeerConnected(peer: DeviceId, path: PeerPath): void;
  /** The sync stream is gone, for a reason meant for people; with a fault if what the peer sent was no frames. */
  onPeerDisconnected(peer: DeviceId, reason: string, fault?: Fault): void;
  /** One whole frame, length prefix stripped; only between the two calls above. */
  onFrame(peer: DeviceId, frame: Uint8Array): void;
  /** An unknown device wants to join; called only while an invite is open. The host closes the pipe. */
  onJoinRequest(peer: DeviceId, pipe: FramePipe): void;
  /** Addresses of a peer were learnt, the most promising first; they are for the address book. */
  onAddresses(peer: DeviceId, addresses: readonly string[]): void;
  /** One event, in words for people. */
  log(level: MeshLogLevel, message: string): void;
}

/** A stream of frames for a short dialogue with one peer. */
export interface FramePipe {
  readonly peer: DeviceId;
  /**
   * Sends one frame and waits until it was handed on.
   * @throws SmoError `pipe_closed`; RangeError when the frame is too long
   */
  send(frame: Uint8Array): Promise<void>;
  /**
   * The next frame, in order.
   * @throws SmoError `pipe_closed` when no more will come; the signal's reason when it aborts
   */
  receive(options?: { readonly signal?: AbortSignal }): Promise<Uint8Array>;
  /** Sends what is queued and ends the dialogue. Never rejects. */
  close(): Promise<void>;
}

/** A device to join through, as an invite names it. */
export interface JoinTarget {
  readonly device: DeviceId;
  /** Multiaddrs; when empty, or when none answers, the local network is searched by mDNS. */
  readonly addresses: readonly string[];
}

/** Sync frames since the start, all peers together; length prefixes and other protocols are not counted. */
export interface Traffic {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly framesIn: number;
  readonly framesOut: number;
}

/** How a device takes part in gossip (docs/protocol/gossip.md). */
export interface GossipOptions {
  readonly topic: string;
  /**
   * A member has passed on a message. It goes further only after `accept`; the verdict is waited for, so it should
   * come at once.
   */
  onMessage(peer: DeviceId, message: Uint8Array): Promise<GossipVerdict>;
}

export interface MeshOptions {
  /** This device, in whose name its public key is. */
  readonly device: DeviceId;
  /** Raw Ed25519 seed of the device, 32 bytes. */
  readonly privateKey: Uint8Array;
  /**
   * Multiaddrs to listen on, e.g. `/ip4/0.0.0.0/tcp/0` or `/ip4/0.0.0.0/tcp/0/ws`; `/p2p-circuit` alone: be
   * reached through relays only. With none, this device only dials.
   */
  readonly listen: readonly string[];
  /** Multiaddrs that are always tried, with or without `/p2p/<device id>` at their end. */
  readonly dial: readonly string[];
  /** Search the local network under this mDNS service tag, e.g. `_smo-abcdefgh._udp.local`; null: don't. */
  readonly mdns: { readonly serviceTag: string } | null;
  readonly addressBook: AddressBook;
  /**
   * Speak also with devices in this process, without a network, at addresses like `/memory/name`; left out: don't.
   */
  readonly memory?: boolean;
  /** Take part in the gossip of the members; left out: don't. */
  readonly gossip?: GossipOptions;
  /** How to be reached, and to reach others, beyond the local network; see there for what holds without it. */
  readonly reach?: ReachOptions;
  /** Randomness for back-off, from 0 up to 1; `Math.random` when left out. */
  readonly random?: () => number;
}

/** A device's place in the mesh: who is connected, and a way to send them frames. */
export interface Mesh {
  readonly device: DeviceId;
  /**
   * Listens, dials, and searches the local network.
   * @throws SmoError `address_in_use` or `listen_failed`, naming the address; nothing is left running
   */
  start(): Promise<void>;
  /** Hangs up and frees every port; takes less than 3 s whatever the peers do. It cannot be started again. */
  stop(): Promise<void>;
  /** Where this device can be reached: full multiaddrs with `/p2p/<device id>`. */
  addresses(): readonly string[];
  /**
   * Queues a frame on the peer's sync stream, in order; dropped when there is none. A peer that lets more
   * than 4 MiB wait loses its stream.
   * @throws RangeError when the frame is longer than FRAME_BYTES_MAX
   */
  send(peer: DeviceId, frame: Uint8Array): void;
  /** Hands a gossip message to the members that are connected. A hint: it may be lost. */
  publish(message: Uint8Array): void;
  /** Hangs up on a peer. A member is dialled again after a while. */
  disconnect(peer: DeviceId, reason: string): void;
  /** Forgets all back-off and tries the known addresses of every member that isn't connected. */
  redialNow(): void;
  /**
   * To call after a change of membership or invites: hangs up on devices that are no longer welcome, and
   * connects with new members.
   */
  admissionChanged(): void;
  /** Hangs up and refuses everything until {@link resume}: the person's off-line mode. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /**
   * Opens the join dialogue with an inviter. The signal bounds the search and the dial, not the dialogue.
   * @throws SmoError `peer_unreachable`, or `offline` while paused
   */
  openJoin(target: JoinTarget, options: { readonly signal: AbortSignal }): Promise<FramePipe>;
  traffic(): Traffic;
}
