import { describe, expect, test } from 'vitest';
import { checkDisk, checkHome } from '../../../../node/host/doctor/check-home.ts';
import { checkSetAside, checkWaiting } from '../../../../node/host/doctor/check-logs.ts';
import { checkMember } from '../../../../node/host/doctor/check-member.ts';
import { checkPeers } from '../../../../node/host/doctor/check-peers.ts';
import { checkState } from '../../../../node/host/doctor/check-state.ts';
import { describeRepair } from '../../../../node/host/doctor/describe-repair.ts';
import { byUrgency, type CheckResult, type Finding, finding } from '../../../../node/host/doctor/finding.ts';
import type { Patient } from '../../../../node/host/doctor/patient.ts';
import { repairsFor } from '../../../../node/host/doctor/repairs.ts';
import type { StateImage, WaitingPlace } from '../../../../protocol/engine/index.ts';
import type { Origin } from '../../../../protocol/event/index.ts';
import { STATUS } from '../../cli/fake-host.ts';

const MIB = 1024 * 1024;

const HOME: Patient['home'] = {
  file: undefined,
  home: undefined,
  error: undefined,
  modes: [],
  invites: undefined,
  marker: undefined,
  freeBytes: undefined,
  leftovers: [],
  socket: undefined,
  isRecovering: false,
};

const LOGS: NonNullable<Patient['logs']> = {
  waiting: [],
  forks: [],
  retired: new Map(),
  membership: { type: 'unknown' },
};

const patient = (over: Partial<Patient>): Patient => ({
  dir: '/home',
  env: {},
  nowMs: 0,
  home: HOME,
  givesUp: false,
  records: undefined,
  refusal: undefined,
  state: undefined,
  logs: undefined,
  setAside: [],
  others: [],
  live: undefined,
  ...over,
});

const codes = (result: CheckResult): unknown =>
  Array.isArray(result)
    ? (result as readonly Finding[]).map(({ code, remedy }) => `${code} ${remedy}`)
    : result;

describe('peers', () => {
  const peer = (over: object) => ({
    device: 'd',
    name: 'phone',
    role: 'writer' as const,
    connected: true,
    path: null,
    lag: 0,
    ...over,
  });
  const live = (over: object) => patient({ live: { ...STATUS, ...over } });

  test('are not looked at while the device is not up', () => {
    expect(checkPeers(patient({}))).toEqual({ skipped: expect.stringContaining('smo up') });
  });

  test('are each told with why they are not in sync', () => {
    const result = checkPeers(
      live({
        peers: [
          peer({}),
          peer({ name: 'tv', reason: '3 of its events are still to come' }),
          peer({ name: 'desk', connected: false, reason: 'not connected' }),
        ],
      }),
    );
    expect(codes(result)).toEqual(['peer_behind self', 'peer_away self']);
    expect(result).toMatchObject([
      { message: 'tv is connected and not in sync: 3 of its events are still to come' },
      { message: 'desk is away: not connected' },
    ]);
  });

  test('in sync are named', () => {
    expect(checkPeers(live({ peers: [peer({}), peer({ name: 'tv' })] }))).toBe('in sync with phone, tv');
    expect(checkPeers(live({ peers: [] }))).toBe('there are no other devices yet');
  });

  test('do not talk to a device that was removed', () => {
    const revoked = { by: 'd', at: 0, reason: null, cut: {} };
    expect(
      checkPeers(live({ revoked, peers: [peer({ connected: false, reason: 'not connected' })] })),
    ).toEqual({ skipped: expect.stringContaining('removed') });
  });

  test('cannot be reached while networking is paused', () => {
    expect(codes(checkPeers(live({ online: false })))).toEqual(['offline person']);
  });
});

describe('the membership', () => {
  const of = (membership: NonNullable<Patient['logs']>['membership']) =>
    checkMember(patient({ logs: { ...LOGS, membership } }));

  test('is told with the role', () => {
    expect(of({ type: 'member', role: 'writer' })).toContain('writer');
  });

  test('needs a person when it has ended', () => {
    const result = of({ type: 'revoked', by: 'desk', reason: 'lost' });
    expect(codes(result)).toEqual(['revoked person']);
    expect(result).toMatchObject([{ message: 'this device was removed from its space by desk: lost' }]);
    expect(of({ type: 'revoked', by: 'desk', reason: undefined })).toMatchObject([
      { message: 'this device was removed from its space by desk' },
    ]);
  });

  test('is not known before anything that says so has come, or can be read', () => {
    expect(of({ type: 'unknown' })).toEqual({ skipped: expect.stringContaining('not come yet') });
    expect(checkMember(patient({}))).toEqual({ skipped: expect.any(String) });
  });
});

describe('the disk', () => {
  test.each([
    [100 * MIB - 1, ['disk_low person']],
    [100 * MIB, '100 MiB free, nothing is left over'],
    [undefined, 'nothing is left over'],
  ])('with %d bytes free', (freeBytes, expected) => {
    expect(codes(checkDisk(patient({ home: { ...HOME, freeBytes } })))).toEqual(expected);
  });

  test('a socket is stale only where nobody answered', () => {
    const home = { ...HOME, socket: '/home/control.sock' };
    expect(codes(checkDisk(patient({ home })))).toEqual(['stale_socket self']);
    expect(checkDisk(patient({ home, live: STATUS }))).toBe('nothing is left over');
  });
});

test('a home of another user needs a person, whatever its mode', () => {
  const modes = [{ path: '/home', mode: 0o755, wanted: 0o700, isOwn: false }];
  expect(codes(checkHome(patient({ home: { ...HOME, modes } })))).toEqual(['not_owner person']);
});

test('each kind of waiting has its code', () => {
  const place = { origin: 'a' as Origin, seq: 2 };
  const waiting: readonly WaitingPlace[] = [
    { place, waitsFor: { origin: 'b' as Origin, seq: 7 } },
    { place, waitsFor: place, reason: 'unknown_device' },
    { place, waitsFor: place, reason: 'damaged' },
  ];
  const result = checkWaiting(patient({ logs: { ...LOGS, waiting } }));
  expect(codes(result)).toEqual(['log_waiting self', 'log_unknown self', 'log_unreadable self']);
});

test('what is not in the state yet comes at once where the device is up, and else with its next start', () => {
  const stored = { applied: [['a', 1]], forks: [], meta: {} } as unknown as StateImage;
  const rebuilt = {
    digest: '',
    counts: {},
    applied: new Map([['a' as Origin, 3]]),
    tables: new Map(),
    logs: LOGS,
  };
  const state = {
    faults: [],
    refusal: undefined,
    standing: 'current',
    stored,
    tables: new Map(),
    rebuilt,
    error: undefined,
  } as const;
  const hintOf = (over: Partial<Patient>): readonly string[] =>
    (checkState(patient({ state, ...over } as Partial<Patient>)) as readonly Finding[]).map(
      ({ hint }) => hint,
    );
  expect(hintOf({})).toEqual(['They are applied when the device starts.']);
  expect(hintOf({ live: STATUS })).toEqual(['They are being applied.']);
});

describe('one and many are told apart', () => {
  const messageOf = (result: CheckResult): string => (result as readonly Finding[])[0]?.message ?? '';

  test.each([
    [1, 'holds 1 event of log a that comes next in it'],
    [1234, 'holds 1,234 events of log a that come next in it'],
  ])('in what an old store holds', (next, expected) => {
    const logs = [{ origin: 'a' as Origin, stored: 2000, length: 1, next }];
    expect(messageOf(checkSetAside(patient({ setAside: [{ folder: 'old', logs }] })))).toBe(
      `old ${expected}`,
    );
  });

  test.each([
    [['x', 'y'], 'x, and 1 more fault'],
    [['x', 'y', 'z'], 'x, and 2 more faults'],
  ])('in the faults of the derived state', (faults, expected) => {
    const state = {
      faults,
      refusal: undefined,
      standing: 'none',
      stored: undefined,
      tables: new Map(),
    } as const;
    expect(
      messageOf(checkState(patient({ state: { ...state, rebuilt: undefined, error: undefined } }))),
    ).toBe(expected);
  });
});

describe('repairs', () => {
  const of = (repair: 'records' | 'segments' | 'state') => finding('x', 'y', 'z', repair, 'h');

  test('are made in one order, and a new store marks the damaged segments itself', () => {
    expect(repairsFor([of('state'), of('segments')])).toEqual(['segments', 'state']);
    expect(repairsFor([of('segments'), of('records')])).toEqual(['records']);
    expect(repairsFor([finding('x', 'y', 'z', 'person', 'h')])).toEqual([]);
  });

  test.each(['records', 'state', 'reclaim'] as const)('%s needs a stopped device, and says so', (repair) => {
    expect(describeRepair(repair, patient({ live: STATUS }), []).details).toEqual([
      expect.stringContaining('has to be stopped'),
    ]);
    expect(describeRepair(repair, patient({}), []).details).toBeUndefined();
  });

  test('permissions names what it can change, and nothing else', () => {
    const modes = [
      { path: '/home', mode: 0o755, wanted: 0o700, isOwn: false },
      { path: '/home/device.key', mode: 0o644, wanted: 0o600, isOwn: true },
      { path: '/home/other', mode: 0o600, wanted: 0o600, isOwn: true },
    ];
    expect(describeRepair('permissions', patient({ home: { ...HOME, modes } }), []).message).toBe(
      'takes away the access that others have to /home/device.key',
    );
  });

  test.each(['permissions', 'invites', 'segments'] as const)('%s does not', (repair) => {
    expect(describeRepair(repair, patient({ live: STATUS }), []).details).toBeUndefined();
  });
});

test('findings come by who has to do something, and stay in order within that', () => {
  const all = (['none', 'self', 'state', 'person', 'person'] as const).map((remedy, i) =>
    finding(`c${i}`, 's', 'm', remedy, 'h'),
  );
  expect(byUrgency(all).map(({ code }) => code)).toEqual(['c3', 'c4', 'c2', 'c1', 'c0']);
});
