import type { JsonObject } from '../../protocol/bytes/index.ts';
import { CONTROL_TYPE } from '../../protocol/membership/index.ts';
import { ORIGINS } from '../../test/support/authored-history.ts';
import { type ControlSpace, deviceNamed } from '../../test/support/control-space.ts';
import { apart, family, seenBy } from '../../test/support/family.ts';

/** What happens in a space. */
export type Tell = (space: ControlSpace) => void;

/** What happens in spaces that have a founder and nothing else. */
export const SMALL: readonly (readonly [comment: string, tell: Tell])[] = [
  ['a founder is an admin', () => undefined],
  [
    'each role; readers and replicas write nothing that counts, and nothing of them is accepted',
    (space) => {
      for (const [device, role] of [
        ['B', 'admin'],
        ['C', 'writer'],
        ['D', 'reader'],
        ['G', 'replica'],
      ] as const) {
        space.add('A', device, role);
      }
    },
  ],
  [
    'a writer may rename itself, and nothing else; B3 to B6 are not valid',
    (space) => {
      space.add('A', 'B', 'writer');
      space.write('B');
      space.rename('B', 'B', 'mine');
      space.add('B', 'C');
      space.rename('B', 'A', 'x');
      space.change('B', 'B', 'admin');
      space.revoke('B', 'A');
    },
  ],
  [
    'an event that has not seen the add of its author is not valid, however late it is',
    (space) => {
      space.add('A', 'B');
      space.add('B', 'C', 'writer', { seen: {}, timestamp: 99 });
      space.add('B', 'D', 'writer', { seen: { A: 2 } });
    },
  ],
  [
    'what cannot be read says nothing: A2 to A13. A14 can be read',
    (space) => {
      const device = deviceNamed('B');
      const added = (payload: JsonObject) =>
        space.say('A', {
          type: CONTROL_TYPE.deviceAdded,
          payload: { device, name: 'b', role: 'writer', ...payload },
        });
      added({ role: 'king' });
      added({ name: '' });
      added({ name: 'x'.repeat(129) });
      added({ name: null });
      added({ device: 'B' });
      added({ device: null });
      const revoked = (payload: JsonObject) =>
        space.say('A', { type: CONTROL_TYPE.deviceRevoked, payload: { device, cut: {}, ...payload } });
      revoked({ cut: null });
      revoked({ cut: { [ORIGINS.C]: 1 } });
      revoked({ cut: { [ORIGINS.B]: -1 } });
      revoked({ reason: '' });
      space.say('A', { type: 'plos.mesh/DeviceForgotten', payload: { device } });
      space.say('A', {
        type: CONTROL_TYPE.spaceCreated,
        payload: { name: 'second', deviceName: 'other', nonce: 'aaaaaaaaaaaaaaaa' },
      });
      added({ name: 'x'.repeat(128), more: [1] });
    },
  ],
  [
    'of concurrent names the last in total order stands, and a name that has seen it replaces it',
    (space) => {
      space.add('A', 'B');
      space.add('A', 'C', 'writer');
      space.rename('B', 'C', 'by B', { seen: { A: 3 }, timestamp: 9 });
      space.rename('A', 'C', 'by A', { seen: {}, timestamp: 8 });
      space.rename('A', 'B', 'second', { seen: {}, timestamp: 7 });
      space.rename('B', 'B', 'third', { seen: { A: 5 }, timestamp: 1 });
    },
  ],
  [
    'of concurrent roles the least stands, whatever the clocks say',
    (space) => {
      space.add('A', 'B');
      space.add('A', 'C', 'writer');
      space.change('B', 'C', 'admin', { seen: { A: 3 }, timestamp: 9 });
      space.change('A', 'C', 'reader', { seen: {}, timestamp: 1 });
    },
  ],
  [
    'a role that has seen the lower one replaces it; the log stays limited, and a new one of the device is not',
    (space) => {
      space.add('A', 'B', 'writer');
      space.write('B', 4);
      space.change('A', 'B', 'reader');
      space.write('B', 2);
      space.change('A', 'B', 'writer');
      space.write('F', 2);
    },
  ],
  [
    'a demotion may cut below what it has seen; a log that it does not know is silent only while its device is',
    (space) => {
      space.add('A', 'B', 'writer');
      space.write('B', 4);
      space.change('A', 'B', 'reader', { cut: { B: 2 } });
      space.write('F', 2);
    },
  ],
  [
    'a demotion to writer takes the effect of what is concurrent with it, back-dated or not, but for the own name',
    (space) => {
      space.add('A', 'B');
      space.add('B', 'C', 'writer');
      space.change('A', 'B', 'writer');
      space.add('B', 'D', 'writer', { seen: { A: 2 }, timestamp: 0 });
      space.rename('B', 'B', 'mine', { seen: { A: 2 }, timestamp: 0 });
    },
  ],
  [
    'to add a device again as a writer demotes it: its add that has not seen this does not count',
    (space) => {
      space.add('A', 'B');
      space.add('A', 'B', 'writer');
      space.add('B', 'C', 'writer', { seen: { A: 2 } });
    },
  ],
  [
    'an admin that demotes itself',
    (space) => {
      space.add('A', 'B');
      space.add('B', 'C', 'writer');
      space.change('B', 'B', 'reader');
    },
  ],
  [
    'a device whose add has lost its effect is known and accepted, no member, and nothing of it counts',
    (space) => {
      space.add('A', 'B');
      space.add('B', 'C');
      space.add('C', 'D', 'writer');
      space.revoke('A', 'B', { B: 0 });
    },
  ],
  [
    'no device is more senior for an add that is beyond a cut',
    (space) => {
      space.add('A', 'B');
      space.add('A', 'C');
      space.add('C', 'G');
      space.add('G', 'D');
      space.add('B', 'D', 'admin', { seen: { A: 3, C: 1, G: 1 }, timestamp: 0 });
      space.revoke('D', 'G', {}, { seen: { A: 3, B: 1, C: 1, G: 1 } });
      space.revoke('G', 'D', {}, { seen: { A: 3, C: 1 } });
      space.revoke('A', 'B', { B: 0 }, { seen: { C: 1, G: 1 } });
    },
  ],
  [
    'a removal that would take its author the right to state it is not valid: D1; D2 leaves the add of D',
    (space) => {
      space.add('A', 'B');
      space.add('B', 'D');
      space.revoke('D', 'B', { B: 0 });
      space.revoke('D', 'B', { B: 1 });
    },
  ],
  [
    'a revoked founder: nothing takes the genesis away',
    (space) => {
      space.add('A', 'B');
      space.revoke('A', 'A', { A: 0 });
    },
  ],
];

/** What happens in the {@link family}. */
export const REVOCATIONS: readonly (readonly [comment: string, tell: Tell])[] = [
  [
    'a revocation limits a log that it names to that, one that it has seen to what it saw, others to nothing',
    (space) => {
      space.write('D', 3);
      space.write('B', 2);
      space.write('F', 4);
      space.revoke('A', 'B', { F: 2 });
      space.revoke('A', 'D');
      space.write('D', 2);
    },
  ],
  [
    'a back-dated event beyond the cut has no effect, as if it had not seen the revocation either',
    (space) => {
      space.revoke('A', 'D');
      space.add('D', 'G', 'admin', { seen: seenBy('D'), timestamp: 0 });
      space.revoke('D', 'B', {}, { seen: seenBy('D'), timestamp: 0 });
    },
  ],
  [
    'what stands within the cut keeps its effect, though the revocation has not seen it',
    (space) => {
      space.add('D', 'G', 'writer', { seen: seenBy('D') });
      space.revoke('A', 'D', { D: 2 }, { seen: seenBy('A') });
      space.rename('D', 'G', 'within', { seen: seenBy('D') });
      space.rename('D', 'G', 'beyond', { seen: seenBy('D') });
    },
  ],
  [
    'neither an add nor a role brings a revoked device back',
    (space) => {
      space.revoke('C', 'D');
      space.add('A', 'D');
      space.change('A', 'D', 'admin');
      space.add('B', 'D', 'writer', { seen: { A: 3 } });
    },
  ],
  [
    'a device is revoked that is added concurrently, or only later',
    (space) => {
      space.revoke('A', 'G');
      space.add('B', 'G', 'admin', { seen: { A: 3 } });
      space.revoke('A', 'X');
      space.add('A', 'X');
    },
  ],
  [
    'two revoke each other: that of the more senior counts, though its clock is behind',
    (space) => {
      apart(space, 'D', 'B', 9);
      apart(space, 'B', 'D', 1);
    },
  ],
  [
    'two revoke each other: that of the more senior counts, though its clock is ahead',
    (space) => {
      apart(space, 'D', 'B', 1);
      apart(space, 'B', 'D', 9);
    },
  ],
  [
    'two that are equally far from the founder revoke each other: the one whose add is first in total order stays',
    (space) => {
      apart(space, 'C', 'B', 1);
      apart(space, 'B', 'C', 9);
    },
  ],
  [
    'the founder and two others revoke each other',
    (space) => {
      apart(space, 'B', 'A', 1);
      apart(space, 'C', 'A', 1);
      apart(space, 'A', 'B', 9);
    },
  ],
  [
    'three in a circle: B2 counts first, takes C1 its effect, and D1 stands',
    (space) => {
      apart(space, 'D', 'B', 1);
      apart(space, 'C', 'D', 1);
      apart(space, 'B', 'C', 9);
    },
  ],
  [
    'a revocation counts that the cut of a more junior device excludes: B2',
    (space) => {
      apart(space, 'D', 'B', 1);
      apart(space, 'B', 'C', 9);
    },
  ],
  [
    'a more senior revocation undoes those that are beyond its cut: D2, so B is a member again, and not D1',
    (space) => {
      space.revoke('D', 'C');
      space.revoke('D', 'B');
      space.revoke('A', 'D', { D: 1 });
    },
  ],
  [
    'several revocations: the least cut counts, and the most senior one is told',
    (space) => {
      space.write('D', 9);
      space.revoke('B', 'D', { D: 3 }, { seen: { A: 3, D: 9 }, timestamp: 1 });
      space.say('A', {
        type: CONTROL_TYPE.deviceRevoked,
        payload: { device: deviceNamed('D'), cut: { [ORIGINS.D]: 5 }, reason: 'lost' },
      });
      space.revoke('C', 'D', {}, { seen: { A: 3, B: 1, D: 4 } });
    },
  ],
  [
    'a device that revokes itself; what it had done stays',
    (space) => {
      space.add('B', 'G', 'writer');
      space.revoke('B', 'B');
      space.add('B', 'X');
    },
  ],
  [
    'a founder that is revoked: what it had done stays, what it does later has no effect, back-dated or not',
    (space) => {
      space.revoke('D', 'A');
      space.add('A', 'G', 'admin', { seen: { B: 1 }, timestamp: 0 });
      space.add('C', 'X', 'writer');
    },
  ],
  [
    'a founder that is revoked and, without knowing, revokes a third one: both are out',
    (space) => {
      apart(space, 'D', 'A', 1);
      apart(space, 'A', 'B', 9);
    },
  ],
  [
    'devices whose adds are cut with the one that made them',
    (space) => {
      space.add('B', 'G');
      space.add('G', 'X');
      space.revoke('A', 'B', { B: 0 });
    },
  ],
  [
    'a founder that is revoked and, without knowing, revokes who did it: the founder stays',
    (space) => {
      apart(space, 'D', 'A', 1);
      apart(space, 'A', 'D', 9);
    },
  ],
  [
    'a device that does not know that it is revoked goes on in a second log: nothing of that counts',
    (space) => {
      space.revoke('A', 'B');
      space.say(
        'F',
        { type: CONTROL_TYPE.deviceAdded, payload: { device: deviceNamed('X'), name: 'x', role: 'writer' } },
        { seen: { A: 3, B: 1 } },
      );
    },
  ],
];
