import { describe, expect, test } from 'vitest';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import { circuitTo } from '../../../transports/addresses.ts';
import { DialPlan, type Standing } from '../../../transports/dial-plan.ts';
import { deviceOf } from '../../support/numbered-device.ts';

const [self, a, b, stranger] = [deviceOf(1), deviceOf(2), deviceOf(3), deviceOf(4)];
const at = (port: number, device?: DeviceId): string =>
  `/ip4/10.0.0.1/tcp/${port}${device === undefined ? '' : `/p2p/${device}`}`;

interface World {
  readonly dial?: readonly string[];
  readonly bootstrap?: readonly string[];
  readonly book?: readonly (readonly [DeviceId, readonly string[]])[];
  readonly relays?: readonly DeviceId[];
  readonly canLookUp?: boolean;
}

const world = ({ dial = [], bootstrap = [], book = [], relays = [], canLookUp = false }: World) => {
  const connected = new Map<DeviceId, Standing>();
  const sightings = new Map<DeviceId, readonly string[]>();
  const plan = new DialPlan({
    self,
    dial,
    bootstrap,
    addressBook: { addressesOf: (device) => book.find(([known]) => known === device)?.[1] ?? [] },
    isMember: (device) => device !== stranger,
    members: () => [self, a, b],
    standing: (device) => connected.get(device),
    relays: () => relays,
    canLookUp,
    seenAt: (device) => sightings.get(device) ?? [],
  });
  return { plan, connected, sightings };
};

/** Who is to be dialled. Each of them must also be found by its key. */
const targetsOf = (plan: DialPlan): ReturnType<DialPlan['targets']> => {
  const targets = plan.targets();
  for (const target of targets) expect(plan.target(target.key)).toEqual(target);
  const keys = new Set(targets.map(({ key }) => key));
  for (const key of [self, a, b, stranger].flatMap((device) => plan.keysOf(device))) {
    if (!keys.has(key)) expect(plan.target(key)).toBeUndefined();
  }
  return targets;
};

describe('dial plan', () => {
  test('puts what was seen first, then what is remembered, then what is configured, each once', () => {
    const { plan, sightings } = world({ dial: [at(3, a), at(2, a)], book: [[a, [at(2), at(1)]]] });
    sightings.set(a, [at(1, a)]);
    expect(targetsOf(plan)).toEqual([
      { key: a, device: a, addresses: [at(1, a), at(2, a), at(3, a)], relayed: [] },
    ]);
  });

  test('leaves out who is connected, no member, this device, or without a usable address', () => {
    const book = [
      [a, [at(1)]],
      [b, [at(2)]],
      [self, [at(3)]],
      [stranger, [at(4)]],
    ] as const;
    const { plan, connected } = world({ book });
    connected.set(a, 'direct');
    expect(targetsOf(plan).map(({ key }) => key)).toEqual([b]);
    expect(targetsOf(world({ book: [[b, []]] }).plan)).toEqual([]);
    expect(targetsOf(world({ book: [[b, ['nonsense', at(1, a)]]] }).plan)).toEqual([]);
  });

  test('an address without a device is dialled until it is known who answers there', () => {
    const { plan, connected } = world({ dial: [at(1)] });
    expect(targetsOf(plan)).toEqual([{ key: at(1), addresses: [at(1)], relayed: [] }]);
    plan.answered(at(1), a);
    expect(plan.keysOf(a)).toEqual([a, `${a} directly`, at(1)]);
    connected.set(a, 'direct');
    expect(targetsOf(plan)).toEqual([]);
    connected.clear();
    expect(targetsOf(plan).length).toBe(1);
    plan.answered(at(1), self);
    expect(targetsOf(plan)).toEqual([]);
  });

  test('tries no more than 25 addresses of one device', () => {
    const { plan } = world({ book: [[a, Array.from({ length: 40 }, (_, i) => at(i + 1))]] });
    expect(targetsOf(plan)[0]?.addresses.length).toBe(25);
  });

  test('a member is tried through every relay that is there, after its own addresses', () => {
    const relay = deviceOf(5);
    const { plan } = world({ book: [[a, [at(1)]]], relays: [relay, b] });
    expect(targetsOf(plan)).toEqual([
      { key: a, device: a, addresses: [at(1, a)], relayed: [circuitTo(a, relay), circuitTo(a, b)] },
      // A relay is not reached through itself.
      { key: b, device: b, addresses: [], relayed: [circuitTo(b, relay)] },
    ]);
  });

  test('tries no more than four ways through relays to one device', () => {
    const relays = Array.from({ length: 6 }, (_, i) => deviceOf(10 + i));
    expect(targetsOf(world({ relays }).plan)[0]?.relayed.length).toBe(4);
  });

  test('a relay in a remembered address is turned to, and one in an announcement on the network is not', () => {
    const through = `${at(7, deviceOf(5))}/p2p-circuit/p2p/${a}`;
    const { plan } = world({ book: [[a, [through]]] });
    expect(targetsOf(plan)).toEqual([{ key: a, device: a, addresses: [], relayed: [through] }]);
    const { plan: other, sightings } = world({});
    sightings.set(a, [through]);
    expect(targetsOf(other)).toEqual([]);
  });

  test('a member that is connected through a relay is tried at its own addresses, as a target of its own', () => {
    const { plan, connected } = world({ book: [[a, [at(1)]]], relays: [b] });
    connected.set(a, 'relayed');
    connected.set(b, 'direct');
    expect(targetsOf(plan)).toEqual([
      { key: `${a} directly`, device: a, addresses: [at(1, a)], relayed: [] },
    ]);
  });

  test('members without an address are targets when they can be looked up', () => {
    expect(targetsOf(world({}).plan)).toEqual([]);
    expect(targetsOf(world({ canLookUp: true }).plan)).toEqual([
      { key: a, device: a, addresses: [], relayed: [] },
      { key: b, device: b, addresses: [], relayed: [] },
    ]);
  });

  test('bootstrap addresses are tried while nobody is connected, and again when everybody is lost', () => {
    const { plan, connected } = world({ bootstrap: [at(1, a), at(2)] });
    const keys = () => targetsOf(plan).map(({ key }) => key);
    expect(keys()).toEqual([a, at(2)]);
    connected.set(b, 'relayed');
    expect(keys()).toEqual([]);
    connected.clear();
    plan.answered(at(2), b);
    expect(keys()).toEqual([a, at(2)]);
    expect(plan.keysOf(b)).toContain(at(2));
  });
});
