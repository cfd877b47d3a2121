import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { KnownFork, RetirementReason, Strike } from '../../protocol/engine/index.ts';
import type { Origin } from '../../protocol/event/index.ts';
import type { Fault } from '../../protocol/fault/index.ts';
import type { Membership } from '../../protocol/membership/index.ts';

/** Effects that the network performs, and news for whoever runs the device. */
export interface EngineListener {
  send(peer: DeviceId, frame: Uint8Array): void;
  publish(message: Uint8Array): void;
  disconnect(peer: DeviceId, fault: Fault): void;
  membership(membership: Membership): void;
  refused(peer: DeviceId, origin: Origin, fault: Fault): void;
  /** A damaged segment has been restored from what others hold. */
  restored(origin: Origin, segment: number): void;
  /** The store failed: nothing more can be written. */
  failed(error: Error): void;
  /** Two histories of a log are proved. */
  forked(fork: KnownFork): void;
  /** A log of this device is written to no more. */
  retired(origin: Origin, reason: RetirementReason): void;
  /** A fault is held against a peer. */
  strike(strike: Strike): void;
}
