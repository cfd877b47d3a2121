import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../protocol/bytes/index.ts';
import { CausalIndex } from '../../../protocol/causality/index.ts';
import { type DeviceId, deviceIdFromPublicKey } from '../../../protocol/crypto/index.ts';
import { deviceOf, type PlacedEvent } from '../../../protocol/event/index.ts';
import {
  CONTROL_TYPE,
  deviceAdded,
  foldMembership,
  isLabel,
  type Membership,
  type Role,
  spaceCreated,
} from '../../../protocol/membership/index.ts';
import { AuthoredHistory, type LogName, ORIGINS } from '../../support/authored-history.ts';

const deviceOfLog = (log: LogName): DeviceId => deviceOf(ORIGINS[log]);

const STRANGER = deviceIdFromPublicKey(new Uint8Array(32).fill(9));

/** A history that A founds. What an event has seen is stated; timestamps rise unless one is given. */
class Space {
  readonly history = new AuthoredHistory();
  readonly genesis: PlacedEvent;

  constructor() {
    this.genesis = this.history.append({
      log: 'A',
      ...spaceCreated({ name: 'home', deviceName: 'first', nonce: 'aaaaaaaaaaaaaaaa' }),
    });
  }

  add(
    log: LogName,
    device: DeviceId,
    role: Role,
    stated: { readonly seen?: Partial<Record<LogName, number>>; readonly timestamp?: number } = {},
  ): PlacedEvent {
    return this.history.append({ log, ...deviceAdded({ device, name: `by ${log}`, role }), ...stated });
  }

  say(log: LogName, type: string, payload: JsonObject): PlacedEvent {
    const seen = log === 'A' ? {} : { A: this.history.length('A') };
    return this.history.append({ log, type, payload, seen });
  }

  fold(control: readonly PlacedEvent[] = this.history.events): Membership {
    const index = new CausalIndex();
    for (const event of this.history.events) index.apply(event, event.seen);
    return foldMembership(this.genesis, control, (place, origin) => index.seenSeq(place, origin));
  }

  roles(): Readonly<Record<string, Role>> {
    return Object.fromEntries([...this.fold().values()].map(({ device, role }) => [device, role]));
  }
}

const [A, B, C, D] = (['A', 'B', 'C', 'D'] as const).map(deviceOfLog) as [
  DeviceId,
  DeviceId,
  DeviceId,
  DeviceId,
];

describe('membership', () => {
  it('begins with the founder, an admin, by the name it gave itself', () => {
    const space = new Space();
    const since = { origin: ORIGINS.A, seq: 1 };
    expect([...space.fold().values()]).toEqual([{ device: A, name: 'first', role: 'admin', since }]);
  });

  it('grows by what an admin adds', () => {
    const space = new Space();
    const added = space.add('A', B, 'writer');
    expect(space.fold().get(B)).toEqual({
      device: B,
      name: 'by A',
      role: 'writer',
      since: { origin: added.origin, seq: added.seq },
    });
  });

  it("grows by what an admin adds from another of the founder's logs, if that has seen the genesis", () => {
    const space = new Space();
    space.add('E', B, 'writer', { seen: { A: 1 } });
    expect(space.roles()).toEqual({ [A]: 'admin', [B]: 'writer' });
    const blind = new Space();
    blind.add('E', B, 'writer');
    expect(blind.roles()).toEqual({ [A]: 'admin' });
  });

  it('does not grow by what a writer or a stranger adds', () => {
    const space = new Space();
    space.add('A', B, 'writer');
    space.add('B', C, 'writer', { seen: { A: 2 } });
    space.add('C', D, 'admin', { seen: { A: 2 } });
    expect(space.roles()).toEqual({ [A]: 'admin', [B]: 'writer' });
  });

  it('grows by what an added admin adds, and those that it added', () => {
    const space = new Space();
    space.add('A', B, 'admin');
    space.add('B', C, 'admin', { seen: { A: 2 } });
    space.add('C', D, 'writer', { seen: { B: 1 } });
    expect(space.roles()).toEqual({ [A]: 'admin', [B]: 'admin', [C]: 'admin', [D]: 'writer' });
  });

  it('does not grow by what an admin added before it had seen that it is one', () => {
    const space = new Space();
    space.add('A', B, 'admin');
    space.add('B', C, 'writer', { seen: { A: 1 } });
    expect(space.roles()).toEqual({ [A]: 'admin', [B]: 'admin' });
    space.add('B', C, 'writer', { seen: { A: 2 } });
    expect(space.roles()).toEqual({ [A]: 'admin', [B]: 'admin', [C]: 'writer' });
  });

  it('holds an admin who has seen that it is a writer now to that, and not to what it had not seen', () => {
    const space = new Space();
    space.add('A', B, 'admin');
    space.add('A', B, 'writer');
    space.add('B', C, 'writer', { seen: { A: 2 } });
    space.add('B', D, 'writer', { seen: { A: 3 } });
    expect(space.roles()).toEqual({ [A]: 'admin', [B]: 'writer', [C]: 'writer' });
  });

  it.each<[string, string, JsonObject]>([
    ['an unknown type', 'plos.mesh/DeviceBlessed', { device: B, name: 'b', role: 'admin' }],
    ['an unknown role', CONTROL_TYPE.deviceAdded, { device: B, name: 'b', role: 'owner' }],
    ['no role', CONTROL_TYPE.deviceAdded, { device: B, name: 'b' }],
    ['a role that is no text', CONTROL_TYPE.deviceAdded, { device: B, name: 'b', role: ['admin'] }],
    ['no device', CONTROL_TYPE.deviceAdded, { name: 'b', role: 'writer' }],
    ['a device that is none', CONTROL_TYPE.deviceAdded, { device: 'b', name: 'b', role: 'writer' }],
    ['a log for a device', CONTROL_TYPE.deviceAdded, { device: ORIGINS.B, name: 'b', role: 'writer' }],
    ['an empty name', CONTROL_TYPE.deviceAdded, { device: B, name: '', role: 'writer' }],
    ['a name past the limit', CONTROL_TYPE.deviceAdded, { device: B, name: 'x'.repeat(129), role: 'writer' }],
    ['a name that is no text', CONTROL_TYPE.deviceAdded, { device: B, name: 7, role: 'writer' }],
    [
      'an inherited member',
      CONTROL_TYPE.deviceAdded,
      JSON.parse('{"__proto__":{"role":"admin"}}') as JsonObject,
    ],
    ['nothing', CONTROL_TYPE.deviceAdded, {}],
    ['a second founding', CONTROL_TYPE.spaceCreated, { name: 'x', deviceName: 'y', nonce: 'z' }],
  ])('is not changed by an event with %s', (_, type, payload) => {
    const space = new Space();
    space.add('A', C, 'admin');
    space.say('A', type, payload);
    space.say('C', type, payload);
    expect(space.roles()).toEqual({ [A]: 'admin', [C]: 'admin' });
  });

  it('takes a device that never wrote, under a name at the limit', () => {
    const space = new Space();
    const name = 'x'.repeat(128);
    space.history.append({ log: 'A', ...deviceAdded({ device: STRANGER, name, role: 'writer' }) });
    expect(space.fold().get(STRANGER)?.name).toBe(name);
    expect([isLabel(name), isLabel(`${name}x`), isLabel('')]).toEqual([true, false, false]);
  });
});
