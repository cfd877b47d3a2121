import { describe, expect, test } from 'vitest';
import { CausalIndex } from '../../protocol/causality/index.ts';
import {
  type EventBody,
  encodeRecord,
  eventIdFromLeaf,
  leafHash,
  type Origin,
  type PlacedEvent,
} from '../../protocol/event/index.ts';
import { placeRecord } from '../../protocol/log/index.ts';
import { foldMembership, spaceIdOf } from '../../protocol/membership/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';
import { viewOfMembership } from '../../simulations/checks/index.ts';
import { foldMembershipNaively, type MembershipView } from '../../simulations/oracle/index.ts';
import { readyOrder } from '../support/random-history.ts';
import { readVectors, type Vector } from '../support/read-vectors.ts';

interface MembershipVectors {
  readonly devices: Readonly<Record<string, string>>;
  readonly origins: Readonly<Record<string, Origin>>;
  readonly spaces: readonly (Vector & {
    readonly space: string;
    readonly events: readonly { readonly name: string; readonly body: EventBody; readonly id: string }[];
    readonly expected: NamedView;
  })[];
}

interface NamedMember {
  readonly name: string;
  readonly role: string;
  readonly since: string;
}

interface NamedView {
  readonly members: Readonly<Record<string, NamedMember>>;
  readonly former: Readonly<
    Record<
      string,
      NamedMember & { readonly by: string; readonly reason: string | null; readonly revokedAt: string }
    >
  >;
  readonly accepted: readonly string[];
  readonly limits: Readonly<Record<string, number | string>>;
  readonly counted: readonly string[];
}

const { devices, origins, spaces } = readVectors<MembershipVectors>('membership');

/** What a vector calls something, by what it is called in a membership. */
const namesOf = (of: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(of).map(([name, id]) => [id, name]));

const deviceNames = namesOf(devices);
const logNames = namesOf(origins);
const logs = Object.values(origins);

const placed = ({ name, body }: MembershipVectors['spaces'][number]['events'][number]): PlacedEvent => {
  const origin = origins[name.slice(0, 1)] as Origin;
  const seq = Number(name.slice(1));
  const record = encodeRecord(body);
  const event = placeRecord(
    origin,
    seq,
    eventIdFromLeaf(leafHash(portableCrypto, origin, seq, record)),
    record,
  );
  if (!event.ok) throw new Error(event.fault.message);
  return event.value;
};

const named = (view: MembershipView): NamedView => {
  const device = (id: string): string => deviceNames.get(id) ?? id;
  const event = (place: string): string => {
    const [origin = '', seq] = place.split(' ');
    return `${logNames.get(origin)}${seq}`;
  };
  const log = (id: string): string => logNames.get(id) ?? id;
  const member = ({ name, role, since }: NamedMember): NamedMember => ({ name, role, since: event(since) });
  const mapped = <T, U>(
    of: Readonly<Record<string, T>>,
    name: (id: string) => string,
    change: (value: T) => U,
  ) => Object.fromEntries(Object.entries(of).map(([id, value]) => [name(id), change(value)]));
  return {
    members: mapped(view.members, device, member),
    former: mapped(view.former, device, ({ by, reason, revokedAt, ...of }) => ({
      ...member(of),
      by: device(by),
      reason: reason ?? null,
      revokedAt: event(revokedAt),
    })),
    accepted: logs.filter((id) => view.logs[id]?.accepted).map(log),
    limits: mapped(view.logs, log, ({ limit }) => limit),
    counted: view.counted.map(event).toSorted(),
  };
};

const sorted = (expected: NamedView): NamedView => ({ ...expected, counted: expected.counted.toSorted() });

describe.each(spaces)('$comment', ({ space, events: stated, expected }) => {
  const events = stated.map(placed);
  const [genesis] = events;
  if (genesis === undefined) throw new Error('no genesis');

  test('ids', () => {
    expect(events.map(({ id }) => id)).toEqual(stated.map(({ id }) => id));
    const record = encodeRecord(stated[0]?.body as EventBody);
    expect(spaceIdOf(portableCrypto, { origin: genesis.origin, record })).toBe(space);
  });

  test.each([
    ['in the order of the vector', events],
    ['with the last logs as early as can be', readyOrder(events, [6, 5, 4, 3, 2, 1])],
    ['from log to log', readyOrder(events, [1, 3, 0, 2])],
  ])('the membership, events taken %s', (_, order) => {
    const index = new CausalIndex();
    for (const event of order) index.apply(event, event.seen);
    const membership = foldMembership(genesis, order, (place, origin) => index.seenSeq(place, origin));
    expect(named(viewOfMembership(membership, logs, events))).toEqual(sorted(expected));
  });
});

test.each(spaces)('the same by the naive fold: $comment', ({ events, expected }) => {
  expect(named(foldMembershipNaively(events.map(placed), logs))).toEqual(sorted(expected));
});
