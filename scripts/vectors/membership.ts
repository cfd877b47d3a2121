import { type EventBody, leafFromEventId, type PlacedEvent } from '../../protocol/event/index.ts';
import { spaceIdFromLeaf } from '../../protocol/manifest/index.ts';
import type { Membership, Role } from '../../protocol/membership/index.ts';
import { type LogName, ORIGINS } from '../../test/support/authored-history.ts';
import { ControlSpace, type DeviceName, deviceNamed } from '../../test/support/control-space.ts';
import { family } from '../../test/support/family.ts';
import { REVOCATIONS, SMALL, type Tell } from './membership-histories.ts';

const DEVICES = ['A', 'B', 'C', 'D', 'G', 'X'] as const satisfies readonly DeviceName[];
const LOGS = Object.keys(ORIGINS) as readonly LogName[];

const nameOf = ({ origin, seq }: Pick<PlacedEvent, 'origin' | 'seq'>): string =>
  `${LOGS.find((log) => ORIGINS[log] === origin)}${seq}`;

const deviceName = (device: string): string => DEVICES.find((name) => deviceNamed(name) === device) ?? device;

const spaceVector = (comment: string, space: ControlSpace, tell: Tell) => {
  tell(space);
  const { events } = space.history;
  const [genesis] = events;
  const leaf = genesis === undefined ? undefined : leafFromEventId(genesis.id);
  if (leaf === undefined) throw new Error('no genesis');
  return {
    comment,
    space: spaceIdFromLeaf(leaf),
    events: events.map((event) => ({ name: nameOf(event), body: bodyOf(event), id: event.id })),
    expected: viewOf(space.membership, events),
  };
};

/** What the record of an event says. */
const bodyOf = ({ id: _, origin: __, seq: ___, ...body }: PlacedEvent): EventBody => body;

const viewOf = (membership: Membership, events: readonly PlacedEvent[]) => {
  const memberView = (member: {
    readonly name: string;
    readonly role: Role;
    readonly since: Pick<PlacedEvent, 'origin' | 'seq'>;
  }) => ({
    name: member.name,
    role: member.role,
    since: nameOf(member.since),
  });
  const limitOf = (log: LogName) => {
    const limit = membership.limit(ORIGINS[log]);
    return limit.type === 'limited' ? limit.seq : limit.type;
  };
  return {
    members: Object.fromEntries(
      [...membership.values()].map((member) => [deviceName(member.device), memberView(member)]),
    ),
    former: Object.fromEntries(
      [...membership.former.values()].map((member) => [
        deviceName(member.device),
        {
          ...memberView(member),
          by: deviceName(member.by),
          reason: member.reason ?? null,
          revokedAt: nameOf(member.revokedAt),
        },
      ]),
    ),
    accepted: LOGS.filter((log) => membership.accepts(ORIGINS[log])),
    limits: Object.fromEntries(LOGS.map((log) => [log, limitOf(log)])),
    counted: events.filter((event) => membership.counts(event)).map(nameOf),
  };
};

export const membershipVectors = () => ({
  comment:
    'Spaces and the membership that their control events make. Each event stands in the log of its name (A1: first event of log A) and has the body and the id that are stated; causes come first, and the first event is the genesis. `devices` and `origins` say what the names stand for: A and E are logs of device A, B and F of device B, and X writes nothing. `expected`: members and former members, by name of the device, `since` and `revokedAt` naming events; the logs that are accepted; how much of each log counts, as a seq, "unlimited" or "unknown"; and the control events that count. Other events count up to the limit of their log.',
  devices: Object.fromEntries(DEVICES.map((name) => [name, deviceNamed(name)])),
  origins: ORIGINS,
  spaces: [
    ...SMALL.map(([comment, tell]) => spaceVector(comment, new ControlSpace(), tell)),
    ...REVOCATIONS.map(([comment, tell]) => spaceVector(comment, family(), tell)),
  ],
});
