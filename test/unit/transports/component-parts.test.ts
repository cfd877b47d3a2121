import type { Connection, PeerId, Stream, StreamHandler, Topology } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import { describe, expect, test } from 'vitest';
import { membersOnly, withParts } from '../../../transports/component-parts.ts';
import { deviceOf } from '../../support/numbered-device.ts';

const [member, guest] = [peerIdFromString(deviceOf(1)), peerIdFromString(deviceOf(2))];

class Counter {
  #count = 0;
  readonly step = 2;
  next(): number {
    this.#count += this.step;
    return this.#count;
  }
}

describe('parts of a node', () => {
  test('are the ones given, and otherwise those of the node, which still work on it', () => {
    const counter = new Counter();
    const other = withParts(counter, { step: 5 });
    expect([other.step, other.next(), counter.next()]).toEqual([5, 2, 4]);
  });
});

/** A registrar that gives away what it was given. */
const registrar = () => {
  const given: { handler?: StreamHandler; topology?: Topology } = {};
  const whole = {
    handle: async (_: string, handler: StreamHandler) => {
      given.handler = handler;
    },
    register: async (_: string, topology: Topology) => {
      given.topology = topology;
      return 'id';
    },
  };
  return { given, whole };
};

describe('a registrar for members only', () => {
  test('resets the streams of guests, and tells of members alone', async () => {
    const { given, whole } = registrar();
    const only = membersOnly(whole, (peer) => peer.equals(member));
    const served: PeerId[] = [];
    const met: PeerId[] = [];
    await only.handle('/x', (_, { remotePeer }) => void served.push(remotePeer));
    expect(await only.register('/x', { onConnect: (peer) => void met.push(peer) })).toBe('id');

    let aborted = 0;
    const stream = { abort: () => (aborted += 1) } as unknown as Stream;
    for (const remotePeer of [member, guest]) {
      const connection = { remotePeer } as Connection;
      given.handler?.(stream, connection);
      given.topology?.onConnect?.(remotePeer, connection);
    }
    expect([served, met, aborted]).toEqual([[member], [member], 1]);
  });
});
