import type { Connection, MultiaddrConnection, PeerId } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import { Admission } from '../../../transports/admission.ts';
import { deviceOf } from '../../e2e/transports/rig.ts';

const JOIN_TIMEOUT_MS = 30_000;
const [member, guest, inviter] = [deviceOf(1), deviceOf(2), deviceOf(3)];
const socket = {} as MultiaddrConnection;
/** The id of an RSA key: a libp2p peer, but no device. */
const rsa = peerIdFromString('QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC');

const world = () => {
  const open = new Map<DeviceId, string>();
  const hungUp: DeviceId[] = [];
  const state = { invite: false, members: new Set<DeviceId>([member]) };
  const connection = (device: DeviceId): Connection =>
    ({
      status: 'open',
      close: async () => {
        open.delete(device);
        hungUp.push(device);
      },
    }) as unknown as Connection;
  const admission = new Admission({
    isMember: (device) => state.members.has(device),
    isInviteOpen: () => state.invite,
    connections: (device) => (open.has(device) ? [connection(device)] : []),
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
  const connect = (device: DeviceId): void => {
    open.set(device, 'open');
    admission.connectionsChanged(peerIdFromString(device));
  };
  return { admission, state, hungUp, enters, dials, connect };
};

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
});
