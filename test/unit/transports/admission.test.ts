import type { Connection, MultiaddrConnection, PeerId } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import { multiaddr } from '@multiformats/multiaddr';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import { circuitTo } from '../../../transports/addresses.ts';
import { Admission } from '../../../transports/admission.ts';
import { deviceOf } from '../../support/numbered-device.ts';

const JOIN_TIMEOUT_MS = 30_000;
const [member, guest, inviter] = [deviceOf(1), deviceOf(2), deviceOf(3)];
const socket = {} as MultiaddrConnection;
/** The id of an RSA key: a libp2p peer, but no device. */
const rsa = peerIdFromString('QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC');

const world = ({ relays = false } = {}) => {
  /** Open connections, each with the relay that it goes through. */
  const open = new Map<DeviceId, DeviceId | undefined>();
  const hungUp: DeviceId[] = [];
  const state = { invite: false, members: new Set<DeviceId>([member]) };
  const connection = (device: DeviceId): Connection =>
    ({
      status: 'open',
      remotePeer: peerIdFromString(device),
      remoteAddr: multiaddr(addressOf(device, open.get(device))),
      close: async () => {
        open.delete(device);
        hungUp.push(device);
      },
    }) as unknown as Connection;
  const admission = new Admission({
    isMember: (device) => state.members.has(device),
    isInviteOpen: () => state.invite,
    connections: (device) => (open.has(device) ? [connection(device)] : []),
    relays,
    behind: (relay) => [...open].filter(([, through]) => through === relay).map(([device]) => device),
    log() {},
  });
  const enters = (device: DeviceId | PeerId): boolean => {
    const peer = typeof device === 'string' ? peerIdFromString(device) : device;
    return admission.gater.denyInboundEncryptedConnection?.(peer, socket) === false;
  };
  const dials = (device: DeviceId): boolean => {
    const peer = peerIdFromString(device);
    const before = admission.gater.denyDialPeer?.(peer);
    expect(admission.gater.denyOutboundEncryptedConnection?.(peer, socket)).toBe(before);
    return before === false;
  };
  const connect = (device: DeviceId, relay?: DeviceId): void => {
    open.set(device, relay);
    admission.connectionsChanged(connection(device));
  };
  const disconnect = (device: DeviceId): void => {
    const closed = connection(device);
    open.delete(device);
    admission.connectionsChanged(closed);
  };
  /** Whether this device, as a relay, gives a place to a device. */
  const places = (device: DeviceId): boolean =>
    admission.gater.denyInboundRelayReservation?.(peerIdFromString(device)) === false;
  /** Whether this device, as a relay, passes one device on to another. */
  const passesOn = (from: DeviceId, to: DeviceId): boolean =>
    admission.gater.denyOutboundRelayedConnection?.(peerIdFromString(from), peerIdFromString(to)) === false;
  /** Whether this device takes a connection that a relay says is of somebody. */
  const takes = (relay: DeviceId, from: DeviceId): boolean =>
    admission.gater.denyInboundRelayedConnection?.(peerIdFromString(relay), peerIdFromString(from)) === false;
  return { admission, state, hungUp, enters, dials, connect, disconnect, places, passesOn, takes };
};

const addressOf = (device: DeviceId, relay: DeviceId | undefined): string =>
  relay === undefined ? `/ip4/127.0.0.1/tcp/1/p2p/${device}` : circuitTo(device, relay);

describe('admission', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('members come and go; others come only while an invite is open, and are never dialled', () => {
    const { state, enters, dials } = world();
    expect([enters(member), dials(member), enters(guest), dials(guest)]).toEqual([true, true, false, false]);
    state.invite = true;
    expect([enters(guest), dials(guest)]).toEqual([true, false]);
    expect(enters(rsa)).toBe(false);
  });

  test('an inviter is welcome for as long as it is held', () => {
    const { admission, dials } = world();
    const [first, second] = [admission.hold(inviter), admission.hold(inviter)];
    first();
    first();
    expect(dials(inviter)).toBe(true);
    second();
    expect(dials(inviter)).toBe(false);
  });

  test('while closed, nobody is welcome', () => {
    const { admission, enters, dials } = world();
    admission.closed = true;
    expect([enters(member), dials(member), admission.isWelcome(member)]).toEqual([false, false, false]);
    expect(admission.gater.denyInboundConnection?.(socket)).toBe(true);
  });

  test('a guest has 30 s to become a member', async () => {
    const { state, hungUp, connect } = world();
    state.invite = true;
    const late = deviceOf(4);
    connect(guest);
    connect(late);
    await vi.advanceTimersByTimeAsync(JOIN_TIMEOUT_MS - 1);
    state.members.add(guest);
    expect(hungUp).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(hungUp).toEqual([late]);
  });

  test("an inviter's time starts when the dialogue with it is over", async () => {
    const { admission, hungUp, connect } = world();
    const release = admission.hold(inviter);
    connect(inviter);
    await vi.advanceTimersByTimeAsync(10 * JOIN_TIMEOUT_MS);
    expect(hungUp).toEqual([]);
    release();
    await vi.advanceTimersByTimeAsync(JOIN_TIMEOUT_MS);
    expect(hungUp).toEqual([inviter]);
  });

  test('no more than eight guests at a time', () => {
    const { admission, state, enters, connect } = world();
    state.invite = true;
    for (let n = 10; n < 18; n += 1) {
      expect(enters(deviceOf(n))).toBe(true);
      connect(deviceOf(n));
    }
    expect([enters(deviceOf(18)), enters(deviceOf(10)), enters(member)]).toEqual([false, true, true]);
    admission.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('of more guests that were let in at once, those that connect last are hung up on', () => {
    const { state, enters, connect, hungUp } = world();
    state.invite = true;
    const guests = Array.from({ length: 10 }, (_, n) => deviceOf(10 + n));
    expect(guests.every(enters)).toBe(true);
    for (const device of guests) connect(device);
    expect(hungUp).toEqual(guests.slice(8));
  });

  test('a relay lets strangers in as guests, gives them no place, and passes them on to members only', () => {
    const { enters, dials, places, passesOn, connect } = world({ relays: true });
    expect([enters(guest), dials(guest)]).toEqual([true, false]);
    expect([places(member), places(guest)]).toEqual([true, false]);
    expect([passesOn(guest, member), passesOn(member, guest), passesOn(guest, inviter)]).toEqual([
      true,
      false,
      false,
    ]);
    for (let n = 10; n < 18; n += 1) connect(deviceOf(n));
    expect([enters(deviceOf(18)), enters(member)]).toEqual([false, true]);
  });

  test('a guest of a relay has 30 s', async () => {
    const { hungUp, connect } = world({ relays: true });
    connect(guest);
    await vi.advanceTimersByTimeAsync(JOIN_TIMEOUT_MS);
    expect(hungUp).toEqual([guest]);
  });

  test('a device that is no relay passes nobody on, and lets no stranger in', () => {
    const { enters, passesOn } = world();
    expect([enters(guest), passesOn(guest, member)]).toEqual([false, false]);
  });

  test('at the far end, a relay that is not known is not believed, and a stranger comes only when invited', () => {
    const { admission, state, takes } = world();
    const [relay, other] = [deviceOf(5), deviceOf(6)];
    expect([takes(relay, member), takes(member, other)]).toEqual([false, false]);
    state.members.add(relay);
    expect([takes(relay, member), takes(relay, other)]).toEqual([true, false]);
    state.invite = true;
    expect(takes(relay, other)).toBe(true);
    admission.closed = true;
    expect([takes(relay, member), takes(relay, other)]).toEqual([false, false]);
  });

  test('an unknown relay is kept for as long as a member is connected through it', async () => {
    const { admission, hungUp, dials, connect, disconnect } = world();
    const relay = deviceOf(5);
    const release = admission.hold(relay);
    connect(relay);
    connect(member, relay);
    release();
    expect(dials(relay)).toBe(true);
    await vi.advanceTimersByTimeAsync(10 * JOIN_TIMEOUT_MS);
    expect(hungUp).toEqual([]);
    disconnect(member);
    expect(dials(relay)).toBe(false);
    await vi.advanceTimersByTimeAsync(JOIN_TIMEOUT_MS);
    expect(hungUp).toEqual([relay]);
  });

  test('a relay is not kept for the sake of a stranger behind it', () => {
    const { dials, connect } = world();
    const relay = deviceOf(5);
    connect(relay);
    connect(guest, relay);
    expect(dials(relay)).toBe(false);
  });
});
