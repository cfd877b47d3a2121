import { describe, expect, it } from 'vitest';
import { CORE_TYPE } from '../../../protocol/event/index.ts';
import { foldMembership, spaceCreated } from '../../../protocol/membership/index.ts';
import { ORIGINS } from '../../support/authored-history.ts';
import { ControlSpace, deviceNamed } from '../../support/control-space.ts';

const at = (log: keyof typeof ORIGINS, seq: number) => ({ origin: ORIGINS[log], seq });

describe('members', () => {
  it('begin with the founder, an admin, by the name it gave itself', () => {
    const { membership } = new ControlSpace();
    const founder = { device: deviceNamed('A'), name: 'first', role: 'admin', since: at('A', 1) };
    expect([...membership.values()]).toEqual([founder]);
    expect([...membership.keys()]).toEqual([deviceNamed('A')]);
    expect(membership.size).toBe(1);
    expect(membership.former.size).toBe(0);
    expect(membership.counts(at('A', 1))).toBe(true);
  });

  it('cannot begin with another event', () => {
    const { history } = new ControlSpace();
    const other = history.append({ log: 'B', type: CORE_TYPE.stateUpdated });
    expect(() => foldMembership(other, [], () => 0)).toThrow(TypeError);
  });

  it('become more by what an admin adds', () => {
    const space = new ControlSpace();
    space.add('A', 'B', 'writer');
    const { membership } = space;
    expect(membership.get(deviceNamed('B'))).toEqual({
      device: deviceNamed('B'),
      name: 'B by A',
      role: 'writer',
      since: at('A', 2),
    });
    expect([membership.counts(at('A', 2)), membership.counts(at('A', 3))]).toEqual([true, false]);
  });

  it("become more by what another of the founder's logs adds, if that has seen the genesis", () => {
    const space = new ControlSpace();
    space.add('E', 'B');
    expect(space.members).toBe('AB');
    const blind = new ControlSpace();
    blind.add('E', 'B', 'admin', { seen: {} });
    expect(blind.members).toBe('A');
  });

  it.each(['writer', 'reader', 'replica'] as const)('do not become more by what a %s adds', (role) => {
    const space = new ControlSpace();
    space.add('A', 'B', role);
    space.add('B', 'C');
    expect(space.members).toBe('AB');
  });

  it('do not become more by what a stranger adds', () => {
    const space = new ControlSpace();
    space.add('C', 'D');
    space.add('C', 'C');
    expect(space.members).toBe('A');
  });

  it('become more by what an added admin adds, and those that it added', () => {
    const space = new ControlSpace();
    space.add('A', 'B');
    space.add('B', 'C');
    space.add('C', 'D', 'reader');
    expect(space.roles).toEqual({ A: 'admin', B: 'admin', C: 'admin', D: 'reader' });
  });

  it('do not become more by what a device added before it had seen that it is an admin', () => {
    const space = new ControlSpace();
    space.add('A', 'B');
    space.add('B', 'C', 'writer', { seen: { A: 1 } });
    expect(space.members).toBe('AB');
    space.add('B', 'C', 'writer');
    expect(space.members).toBe('ABC');
  });

  it('are not changed by an event that cannot be read, nor by a second founding', () => {
    const space = new ControlSpace();
    space.say('A', { type: 'plos.mesh/DeviceBlessed', payload: { device: deviceNamed('B') } });
    space.say('A', spaceCreated({ name: 'x', deviceName: 'y', nonce: 'z' }));
    space.say('C', spaceCreated({ name: 'x', deviceName: 'y', nonce: 'z' }));
    expect(space.members).toBe('A');
    expect(space.membership.get(deviceNamed('A'))?.name).toBe('first');
  });

  it('begin with the genesis, even if the founder is added once more with an early time', () => {
    const space = new ControlSpace();
    space.add('A', 'B');
    space.add('B', 'A', 'admin', { timestamp: 0 });
    expect(space.membership.get(deviceNamed('A'))).toMatchObject({ name: 'A by B', since: at('A', 1) });
  });

  it('are the same when an event is taken twice', () => {
    const space = new ControlSpace();
    space.add('A', 'B');
    space.add('B', 'C');
    space.add('A', 'G', 'reader');
    const raised = space.change('B', 'G', 'writer', { seen: { A: 3 } });
    space.revoke('C', 'B', { B: 1 }, { seen: { A: 3, B: 1 } });
    expect(space.roles).toEqual({ A: 'admin', C: 'admin', G: 'reader' });
    space.history.events.push(raised);
    expect(space.roles).toEqual({ A: 'admin', C: 'admin', G: 'reader' });
  });

  it('may be devices that never write', () => {
    const space = new ControlSpace();
    space.add('A', 'X', 'replica');
    expect(space.roles).toEqual({ A: 'admin', X: 'replica' });
  });
});

describe('the role of a device', () => {
  it('is the one stated last', () => {
    const space = new ControlSpace();
    space.add('A', 'B', 'replica');
    for (const role of ['writer', 'reader', 'admin'] as const) {
      space.change('A', 'B', role);
      expect(space.roles.B).toBe(role);
    }
    space.add('A', 'B', 'writer');
    expect(space.roles.B).toBe('writer');
  });

  it('is the least of those stated concurrently, until one has seen them', () => {
    const space = new ControlSpace();
    space.add('A', 'B');
    space.add('A', 'C', 'writer', { timestamp: 70 });
    space.add('B', 'C', 'admin', { seen: { A: 2 }, timestamp: 60 });
    expect(space.roles.C).toBe('writer');
    space.change('B', 'C', 'replica', { seen: { A: 2 }, timestamp: 1 });
    expect(space.roles.C).toBe('replica');
    space.change('B', 'C', 'admin');
    expect(space.roles.C).toBe('admin');
  });

  it('can be stated by admins alone', () => {
    const space = new ControlSpace();
    space.add('A', 'B', 'writer');
    space.change('B', 'B', 'admin');
    space.change('B', 'A', 'reader');
    expect(space.roles).toEqual({ A: 'admin', B: 'writer' });
  });

  it('of the founder can be lowered too', () => {
    const space = new ControlSpace();
    space.add('A', 'B');
    space.change('B', 'A', 'writer');
    space.add('A', 'C');
    expect(space.roles).toEqual({ A: 'writer', B: 'admin' });
  });

  it('makes no member of a device that nobody has added', () => {
    const space = new ControlSpace();
    space.change('A', 'B', 'writer');
    expect(space.members).toBe('A');
    expect(space.limits('B')).toEqual(['unknown']);
  });
});

describe('a lowered role', () => {
  it('takes the admin’s right away from what the device writes after it', () => {
    const space = new ControlSpace();
    space.add('A', 'B');
    space.change('A', 'B', 'writer');
    space.add('B', 'C');
    expect(space.roles).toEqual({ A: 'admin', B: 'writer' });
  });

  it('takes it away from what the device writes as if it had not seen it, in a log that nobody knows', () => {
    const space = new ControlSpace();
    space.add('A', 'B');
    space.add('B', 'C');
    space.change('A', 'B', 'writer');
    space.add('F', 'D', 'admin', { seen: { A: 2 } });
    expect(space.roles).toEqual({ A: 'admin', B: 'writer', C: 'admin' });
    expect(space.limits('B', 'F')).toEqual(['unlimited', 'unlimited']);
  });

  it('takes it away when an add has lowered it, likewise', () => {
    const space = new ControlSpace();
    space.add('A', 'B');
    space.add('A', 'B', 'writer');
    space.add('F', 'D', 'admin', { seen: { A: 2 } });
    expect(space.roles).toEqual({ A: 'admin', B: 'writer' });
  });

  it('gives it back to what has seen that it was raised again', () => {
    const space = new ControlSpace();
    space.add('A', 'B');
    space.change('A', 'B', 'writer');
    space.change('A', 'B', 'admin');
    space.add('B', 'C');
    space.add('F', 'D', 'admin', { seen: { A: 2 } });
    expect(space.roles).toEqual({ A: 'admin', B: 'admin', C: 'admin' });
  });

  it('gives it back in a new log too, when the device was a reader in between', () => {
    const space = new ControlSpace();
    space.add('A', 'B');
    space.change('A', 'B', 'reader');
    space.change('A', 'B', 'admin');
    space.add('F', 'C');
    expect(space.roles).toEqual({ A: 'admin', B: 'admin', C: 'admin' });
  });

  it('counts for whoever has seen it, even if it did not count by what they had seen', () => {
    const space = new ControlSpace();
    space.add('A', 'B');
    space.add('A', 'C');
    space.add('C', 'D');
    space.add('C', 'G');
    // D lowers G; but B, which is more senior, has revoked D at the same time.
    space.change('D', 'G', 'writer', { seen: { A: 3, C: 2 } });
    space.revoke('B', 'D', {}, { seen: { A: 3, C: 2 } });
    space.add('G', 'X');
    expect(space.roles).toEqual({ A: 'admin', B: 'admin', C: 'admin', G: 'admin', X: 'admin' });
    // The founder undoes what B did.
    space.revoke('A', 'B', { B: 0 });
    expect(space.roles).toEqual({ A: 'admin', C: 'admin', D: 'admin', G: 'writer' });
  });

  it('leaves a writer its own name', () => {
    const space = new ControlSpace();
    space.add('A', 'B');
    space.change('A', 'B', 'writer');
    space.rename('B', 'B', 'mine', { seen: { A: 2 } });
    expect(space.membership.get(deviceNamed('B'))?.name).toBe('mine');
  });

  it('counts for the more senior of two admins that lower each other', () => {
    const space = new ControlSpace();
    space.add('A', 'B');
    space.add('B', 'C');
    space.change('C', 'B', 'writer', { seen: { B: 1 }, timestamp: 1 });
    space.change('B', 'C', 'reader', { seen: {}, timestamp: 9 });
    expect(space.roles).toEqual({ A: 'admin', B: 'admin', C: 'reader' });
  });

  it('counts although it lies beyond the cut of a more junior admin, but a raised one does not', () => {
    const space = new ControlSpace();
    space.add('A', 'B');
    space.add('A', 'G', 'reader');
    space.add('B', 'C');
    space.add('B', 'D');
    space.revoke('C', 'B', { B: 2 }, { seen: { A: 3, B: 2 } });
    space.change('B', 'D', 'writer', { seen: { A: 3 } });
    space.change('B', 'G', 'writer', { seen: { A: 3 } });
    expect(space.roles).toEqual({ A: 'admin', C: 'admin', D: 'writer', G: 'reader' });
    expect(space.limits('B')).toEqual([2]);
  });
});

describe('the name of a device', () => {
  it('is the one stated last, by an admin or by itself', () => {
    const space = new ControlSpace();
    const name = () => space.membership.get(deviceNamed('B'))?.name;
    space.add('A', 'B', 'writer');
    expect(name()).toBe('B by A');
    space.rename('A', 'B', 'laptop');
    expect(name()).toBe('laptop');
    space.rename('B', 'B', 'my laptop', { timestamp: 0 });
    expect(name()).toBe('my laptop');
  });

  it('is, of concurrent ones, the last in the total order', () => {
    const space = new ControlSpace();
    space.add('A', 'B', 'writer');
    space.rename('A', 'B', 'late', { timestamp: 50 });
    space.rename('B', 'B', 'early', { seen: { A: 2 }, timestamp: 40 });
    expect(space.membership.get(deviceNamed('B'))?.name).toBe('late');
  });

  it('is not for other writers to state, nor for readers', () => {
    const space = new ControlSpace();
    space.add('A', 'B', 'writer');
    space.add('A', 'C', 'reader');
    space.rename('B', 'C', 'x');
    space.rename('C', 'C', 'x');
    space.rename('C', 'A', 'x');
    expect([...space.membership.values()].map(({ name }) => name)).toEqual(['first', 'B by A', 'C by A']);
  });
});

describe('a log', () => {
  it('is unknown as long as no valid event has added its device', () => {
    const space = new ControlSpace();
    space.add('A', 'B', 'writer');
    space.add('B', 'C', 'writer');
    const { membership } = space;
    expect(space.limits('A', 'B', 'C')).toEqual(['unlimited', 'unlimited', 'unknown']);
    expect([membership.accepts(ORIGINS.B), membership.accepts(ORIGINS.C)]).toEqual([true, false]);
    expect([membership.excludes(at('B', 9)), membership.excludes(at('C', 1))]).toEqual([false, false]);
  });

  it.each(['reader', 'replica'] as const)('of a %s is not accepted, and nothing of it counts', (role) => {
    const space = new ControlSpace();
    space.add('A', 'B', role);
    expect(space.membership.accepts(ORIGINS.B)).toBe(false);
    expect(space.limits('B')).toEqual([0]);
    expect(space.membership.excludes(at('B', 1))).toBe(true);
  });

  it('of a reader that may write by now counts as a whole', () => {
    const space = new ControlSpace();
    space.add('A', 'B', 'reader');
    space.change('A', 'B', 'writer');
    expect(space.membership.accepts(ORIGINS.B)).toBe(true);
    expect(space.limits('B', 'F')).toEqual(['unlimited', 'unlimited']);
  });

  it('of a writer that only reads by now counts as far as the change says', () => {
    const space = new ControlSpace();
    space.add('A', 'B', 'writer');
    space.write('B', 5);
    space.change('A', 'B', 'reader', { cut: { B: 3 } });
    expect(space.limits('B', 'F')).toEqual([3, 0]);
    expect(space.membership.accepts(ORIGINS.B)).toBe(true);
    expect([space.membership.excludes(at('B', 3)), space.membership.excludes(at('B', 4))]).toEqual([
      false,
      true,
    ]);
  });

  it('counts as far as the change has seen it where the change names no log, also if an add made it', () => {
    for (const lower of ['change', 'add'] as const) {
      const space = new ControlSpace();
      space.add('A', 'B', 'writer');
      space.write('B', 5);
      space[lower]('A', 'B', 'reader');
      expect(space.limits('B', 'F')).toEqual([5, 0]);
    }
  });

  it('that a change has limited stays limited when the device writes again; it goes on in another', () => {
    const space = new ControlSpace();
    space.add('A', 'B', 'writer');
    space.write('B', 5);
    space.change('A', 'B', 'reader');
    space.change('A', 'B', 'writer');
    expect(space.limits('B', 'F')).toEqual([5, 'unlimited']);
    space.write('F', 2);
    space.change('A', 'B', 'replica', { cut: { F: 1 } });
    expect(space.limits('B', 'F')).toEqual([5, 1]);
  });

  it('is limited by the least that several changes leave', () => {
    const space = new ControlSpace();
    space.add('A', 'B', 'writer');
    space.write('B', 5);
    space.change('A', 'B', 'reader', { cut: { B: 2 } });
    space.change('A', 'B', 'replica', { cut: { B: 4 } });
    expect(space.limits('B')).toEqual([2]);
  });

  it('of an admin who became a writer is not limited, whatever cut is stated', () => {
    const space = new ControlSpace();
    space.add('A', 'B');
    space.write('B', 5);
    space.change('A', 'B', 'writer', { cut: { B: 2 } });
    expect(space.limits('B')).toEqual(['unlimited']);
  });
});
