import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CausalIndex } from '../../protocol/causality/index.ts';
import type { EngineWork } from '../../protocol/engine/index.ts';
import { deviceOf, type PlacedEvent } from '../../protocol/event/index.ts';
import {
  CONTROL_TYPE,
  isControlType,
  type Membership,
  MembershipFold,
} from '../../protocol/membership/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';
import { viewOfMembership } from '../../simulations/checks/index.ts';
import { memoisedWork } from '../../simulations/memo/index.ts';
import { foldMembershipNaively, pastsOf } from '../../simulations/oracle/index.ts';
import { ORIGINS } from '../support/authored-history.ts';
import { draws, readyOrder } from '../support/random-history.ts';
import {
  anyStep,
  deviceOfLog,
  foundersRevocation,
  givingStep,
  MEMBERSHIP_LOGS,
  MembershipHistory,
  type MembershipPlan,
  membershipPlan,
} from '../support/random-membership.ts';

const LOGS = MEMBERSHIP_LOGS.map((name) => ORIGINS[name]);

type Events = readonly PlacedEvent[];

const historyOf = (plan: MembershipPlan): Events => new MembershipHistory(plan).events;

const plain: EngineWork['foldMembership'] = (genesis, seenSeq) => new MembershipFold(genesis, seenSeq);

/** A replica's way: applies the events in some order, and folds each control event once it is applied. */
const foldInOrder = (genesis: PlacedEvent, order: Events, times = 1, foldOf = plain): Membership => {
  const index = new CausalIndex();
  const fold = foldOf(genesis, (place, origin) => index.seenSeq(place, origin));
  for (const event of order) {
    index.apply(event, event.seen);
    for (let i = 0; i < times && isControlType(event.type); i += 1) fold.take(event);
  }
  return fold.membership;
};

const membershipOf = (events: Events, order = events, times = 1): Membership => {
  const [genesis] = events;
  if (genesis === undefined) throw new Error('no genesis');
  return foldInOrder(genesis, order, times);
};

const view = (membership: Membership, events: Events) => viewOfMembership(membership, LOGS, events);

test('membership is what the definition says, after every event', () => {
  fc.assert(
    fc.property(membershipPlan(10), (plan) => {
      const events = historyOf(plan);
      for (let length = 1; length <= events.length; length += 1) {
        const part = events.slice(0, length);
        expect(view(membershipOf(part), part)).toEqual(foldMembershipNaively(part, LOGS));
      }
    }),
    { numRuns: 400 },
  );
});

test('membership does not depend on the order of arrival, nor on what arrives twice', () => {
  fc.assert(
    fc.property(membershipPlan(12), draws, (plan, choices) => {
      const events = historyOf(plan);
      const expected = view(membershipOf(events), events);
      const order = readyOrder(events, choices);
      expect(view(membershipOf(events, order), events)).toEqual(expected);
      expect(view(membershipOf(events, order, 2), events)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test('replicas that share what they fold tell what others tell, whichever came first', () => {
  fc.assert(
    fc.property(membershipPlan(10), draws, (plan, choices) => {
      const events = historyOf(plan);
      const { foldMembership: shared } = memoisedWork(portableCrypto);
      for (const order of [events, readyOrder(events, choices), events]) {
        for (let length = 1; length <= order.length; length += 1) {
          const part = order.slice(0, length);
          const [one, other] = [shared, plain].map((foldOf) =>
            foldInOrder(events[0] as PlacedEvent, part, 1, foldOf),
          );
          expect(view(one as Membership, part)).toEqual(view(other as Membership, part));
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('a fold tells what the events so far make, and what it told stays', () => {
  fc.assert(
    fc.property(membershipPlan(8), (plan) => {
      const events = historyOf(plan);
      const index = new CausalIndex();
      const fold = new MembershipFold(events[0] as PlacedEvent, (place, log) => index.seenSeq(place, log));
      const taken = events.map((event) => {
        index.apply(event, event.seen);
        fold.take(event);
        return { membership: fold.membership, said: view(fold.membership, events) };
      });
      expect(taken.map(({ said }) => said)).toEqual(
        events.map((_, i) => view(membershipOf(events, events.slice(0, i + 1)), events)),
      );
      for (const { membership, said } of taken) expect(view(membership, events)).toEqual(said);
    }),
    { numRuns: 100 },
  );
});

describe('a revocation that counts', () => {
  test('is not undone by any add, rename or change of role, whatever that has seen', () => {
    const more = fc.array(givingStep, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(membershipPlan(10), more, (plan, steps) => {
        const history = new MembershipHistory(plan);
        const { former } = membershipOf(history.events);
        for (const step of steps) history.say(step);
        const after = membershipOf(history.events);
        expect([...former.keys()].filter((device) => !after.former.has(device))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('is undone by nothing at all if the founder made it, unless the founder takes itself out', () => {
    const more = fc.array(anyStep, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(membershipPlan(10), more, (plan, steps) => {
        const history = new MembershipHistory(plan);
        const { former } = membershipOf(history.events);
        for (const step of steps) history.say(step);
        fc.pre(!history.events.some((event) => isAboutItself(event) && isFounder(deviceOf(event.origin))));
        const after = membershipOf(history.events);
        const settled = [...former.values()].filter(({ by }) => by === deviceOfLog('A'));
        expect(settled.filter(({ device }) => after.has(device))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('keeps what its device says beyond the cut from changing anything, back-dated or not', () => {
    const more = fc.array(fc.oneof(givingStep, anyStep), { minLength: 1, maxLength: 6 });
    fc.assert(
      // Only a removal that is looked at before the revocation could count all the same: none is before the founder's.
      fc.property(membershipPlan(7), foundersRevocation, more, (plan, step, steps) => {
        const history = new MembershipHistory(plan);
        const revocation = history.say(step);
        const before = [...history.events];
        const membership = membershipOf(before);
        const stolen = revocation.payload.device;
        fc.pre(membership.counts(revocation));
        const logs = MEMBERSHIP_LOGS.filter((name) => deviceOfLog(name) === stolen);
        const said = steps.map((next, i) => history.say({ ...next, log: logs[i % logs.length] ?? 'A' }));
        // The cut of a more junior device, which may be lower, does not bind it like that.
        fc.pre(said.every(({ origin, seq }) => seq > leftOf(revocation, origin, before)));
        const after = membershipOf(history.events);
        const result = (of: Membership, events: Events) => ({
          ...view(of, events),
          logs: LOGS.filter((log) => membership.limit(log).type !== 'unknown').map((log) => of.limit(log)),
        });
        expect(result(after, history.events)).toEqual(result(membership, before));
      }),
      { numRuns: 500 },
    );
  });
});

/** Up to where a revocation leaves a log: what it states, or has seen. */
const leftOf = (revocation: PlacedEvent, log: string, events: Events): number => {
  const stated = (revocation.payload.cut as Readonly<Record<string, number>>)[log];
  const seen = [...(pastsOf(events).get(revocation) ?? [])].filter(({ origin }) => origin === log);
  return stated ?? seen.length;
};

const isFounder = (device: string): boolean => device === deviceOfLog('A');

/** Whether a device is about itself: revokes itself, or gives itself a role. */
const isAboutItself = ({ origin, type, payload }: PlacedEvent): boolean =>
  isControlType(type) && payload.device === deviceOf(origin);

test('the histories hold what the rules are about', () => {
  const happened = new Map<string, number>();
  for (const plan of fc.sample(membershipPlan(10), { numRuns: 600, seed: 3 })) {
    for (const what of new Set(happenings(historyOf(plan))))
      happened.set(what, (happened.get(what) ?? 0) + 1);
  }
  const rare = HAPPENINGS.filter((what) => (happened.get(what) ?? 0) < 3);
  expect(rare, `of ${[...happened].join(' ')}`).toEqual([]);
});

const HAPPENINGS = [
  'mutual revocation',
  'revocations in a circle of three',
  'revocation that a more senior device has undone',
  'revocation that counts beyond the cut of a more junior device',
  'device that is added after its revocation',
  'device that revokes itself',
  'founder that is revoked',
  'add beyond a cut',
  'add by a device whose own add is beyond a cut',
  'demotion',
  'control event that a demotion cuts',
  'limit within a log',
] as const;

const happenings = (events: Events): readonly (typeof HAPPENINGS)[number][] => {
  const pasts = pastsOf(events);
  const final = membershipOf(events);
  const sees = (a: PlacedEvent, b: PlacedEvent): boolean => pasts.get(a)?.has(b) === true;
  const subject = ({ payload }: PlacedEvent): unknown => payload.device;
  /** Whether one is about the author of the other, and neither has seen the other. */
  const hits = (a: PlacedEvent, b: PlacedEvent): boolean =>
    subject(a) === deviceOf(b.origin) && !sees(a, b) && !sees(b, a);
  // Those that count for whoever knows no more than what they have seen.
  const meant = events.slice(1).filter((event) => {
    const known = events.filter((other) => other === event || sees(event, other));
    return known.length > 1 && membershipOf(events, known).counts(event);
  });
  const revocations = meant.filter(({ type }) => type === CONTROL_TYPE.deviceRevoked);
  const adds = meant.filter(({ type }) => type === CONTROL_TYPE.deviceAdded);
  const undone = meant.filter((event) => !final.counts(event));
  const happened = {
    'mutual revocation': revocations.some((a) =>
      revocations.some((b) => a !== b && hits(a, b) && hits(b, a)),
    ),
    'revocations in a circle of three': revocations.some((a) =>
      revocations.some(
        (b) =>
          subject(a) !== subject(b) &&
          hits(a, b) &&
          revocations.some((c) => c !== a && hits(b, c) && hits(c, a)),
      ),
    ),
    'revocation that a more senior device has undone': undone.some((event) => revocations.includes(event)),
    'revocation that counts beyond the cut of a more junior device': revocations.some(
      (event) =>
        final.counts(event) &&
        final.former.get(deviceOf(event.origin)) !== undefined &&
        final.excludes(event),
    ),
    'device that is added after its revocation': revocations.some((revocation) =>
      adds.some((add) => subject(add) === subject(revocation) && sees(add, revocation)),
    ),
    'device that revokes itself': revocations.some(isAboutItself),
    'founder that is revoked': final.former.has(deviceOfLog('A')),
    'add beyond a cut': undone.some((event) => adds.includes(event) && final.excludes(event)),
    'add by a device whose own add is beyond a cut': undone.some((event) => {
      const author = deviceOf(event.origin);
      return adds.includes(event) && !final.has(author) && !final.former.has(author);
    }),
    demotion: meant.some(
      (event) =>
        event.type === CONTROL_TYPE.roleChanged && event.payload.role !== 'admin' && final.counts(event),
    ),
    'control event that a demotion cuts': undone.some(
      (event) => final.has(deviceOf(event.origin)) && !final.excludes(event),
    ),
    'limit within a log': LOGS.some((log) => {
      const limit = final.limit(log);
      return limit.type === 'limited' && limit.seq > 0;
    }),
  } satisfies Record<(typeof HAPPENINGS)[number], boolean>;
  return HAPPENINGS.filter((what) => happened[what]);
};
