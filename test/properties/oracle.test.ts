import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlacedEvent } from '../../protocol/event/index.ts';
import {
  expectedSwiftly,
  expectedView,
  foldNaively,
  foldSwiftly,
  type SeqByLog,
  unforked,
} from '../../simulations/oracle/index.ts';
import { ORIGINS } from '../support/authored-history.ts';
import { draws, randomHistory, readyOrder, restrictions } from '../support/random-history.ts';
import { MEMBERSHIP_LOGS, MembershipHistory, membershipPlan } from '../support/random-membership.ts';

describe('the swift fold', () => {
  test('says what the one by brute force says, whatever the order of the events', () => {
    const property = fc.property(
      randomHistory({ eventsMax: 40 }),
      draws,
      restrictions(1),
      restrictions(0),
      (events, choices, forks, limits) => {
        const order = readyOrder(events, choices).toReversed();
        expect(foldSwiftly(order, { forks, limits })).toEqual(foldNaively(events, { forks, limits }));
        expect(foldSwiftly(events)).toEqual(foldNaively(events));
      },
    );
    fc.assert(property, { numRuns: 500 });
  });
});

describe('what is expected of a replica', () => {
  /** Part of a history that may lack what it has seen, and forks of logs, but not of the founder's first event. */
  const held = fc.record({
    plan: membershipPlan(14),
    mask: fc.oneof(fc.constant(-1), fc.integer()),
    forks: fc
      .array(fc.tuple(fc.constantFrom(...MEMBERSHIP_LOGS), fc.integer({ min: 2, max: 6 })), { maxLength: 2 })
      .map((some): SeqByLog => Object.fromEntries(some.map(([log, seq]) => [ORIGINS[log], seq]))),
  });

  test('is the same swiftly and by brute force, members and limits included', () => {
    const seen = { limited: 0, former: 0, waiting: 0, forked: 0 };
    const property = fc.property(held, ({ plan, mask, forks }) => {
      const all = new MembershipHistory(plan).events;
      const genesis = all[0] as PlacedEvent;
      const part = all.filter((_, i) => i === 0 || ((mask >> (i % 31)) & 1) === 1);
      const expected = expectedView(genesis, part, forks);
      expect(expectedSwiftly(genesis, part, forks).view).toEqual(expected);
      expect(expectedSwiftly(genesis, part.toReversed(), forks).view).toEqual(expected);
      if (expected.counts.excluded > 0) seen.limited += 1;
      if (Object.keys(expected.membership.former).length > 0) seen.former += 1;
      if (expected.counts.events + expected.counts.excluded < part.length) seen.waiting += 1;
      if (unforked(part, forks).length < part.length) seen.forked += 1;
    });
    fc.assert(property, { numRuns: 500 });
    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(20);
  });
});
