import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../protocol/bytes/index.ts';
import { deviceOf, makeOrigin } from '../../../protocol/event/index.ts';
import { readControl } from '../../../protocol/membership/control-event.ts';
import {
  CONTROL_TYPE,
  type Cut,
  deviceAdded,
  deviceRenamed,
  deviceRevoked,
  isLabel,
  isRole,
  MEMBERSHIP_LIMITS,
  mayAdminister,
  mayWrite,
  type Role,
  roleChanged,
  spaceCreated,
} from '../../../protocol/membership/index.ts';
import { ORIGINS } from '../../support/authored-history.ts';

const device = deviceOf(ORIGINS.B);
const LABEL = 'x'.repeat(128);

/** A cut of so many logs. */
const wideCut = (logs: number): Cut =>
  Object.fromEntries(
    Array.from({ length: logs }, (_, i) => [
      makeOrigin(
        device,
        [...i.toString(32).padStart(8, '0')].map((digit) => BASE32[Number.parseInt(digit, 32)]).join(''),
      ),
      i,
    ]),
  );
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

describe('a control event', () => {
  it.each([
    [
      spaceCreated({ name: LABEL, deviceName: 'd', nonce: 'n' }),
      { type: 'space-created', name: LABEL, deviceName: 'd' },
    ],
    [
      deviceAdded({ device, name: LABEL, role: 'replica' }),
      { type: 'device-added', device, name: LABEL, role: 'replica' },
    ],
    [deviceRevoked({ device, cut: {} }), { type: 'device-revoked', device, cut: {} }],
    [
      deviceRevoked({ device, cut: { [ORIGINS.B]: 0, [ORIGINS.F]: Number.MAX_SAFE_INTEGER }, reason: LABEL }),
      {
        type: 'device-revoked',
        device,
        cut: { [ORIGINS.B]: 0, [ORIGINS.F]: Number.MAX_SAFE_INTEGER },
        reason: LABEL,
      },
    ],
    [deviceRevoked({ device, cut: wideCut(1024) }), { type: 'device-revoked', device, cut: wideCut(1024) }],
    [deviceRenamed({ device, name: 'n' }), { type: 'device-renamed', device, name: 'n' }],
    [roleChanged({ device, role: 'admin' }), { type: 'role-changed', device, role: 'admin', cut: {} }],
    [
      roleChanged({ device, role: 'reader', cut: { [ORIGINS.B]: 7 } }),
      { type: 'role-changed', device, role: 'reader', cut: { [ORIGINS.B]: 7 } },
    ],
  ])('is read as it was drafted: %j', (draft, statement) => {
    expect(draft.entityId).toBe('space');
    expect(readControl(draft)).toEqual({ ok: true, value: statement });
  });

  it('may hold more than is known of it', () => {
    const { type, payload } = deviceRenamed({ device, name: 'n' });
    expect(readControl({ type, payload: { ...payload, colour: 'red', cut: 'x' } }).ok).toBe(true);
  });

  const added = { device, name: 'b', role: 'writer' };
  const revoked = { device, cut: {} };
  const changed = { device, role: 'reader' };
  it.each<[string, string, JsonObject]>([
    ['an unknown type', 'plos.mesh/DeviceBlessed', added],
    ['a space without a name', CONTROL_TYPE.spaceCreated, { deviceName: 'd', nonce: 'n' }],
    ['a founder without a name', CONTROL_TYPE.spaceCreated, { name: 'n', nonce: 'n' }],
    ['an unknown role', CONTROL_TYPE.deviceAdded, { ...added, role: 'owner' }],
    ['no role', CONTROL_TYPE.deviceAdded, { device, name: 'b' }],
    ['a role that is no text', CONTROL_TYPE.deviceAdded, { ...added, role: ['admin'] }],
    ['no device', CONTROL_TYPE.deviceAdded, { name: 'b', role: 'writer' }],
    ['a device that is none', CONTROL_TYPE.deviceAdded, { ...added, device: 'b' }],
    ['a log for a device', CONTROL_TYPE.deviceAdded, { ...added, device: ORIGINS.B }],
    ['an empty name', CONTROL_TYPE.deviceAdded, { ...added, name: '' }],
    ['a name past the limit', CONTROL_TYPE.deviceAdded, { ...added, name: `${LABEL}x` }],
    ['a name that is no text', CONTROL_TYPE.deviceAdded, { ...added, name: 7 }],
    [
      'an inherited member',
      CONTROL_TYPE.deviceAdded,
      JSON.parse('{"__proto__":{"role":"admin"}}') as JsonObject,
    ],
    ['nothing', CONTROL_TYPE.deviceAdded, {}],
    ['a new name that is none', CONTROL_TYPE.deviceRenamed, { device, name: '' }],
    ['a rename of nobody', CONTROL_TYPE.deviceRenamed, { name: 'n' }],
    ['no cut', CONTROL_TYPE.deviceRevoked, { device }],
    ['a cut that is a list', CONTROL_TYPE.deviceRevoked, { ...revoked, cut: [] }],
    ['a cut of what is no log', CONTROL_TYPE.deviceRevoked, { ...revoked, cut: { [device]: 1 } }],
    ["a cut of another device's log", CONTROL_TYPE.deviceRevoked, { ...revoked, cut: { [ORIGINS.C]: 1 } }],
    ['a cut below 0', CONTROL_TYPE.deviceRevoked, { ...revoked, cut: { [ORIGINS.B]: -1 } }],
    ['a cut within an event', CONTROL_TYPE.deviceRevoked, { ...revoked, cut: { [ORIGINS.B]: 0.5 } }],
    ['a cut that is no number', CONTROL_TYPE.deviceRevoked, { ...revoked, cut: { [ORIGINS.B]: '1' } }],
    ['a cut of a log too many', CONTROL_TYPE.deviceRevoked, { ...revoked, cut: wideCut(1025) }],
    [
      'a cut with a strange member',
      CONTROL_TYPE.deviceRevoked,
      { ...revoked, cut: JSON.parse('{"__proto__":1}') },
    ],
    ['an empty reason', CONTROL_TYPE.deviceRevoked, { ...revoked, reason: '' }],
    ['a reason past the limit', CONTROL_TYPE.deviceRevoked, { ...revoked, reason: `${LABEL}x` }],
    ['a reason that is null', CONTROL_TYPE.deviceRevoked, { ...revoked, reason: null }],
    ['a change to no role', CONTROL_TYPE.roleChanged, { device }],
    ['a change with a cut that is null', CONTROL_TYPE.roleChanged, { ...changed, cut: null }],
    ["a change with another device's log", CONTROL_TYPE.roleChanged, { ...changed, cut: { [ORIGINS.A]: 1 } }],
  ])('with %s is not read', (_, type, payload) => {
    expect(readControl({ type, payload })).toMatchObject({ ok: false, fault: { code: 'bad_control_event' } });
  });

  it('that others could not read is not drafted', () => {
    const cut = { [ORIGINS.C]: 1 };
    expect(() => deviceRevoked({ device, cut })).toThrow(TypeError);
    expect(() => deviceRevoked({ device, cut: {}, reason: `${LABEL}x` })).toThrow(TypeError);
    expect(() => deviceRenamed({ device, name: '' })).toThrow(TypeError);
    expect(() => roleChanged({ device, role: 'reader', cut })).toThrow(TypeError);
  });
});

describe('a label', () => {
  it('is a text of 1 to 128 code units', () => {
    expect([LABEL, `${LABEL}x`, '', 7, undefined].map(isLabel)).toEqual([true, false, false, false, false]);
    expect(MEMBERSHIP_LIMITS.labelUnitsMax).toBe(128);
  });
});

describe('a role', () => {
  it.each<[Role, boolean, boolean]>([
    ['admin', true, true],
    ['writer', true, false],
    ['reader', false, false],
    ['replica', false, false],
  ])('%s: writes %s, administers %s', (role, writes, administers) => {
    expect([isRole(role), mayWrite(role), mayAdminister(role)]).toEqual([true, writes, administers]);
  });

  it('is none of these', () => {
    expect(['owner', 'Admin', '', ['admin'], undefined].map(isRole)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
