import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { FormerMember } from '../../protocol/membership/index.ts';
import type { Revocation, Status } from '../api/index.ts';
import { copiesOf, type Holdings } from './copies.ts';
import type { Device } from './device.ts';
import type { NetworkState } from './network-state.ts';
import { holdingsOf, type Known, peerStatus } from './peer-status.ts';

/** The whole status of a device. */
export const statusOf = (device: Device, network: NetworkState): Status => {
  const { engine } = device.host;
  const { replica } = engine;
  const frontier = [...engine.frontier()];
  const held = new Map(frontier.map(({ origin, seq }) => [origin, seq]));
  const self = device.signer.device;
  const { membership } = engine;
  const { former } = membership;
  const others = knownMembers(device);
  const end = former.get(self);
  return {
    space: device.space,
    spaceName: spaceNameOf(device),
    device: self,
    // Until it has read that it was let in, it knows the name that it has asked for.
    name: membership.get(self)?.name ?? end?.name ?? device.home.file.name,
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
    damagedSegments: device.records.damagedSegments(),
    ...(end !== undefined && { revoked: revocationOf(end) }),
    copies: copiesOf(held, holdingsByDevice(others)),
    ...(engine.rebuilding !== undefined && { rebuilding: engine.rebuilding }),
    running: network.running,
    online: network.online,
    addresses: network.addresses,
    peers: others.map((known) => peerStatus(known, held, network)),
    former: [...former.values()]
      .filter((member) => member.device !== self)
      .map((member) => ({ device: member.device, name: member.name })),
    waiting: [...engine.waiting()].map(({ place, waitsFor }) => ({ ...place, waitsFor })),
    traffic: network.traffic,
  };
};

/** The other members, with what is known of each. */
const knownMembers = ({ host: { engine }, signer, sightings }: Device): readonly Known[] => {
  const states = new Map([...engine.peers()].map((state) => [state.device, state]));
  return [...engine.membership.values()]
    .filter(({ device }) => device !== signer.device)
    .map((member) => ({
      member,
      state: states.get(member.device),
      sighting: sightings.get(member.device),
      strikes: engine.strikes(member.device),
    }));
};

const holdingsByDevice = (others: readonly Known[]): ReadonlyMap<DeviceId, Holdings> =>
  new Map(
    others.flatMap((known) => {
      const holds = holdingsOf(known);
      return holds === undefined ? [] : [[known.member.device, holds] as const];
    }),
  );

/** By which device a former member was revoked, when and why. */
export const revocationOf = (member: FormerMember): Revocation => ({
  by: member.by,
  at: member.revokedMs,
  reason: member.reason ?? null,
  cut: member.cut,
});

/** As the genesis event says. */
const spaceNameOf = ({ host }: Device): string => host.engine.founding.payload.name as string;
