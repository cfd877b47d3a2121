import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { PeerState } from '../../protocol/engine/index.ts';
import type { FormerMember, Member } from '../../protocol/membership/index.ts';
import type { PeerPath } from '../../transports/index.ts';
import type { PeerStatus, Revocation, Status, Traffic } from '../api/index.ts';
import type { Device } from './device.ts';

/** What is known of the network, now. */
export interface NetworkState {
  /** Whether `smo up` is running. */
  readonly running: boolean;
  readonly online: boolean;
  readonly addresses: readonly string[];
  readonly traffic: Traffic;
  /** The way to each connected device. */
  readonly paths: ReadonlyMap<DeviceId, PeerPath>;
  /** Why a device is not connected, where that is known. */
  readonly reasons: ReadonlyMap<DeviceId, string>;
}

/** The state of the network of a device that isn't up. */
export const NOT_RUNNING: NetworkState = {
  running: false,
  online: false,
  addresses: [],
  traffic: { bytesIn: 0, bytesOut: 0 },
  paths: new Map(),
  reasons: new Map(),
};

/** The whole status of a device. */
export const statusOf = (device: Device, network: NetworkState): Status => {
  const { engine } = device.host;
  const { replica } = engine;
  const frontier = [...engine.frontier()];
  const states = new Map([...engine.peers()].map((state) => [state.device, state]));
  const self = device.signer.device;
  const { former } = engine.membership;
  const others = [...engine.membership.values()].filter((member) => member.device !== self);
  const end = former.get(self);
  return {
    space: device.space,
    spaceName: spaceNameOf(device),
    device: self,
    name: device.home.file.name,
    origin: device.origin,
    digest: replica.digest.toHex(),
    frontier: Object.fromEntries(frontier.map(({ origin, seq }) => [origin, seq])),
    events: frontier.reduce((sum, { seq }) => sum + seq, 0),
    excluded: replica.counts.excluded,
    entities: replica.counts.entities,
    openConflicts: replica.counts.openConflicts,
    closedConflicts: replica.counts.closedConflicts,
    segments: frontier.reduce((sum, { segment, sealed }) => sum + segment + (sealed ? 1 : 0), 0),
    retiredLogs: [...engine.retired].map(([origin, reason]) => ({ origin, reason })),
    forkedLogs: [...engine.forks()].map(({ origin, seq }) => ({ origin, seq })),
    ...(end !== undefined && { revoked: revocationOf(end) }),
    running: network.running,
    online: network.online,
    addresses: network.addresses,
    peers: others.map((member) => ({
      ...peerStatus(member, states.get(member.device), network),
      strikes: engine.strikes(member.device),
    })),
    former: [...former.values()]
      .filter((member) => member.device !== self)
      .map((member) => ({ device: member.device, name: member.name })),
    waiting: [...engine.waiting()].map(({ place, waitsFor }) => ({ ...place, waitsFor })),
    traffic: network.traffic,
  };
};

/** By which device a former member was revoked, when and why. */
export const revocationOf = (member: FormerMember): Revocation => ({
  by: member.by,
  at: member.revokedMs,
  reason: member.reason ?? null,
  cut: member.cut,
});

/** As the genesis event says. */
const spaceNameOf = ({ host }: Device): string => host.engine.founding.payload.name as string;

const peerStatus = (
  { device, name, role }: Member,
  state: PeerState | undefined,
  network: NetworkState,
): Omit<PeerStatus, 'strikes'> => {
  const path = network.paths.get(device);
  const reason = reasonOf(device, state, network);
  return {
    device,
    name,
    role,
    connected: path !== undefined,
    path: path?.address ?? null,
    ...(path?.relay !== undefined && { relay: path.relay }),
    lag: state?.lag ?? null,
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
