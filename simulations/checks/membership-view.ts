import type { Origin, PlacedEvent } from '../../protocol/event/index.ts';
import type { FormerMember, Member, Membership } from '../../protocol/membership/index.ts';
import type { MembershipView } from '../oracle/index.ts';

/** All that a membership says of devices, of some logs and of some events. */
export const viewOfMembership = (
  membership: Membership,
  logs: readonly Origin[],
  events: readonly PlacedEvent[],
): MembershipView => ({
  members: Object.fromEntries([...membership.values()].map((member) => [member.device, memberView(member)])),
  former: Object.fromEntries([...membership.former].map(([device, former]) => [device, formerView(former)])),
  logs: Object.fromEntries(
    logs.map((log) => {
      const limit = membership.limit(log);
      return [
        log,
        { accepted: membership.accepts(log), limit: limit.type === 'limited' ? limit.seq : limit.type },
      ];
    }),
  ),
  counted: events
    .filter((event) => membership.counts(event))
    .map(placeText)
    .toSorted(),
});

const memberView = ({ name, role, since }: Member) => ({ name, role, since: placeText(since) });

const formerView = (former: FormerMember) => ({
  ...memberView(former),
  by: former.by,
  reason: former.reason,
  cut: former.cut,
  revokedAt: placeText(former.revokedAt),
});

const placeText = ({ origin, seq }: { readonly origin: string; readonly seq: number }): string =>
  `${origin} ${seq}`;
