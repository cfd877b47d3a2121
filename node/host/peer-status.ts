import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { PeerState } from '../../protocol/engine/index.ts';
import type { Member } from '../../protocol/membership/index.ts';
import type { PeerStatus } from '../api/index.ts';
import { type Holdings, lagOf } from './copies.ts';
import type { NetworkState } from './network-state.ts';
import type { Sighting } from './sightings.ts';

/** What is known of a member. */
export interface Known {
  readonly member: Member;
  /** While it is connected. */
  readonly state: PeerState | undefined;
  /** From the last time that it was connected. */
  readonly sighting: Sighting | undefined;
  readonly strikes: number;
}

/** What a member is known to hold, now or when it was last connected. */
export const holdingsOf = ({ state, sighting }: Known): Holdings | undefined =>
  state?.holds ?? sighting?.holds;

/** A member as the status shows it. */
export const peerStatus = (known: Known, held: Holdings, network: NetworkState): PeerStatus => {
  const { device, name, role } = known.member;
  const path = network.paths.get(device);
  const reason = reasonOf(device, known.state, network);
  const holds = holdingsOf(known);
  return {
    device,
    name,
    role,
    connected: path !== undefined,
    path: path?.address ?? null,
    ...(path?.relay !== undefined && { relay: path.relay }),
    lag: holds === undefined ? null : lagOf(held, holds),
    ...(path === undefined && known.sighting !== undefined && { lastSeen: known.sighting.seenMs }),
    strikes: known.strikes,
    ...(reason !== undefined && { reason }),
  };
};

/** Why a peer is not in sync; undefined when it is. */
const reasonOf = (
  device: DeviceId,
  state: PeerState | undefined,
  network: NetworkState,
): string | undefined => {
  if (!network.running) return 'this device is not up';
  if (!network.online) return 'this device is off-line';
  if (!network.paths.has(device)) return network.reasons.get(device) ?? 'not connected';
  if (state === undefined || state.lag === undefined || state.behind === undefined) return 'comparing';
  const [disputed] = state.disputed.values();
  if (disputed !== undefined) return disputed.message;
  if (state.behind > 0) return `${state.behind} of its events are still to come`;
  return state.lag > 0 ? `has not got ${state.lag} of our events yet` : undefined;
};
