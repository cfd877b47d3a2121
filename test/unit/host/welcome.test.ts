import { expect, test } from 'vitest';
import { Welcome } from '../../../node/host/welcome.ts';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import { testLog } from '../../support/test-log.ts';

const [SELF, ADA, BEN, EVE] = [1, 2, 3, 4].map((number) => testLog(number).signer.device) as [
  DeviceId,
  DeviceId,
  DeviceId,
  DeviceId,
];

interface Known {
  readonly members?: readonly DeviceId[];
  readonly former?: readonly DeviceId[];
  readonly recovering?: readonly DeviceId[];
  readonly leaving?: readonly DeviceId[];
  readonly inviter?: DeviceId;
}

const welcome = ({ members = [], former = [], recovering = [], leaving = [], inviter }: Known): Welcome =>
  new Welcome({
    self: SELF,
    inviter,
    recovery: { has: (device) => recovering.includes(device), devices: () => recovering },
    farewells: { has: (device) => leaving.includes(device) },
    membership: () => ({
      has: (device) => members.includes(device),
      keys: () => members,
      former: new Map(former.map((device) => [device, undefined])),
    }),
  });

/** Who may sync, and who is looked for. */
const judged = (known: Known) => {
  const judge = welcome(known);
  return { admitted: [SELF, ADA, BEN, EVE].filter((device) => judge.has(device)), sought: judge.sought() };
};

test('members are let in and looked for, and nobody else is', () => {
  expect(judged({ members: [SELF, ADA] })).toEqual({ admitted: [SELF, ADA], sought: [SELF, ADA] });
});

test('until it knows that it was let in itself, a device knows who did', () => {
  expect(judged({ inviter: ADA })).toEqual({ admitted: [ADA], sought: [ADA] });
  expect(judged({ inviter: ADA, members: [SELF] })).toEqual({ admitted: [SELF], sought: [SELF] });
  expect(judged({ inviter: ADA, former: [SELF] })).toEqual({ admitted: [], sought: [] });
});

test('during a recovery those that were met before are let in and looked for, members or not', () => {
  expect(judged({ members: [SELF], recovering: [ADA, BEN] })).toEqual({
    admitted: [SELF, ADA, BEN],
    sought: [SELF, ADA, BEN],
  });
});

test('who was revoked is never let in again, whatever it was', () => {
  expect(judged({ members: [SELF], former: [EVE], recovering: [EVE] })).toEqual({
    admitted: [SELF],
    sought: [SELF],
  });
});

test('who is still to hear that it was revoked may stay, and is not looked for', () => {
  expect(judged({ members: [SELF], former: [EVE], leaving: [EVE], recovering: [EVE] })).toEqual({
    admitted: [SELF, EVE],
    sought: [SELF],
  });
});
