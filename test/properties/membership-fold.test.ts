import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CausalIndex } from '../../protocol/causality/index.ts';
import { deviceOf, type PlacedEvent } from '../../protocol/event/index.ts';
import { isControlType, type Membership, MembershipFold } from '../../protocol/membership/index.ts';
import { ORIGINS } from '../support/authored-history.ts';
import { viewOfMembership } from '../support/membership-view.ts';
import { foldMembershipNaively } from '../support/naive-membership.ts';
import { draws, readyOrder } from '../support/random-history.ts';
import {
  anyStep,
  givingStep,
  MEMBERSHIP_LOGS,
  MembershipHistory,
  type MembershipPlan,
  membershipPlan,
} from '../support/random-membership.ts';

const LOGS = MEMBERSHIP_LOGS.map((name) => ORIGINS[name]);

/** A replica's way: applies events in this order, and folds each control event once it is applied. */
const foldInOrder = (events: readonly PlacedEvent[], genesis: PlacedEvent, twice = false): Membership => {
  const index = new CausalIndex();
  const fold = new MembershipFold(genesis, (place, origin) => index.seenSeq(place, origin));
  for (const event of events) {
    index.apply(event, event.seen);
    if (!isControlType(event.type)) continue;
    fold.take(event);
    if (twice) fold.take(event);
  }
  return fold.membership;
};

const genesisOf = (events: readonly PlacedEvent[]): PlacedEvent => events[0] as PlacedEvent;

const membershipOf = (events: readonly PlacedEvent[]): Membership => foldInOrder(events, genesisOf(events));

const view = (membership: Membership, events: readonly PlacedEvent[]) =>
  viewOfMembership(membership, LOGS, events);

const historyOf = (plan: MembershipPlan): readonly PlacedEvent[] => new MembershipHistory(plan).events;

describe('membership', () => {
  test('is what the definition says, after every event', () => {
    fc.assert(
      fc.property(membershipPlan(9), (plan) => {
        const events = historyOf(plan);
        for (let length = 1; length <= events.length; length += 1) {
          const part = events.slice(0, length);
          expect(view(membershipOf(part), part)).toEqual(foldMembershipNaively(part, LOGS));
        }
      }),
      { numRuns: 400 },
    );
  });
});
