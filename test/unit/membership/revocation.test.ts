import { describe, expect, it } from 'vitest';
import { makeOrigin } from '../../../protocol/event/index.ts';
import { deviceRevoked } from '../../../protocol/membership/index.ts';
import { ORIGINS } from '../../support/authored-history.ts';
import { ControlSpace, deviceNamed } from '../../support/control-space.ts';
import { apart, FAMILY_SEEN, family, seenBy } from '../../support/family.ts';

describe('a revocation', () => {
  it('makes a former member of a device, and tells by whom, why and where', () => {
    const space = family();
    const cut = { [ORIGINS.D]: 7 };
    space.say('A', deviceRevoked({ device: deviceNamed('D'), cut, reason: 'stolen' }));
    expect([space.members, space.former]).toEqual(['ABC', 'D']);
    expect(space.membership.former.get(deviceNamed('D'))).toEqual({
      device: deviceNamed('D'),
      name: 'D by B',
      role: 'admin',
      since: { origin: ORIGINS.B, seq: 1 },
      by: deviceNamed('A'),
      reason: 'stolen',
      cut,
      revokedAt: { origin: ORIGINS.A, seq: 4 },
      revokedMs: 5,
    });
  });

  it.each(['writer', 'reader', 'replica'] as const)('by a %s says nothing', (role) => {
    const space = new ControlSpace();
    space.add('A', 'B', role);
    space.revoke('B', 'A');
    space.revoke('B', 'B');
    expect([space.members, space.former]).toEqual(['AB', '']);
  });

  it('is for ever: neither an add nor a role brings the device back, whoever states it', () => {
    const space = family();
    space.revoke('C', 'D');
    space.add('A', 'D');
    space.change('A', 'D', 'admin');
    space.add('B', 'D', 'writer', { seen: { A: 3 } });
    expect([space.members, space.former]).toEqual(['ABC', 'D']);
    expect(space.limits('D')).toEqual([0]);
  });

  it('of a device that is added concurrently, or only later, counts as well', () => {
    const space = family();
    space.revoke('A', 'G');
    space.add('B', 'G', 'admin', { seen: { A: 3 } });
    space.revoke('A', 'X');
    space.add('A', 'X');
    expect([space.members, space.former]).toEqual(['ABCD', 'GX']);
  });

  it('takes the effect from what the device says after it', () => {
    const space = family();
    space.revoke('A', 'D');
    space.add('D', 'G');
    space.revoke('D', 'B');
    space.rename('D', 'D', 'x');
    expect([space.members, space.former]).toEqual(['ABC', 'D']);
  });

  it('takes it from what the device says beyond the cut as if it had not seen it', () => {
    const space = family();
    space.revoke('A', 'D');
    space.add('D', 'G', 'admin', { seen: FAMILY_SEEN, timestamp: 0 });
    space.revoke('D', 'B', {}, { seen: FAMILY_SEEN, timestamp: 0 });
    expect([space.members, space.former]).toEqual(['ABC', 'D']);
    expect(space.limits('D', 'G')).toEqual([0, 0]);
  });

  it('leaves what stands within the cut, seen or not', () => {
    const space = family();
    space.add('D', 'G', 'writer');
    space.revoke('A', 'D', { D: 2 });
    space.add('D', 'X', 'writer', { seen: FAMILY_SEEN });
    space.rename('D', 'G', 'x', { seen: FAMILY_SEEN });
    expect([space.members, space.former]).toEqual(['ABCGX', 'D']);
    expect(space.membership.get(deviceNamed('G'))?.name).toBe('G by D');
    expect(space.limits('D')).toEqual([2]);
  });

  it('may cut below what its author has seen: what the device added after that is no member', () => {
    const space = family();
    space.add('D', 'G');
    space.add('D', 'X');
    space.add('G', 'X', 'writer');
    space.revoke('A', 'D', { D: 0 });
    expect([space.members, space.former]).toEqual(['ABC', 'D']);
    // Known, accepted and excluded, until somebody adds it who may.
    expect(space.membership.accepts(ORIGINS.G)).toBe(true);
    expect(space.limits('G')).toEqual([0]);
    space.add('A', 'G', 'writer');
    expect(space.members).toBe('ABCG');
    expect(space.limits('G')).toEqual(['unlimited']);
  });

  it('takes the effect from a role that stands beyond the cut, and gives back the one before', () => {
    const space = family();
    space.add('A', 'G', 'writer');
    space.change('D', 'G', 'admin');
    space.add('G', 'X');
    space.revoke('A', 'D', { D: 0 });
    expect(space.roles).toEqual({ A: 'admin', B: 'admin', C: 'admin', G: 'writer' });
  });

  it('limits a log that it names to that, one that it has seen to what it saw, and others to nothing', () => {
    const space = family();
    space.write('B', 4);
    space.write('F', 3);
    space.revoke('A', 'B', { F: 2 });
    const third = makeOrigin(deviceNamed('B'), 'cccccccc');
    expect(space.limits('B', 'F')).toEqual([5, 2]);
    expect(space.membership.limit(third)).toEqual({ type: 'limited', seq: 0 });
    expect(space.membership.excludes({ origin: ORIGINS.F, seq: 3 })).toBe(true);
    expect(space.membership.excludes({ origin: ORIGINS.F, seq: 2 })).toBe(false);
    expect(space.membership.accepts(third)).toBe(true);
  });

  it('may let more count than it has seen', () => {
    const space = family();
    space.revoke('A', 'D', { D: Number.MAX_SAFE_INTEGER });
    space.add('D', 'G', 'writer', { seen: FAMILY_SEEN });
    expect(space.members).toBe('ABCG');
    expect(space.limits('D')).toEqual([Number.MAX_SAFE_INTEGER]);
  });

  it('limits a log to the least that several leave, and is told as the most senior one states it', () => {
    const space = family();
    space.write('D', 9);
    space.revoke('B', 'D', { D: 3 }, { seen: { ...seenBy('B'), D: 9 }, timestamp: 1 });
    space.revoke('A', 'D', { D: 5 }, { seen: { ...seenBy('A'), D: 9 } });
    space.revoke('C', 'D', {}, { seen: { ...FAMILY_SEEN, D: 4 } });
    expect(space.limits('D')).toEqual([3]);
    expect(space.membership.former.get(deviceNamed('D'))).toMatchObject({
      by: deviceNamed('A'),
      cut: { [ORIGINS.D]: 5 },
    });
  });

  it('does not let a log of a reader count again', () => {
    const space = family();
    space.add('A', 'G', 'writer');
    space.write('G', 3);
    space.change('A', 'G', 'reader', { cut: { G: 1 } });
    space.revoke('A', 'G');
    expect(space.limits('G')).toEqual([1]);
  });
});

describe('a device that revokes itself', () => {
  it('is out, and what it had written counts, the revocation included', () => {
    const space = family();
    space.add('B', 'G');
    space.revoke('B', 'B');
    expect([space.members, space.former]).toEqual(['ACDG', 'B']);
    expect(space.limits('B')).toEqual([3]);
    expect(space.membership.counts({ origin: ORIGINS.B, seq: 3 })).toBe(true);
  });

  it('may take its own doings with it', () => {
    const space = family();
    space.revoke('B', 'B', { B: 0 });
    expect([space.members, space.former]).toEqual(['AC', 'B']);
    expect(space.limits('B')).toEqual([0]);
  });
});

describe('a revocation of the founder', () => {
  it('by another admin counts, and what the founder had done stands', () => {
    const space = family();
    space.revoke('D', 'A');
    expect([space.members, space.former]).toEqual(['BCD', 'A']);
    expect(space.membership.former.get(deviceNamed('A'))).toMatchObject({
      name: 'first',
      since: { origin: ORIGINS.A, seq: 1 },
    });
    expect(space.limits('A')).toEqual([3]);
  });

  it('never takes the genesis away', () => {
    const space = new ControlSpace();
    space.add('A', 'B');
    space.add('B', 'C');
    space.revoke('A', 'A', { A: 0 });
    expect([space.members, space.former]).toEqual(['', 'A']);
    expect(space.membership.counts({ origin: ORIGINS.A, seq: 1 })).toBe(true);
  });

  it('that cuts what its own author’s right rests on says nothing, and one that spares it does', () => {
    const space = family();
    space.revoke('D', 'A', { A: 1 });
    expect([space.members, space.former]).toEqual(['ABCD', '']);
    space.revoke('D', 'A', { A: 2 });
    expect([space.members, space.former]).toEqual(['BD', 'A']);
  });
});

describe('concurrent revocations', () => {
  /** Each of these revokes the other's device, or whom it names, without having seen anything of the rest. */
  it.each([
    [1, 9],
    [9, 1],
  ])('of each other: that of the more senior one counts, whatever the clocks say (%i, %i)', (one, other) => {
    const space = family();
    apart(space, 'D', 'B', one);
    apart(space, 'B', 'D', other);
    expect([space.members, space.former]).toEqual(['ABC', 'D']);
  });

  it('of each other, equally far from the founder: that of the one added first', () => {
    const space = family();
    apart(space, 'C', 'B', 1);
    apart(space, 'B', 'C', 9);
    expect([space.members, space.former]).toEqual(['ABD', 'C']);
  });

  it('of the founder and by the founder: the founder stays', () => {
    const space = family();
    apart(space, 'B', 'A', 1);
    apart(space, 'C', 'A', 1);
    apart(space, 'A', 'B', 9);
    expect([space.members, space.former]).toEqual(['CD', 'AB']);
    apart(space, 'A', 'C', 9);
    expect([space.members, space.former]).toEqual(['AD', 'BC']);
  });

  it('in a circle of three: the most senior one counts, then the others as far as they stand', () => {
    const space = family();
    apart(space, 'D', 'B', 1);
    apart(space, 'C', 'D', 1);
    apart(space, 'B', 'C', 9);
    // C's falls with C; D's stands, though B is more senior, since nobody has revoked D then.
    expect([space.members, space.former]).toEqual(['AD', 'BC']);
  });

  it('in a circle of three, the other way round', () => {
    const space = family();
    apart(space, 'B', 'D', 9);
    apart(space, 'D', 'C', 1);
    apart(space, 'C', 'B', 1);
    // D's falls with D, and C's stands.
    expect([space.members, space.former]).toEqual(['AC', 'BD']);
  });

  it('along a chain: each counts whose author nobody more senior has revoked', () => {
    const space = family();
    apart(space, 'A', 'B', 9);
    apart(space, 'B', 'C', 5);
    apart(space, 'C', 'D', 1);
    expect([space.members, space.former]).toEqual(['AC', 'BD']);
  });

  it('that a more junior device’s cut excludes count all the same', () => {
    const space = family();
    apart(space, 'D', 'B', 1);
    apart(space, 'B', 'C', 9);
    expect([space.members, space.former]).toEqual(['AD', 'BC']);
    const place = { origin: ORIGINS.B, seq: 2 };
    expect([space.membership.excludes(place), space.membership.counts(place)]).toEqual([true, true]);
  });

  it('by a device whose own add is beyond a cut do not count, although nobody has revoked it', () => {
    const space = family();
    space.add('B', 'G');
    space.revoke('G', 'C');
    space.revoke('A', 'B', { B: 1 }, { seen: { B: 1 } });
    expect([space.members, space.former]).toEqual(['ACD', 'B']);
  });

  it('by a device that has become an admin only once a more senior removal is looked at count', () => {
    const space = new ControlSpace();
    space.add('A', 'B');
    space.add('A', 'C');
    space.add('A', 'D', 'replica');
    space.change('B', 'D', 'writer', { seen: { A: 4 } });
    space.change('C', 'D', 'admin', { seen: { A: 4 } });
    // Until this counts, D is but a writer and could not have added G.
    space.revoke('A', 'B', { B: 0 });
    space.add('D', 'G');
    space.revoke('G', 'C');
    expect([space.members, space.former]).toEqual(['ADG', 'BC']);
  });

  it('are not decided by an add that comes later, or that is excluded', () => {
    const space = new ControlSpace();
    space.add('A', 'B');
    space.add('B', 'C');
    space.add('B', 'G');
    space.add('G', 'D');
    // C is nearer to the founder than D, and they revoke each other.
    space.revoke('D', 'C', {}, { timestamp: 1 });
    space.revoke('C', 'D', {}, { seen: { A: 2, B: 2, G: 1 } });
    expect([space.members, space.former]).toEqual(['ABCG', 'D']);
    // The founder itself adds D: too late to change what has been decided.
    space.add('A', 'D', 'admin', { timestamp: 0 });
    expect([space.members, space.former]).toEqual(['ABCG', 'D']);
  });

  it('are not decided by an add that is beyond a cut, even if the revocation has seen it', () => {
    const space = new ControlSpace();
    space.add('A', 'B');
    space.add('A', 'C');
    space.add('C', 'G');
    space.add('G', 'D');
    const known = { A: 3, C: 1, G: 1 };
    // The stolen B adds D beyond the cut, and back-dated, to lift it over G.
    space.add('B', 'D', 'admin', { seen: known, timestamp: 0 });
    space.revoke('D', 'G', {}, { seen: { ...known, B: 1 } });
    space.revoke('G', 'D', {}, { seen: { A: 3, C: 1 } });
    expect(space.former).toBe('G');
    space.revoke('A', 'B', { B: 0 }, { seen: { C: 1, G: 1 } });
    expect([space.members, space.former]).toEqual(['ACG', 'BD']);
  });
});

describe('a revocation by a more senior device', () => {
  it('undoes one by cutting the log of its author before it', () => {
    const space = family();
    space.revoke('D', 'C');
    space.revoke('D', 'B');
    expect([space.members, space.former]).toEqual(['AD', 'BC']);
    space.revoke('A', 'D', { D: 1 });
    expect([space.members, space.former]).toEqual(['AB', 'CD']);
  });

  it('leaves it alone if the cut is after it', () => {
    const space = family();
    space.revoke('D', 'C');
    space.revoke('A', 'D');
    expect([space.members, space.former]).toEqual(['AB', 'CD']);
  });

  it('does not make valid again what a device wrote that had seen itself revoked', () => {
    const space = family();
    space.revoke('D', 'C');
    space.add('C', 'G');
    space.revoke('A', 'D', { D: 0 });
    expect([space.members, space.former]).toEqual(['ABC', 'D']);
    expect(space.limits('G')).toEqual(['unknown']);
  });
});
