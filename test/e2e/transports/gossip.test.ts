import { once } from 'node:events';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { deviceIdFromPublicKey } from '../../../protocol/crypto/index.ts';
import { GOSSIP_LIMITS } from '../../../protocol/sync/index.ts';
import { spaceGossip } from '../../../transports/gossip.ts';
import { GOSSIP_BURST_BYTES } from '../../../transports/gossip-budget.ts';
import { createNode } from '../../../transports/libp2p-node.ts';
import { RelayClient } from '../../../transports/relay-client.ts';
import { segmentSync } from '../../../transports/segment-sync.ts';
import { spaceJoin } from '../../../transports/space-join.ts';
import { bothGossip, bothUp, type Rig, WIRES } from './rig.ts';

const topic = '/smo/1/test';
const bytes = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value));

/** Messages that a device got, each with who passed it on. */
const heard = (rig: Rig) => rig.gossip.map(({ peer, message }) => [peer, message]);

describe.each(WIRES)('gossip over $name', ({ startRig }) => {
  /** Three devices in a row: the first and the last are not connected. */
  const row = async (): Promise<readonly [Rig, Rig, Rig]> => {
    const b = await startRig(2, [1, 3], { topic });
    const dial = b.mesh.addresses();
    const a = await startRig(1, [2], { topic, dial });
    const c = await startRig(3, [2], { topic, dial });
    await Promise.all([bothGossip(a, b), bothGossip(b, c)]);
    return [a, b, c];
  };

  test('reaches devices that are not connected with its author, once', async () => {
    const [a, b, c] = await row();
    a.mesh.publish(bytes('first'));
    a.mesh.publish(bytes('second'));
    a.mesh.publish(bytes('first'));
    c.mesh.publish(bytes('back'));
    await Promise.all([c.until(() => c.gossip.length === 2), a.until(() => a.gossip.length === 1)]);
    await b.until(() => b.gossip.length === 3);
    expect(heard(c)).toEqual([
      [b.device, 'first'],
      [b.device, 'second'],
    ]);
    expect(heard(a)).toEqual([[b.device, 'back']]);
    expect(heard(b).sort()).toEqual(
      [
        [a.device, 'first'],
        [a.device, 'second'],
        [c.device, 'back'],
      ].sort(),
    );
  });

  test.each(['ignore', 'reject'] as const)('that a device would %s goes no further', async (verdict) => {
    const [a, b, c] = await row();
    b.verdict = verdict;
    a.mesh.publish(bytes('not this'));
    await b.until(() => b.gossip.length === 1);
    b.verdict = 'accept';
    a.mesh.publish(bytes('but this'));
    await c.until(() => c.gossip.length === 1);
    expect(heard(c)).toEqual([[b.device, 'but this']]);
  });

  test('waits for a verdict that takes its time', async () => {
    const [a, b, c] = await row();
    const { promise, resolve } = Promise.withResolvers<void>();
    const { gossip } = b;
    Object.defineProperty(b, 'verdict', { get: () => promise.then(() => 'accept') });
    a.mesh.publish(bytes('slow'));
    await b.until(() => gossip.length === 1);
    // What comes by another way overtakes it.
    a.mesh.send(b.device, bytes('frame'));
    await b.until(() => b.frames.length === 1);
    expect(c.gossip).toEqual([]);
    resolve();
    await c.until(() => c.gossip.length === 1);
  });

  test('of a peer whose messages were rejected is not listened to for a while', async () => {
    const a = await startRig(1, [2], { topic });
    const b = await startRig(2, [1], { topic, dial: a.mesh.addresses() });
    await bothGossip(a, b);
    b.verdict = 'reject';
    for (let i = 0; i < 3; i += 1) a.mesh.publish(bytes(`bad ${i}`));
    await b.until(() => b.gossip.length === 3);
    b.verdict = 'accept';
    // Gossipsub looks at scores once a second.
    const now = Date.now;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() + 1_500);
    onTestFinished(() => clock.mockRestore());
    a.mesh.publish(bytes('good'));
    for (let i = 1; i <= 5; i += 1) {
      a.mesh.send(b.device, bytes('ping'));
      await b.until(() => b.frames.length === i);
      b.mesh.send(a.device, bytes('pong'));
      await a.until(() => a.frames.length === i);
    }
    expect(b.gossip).toHaveLength(3);
    expect(b.up.has(a.device)).toBe(true);
  });

  test('as long as its limit arrives, and one byte more too: whoever judges messages refuses it', async () => {
    const a = await startRig(1, [2], { topic });
    const b = await startRig(2, [1], { topic, dial: a.mesh.addresses() });
    await bothGossip(a, b);
    const largest = 'x'.repeat(GOSSIP_LIMITS.messageBytesMax);
    a.mesh.publish(bytes(`${largest}y`));
    a.mesh.publish(bytes(largest));
    a.mesh.publish(bytes('short'));
    await b.until(() => b.gossip.length === 3);
    expect(b.gossip.map(({ message }) => message)).toEqual([`${largest}y`, largest, 'short']);
  });

  test('is heard of each peer up to a bound, and again after a while; the others are none the worse', async () => {
    const [a, b, c] = await row();
    // No time passes, so the budget of a peer isn't filled again.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now());
    onTestFinished(() => clock.mockRestore());
    const size = GOSSIP_LIMITS.messageBytesMax;
    const flood = 2 * Math.ceil(GOSSIP_BURST_BYTES / size);
    for (let i = 0; i < flood; i += 1) {
      a.mesh.publish(bytes(`${i} `.padEnd(size, 'x')));
      // One waits for the other: whatever is not heard was dropped where it came in.
      a.mesh.send(b.device, bytes('ping'));
      await b.until(() => b.frames.length === i + 1);
    }
    const heardOfFlood = b.gossip.length;
    expect(heardOfFlood * size).toBeLessThanOrEqual(GOSSIP_BURST_BYTES);
    expect(heardOfFlood).toBeGreaterThan(flood / 2 - 4);
    await c.until(() => c.gossip.length === heardOfFlood);

    c.mesh.publish(bytes('of another'));
    await b.until(() => b.gossip.length === heardOfFlood + 1);
    clock.mockRestore();
    const later = performance.now.bind(performance);
    const ahead = vi.spyOn(performance, 'now').mockImplementation(() => later() + 1_000);
    onTestFinished(() => ahead.mockRestore());
    a.mesh.publish(bytes('later'));
    await c.until(() => c.gossip.length === heardOfFlood + 1);
    expect(heard(c).at(-1)).toEqual([b.device, 'later']);
  });

  test('under another topic is not heard', async () => {
    const a = await startRig(1, [2, 3], { topic });
    const b = await startRig(2, [1], { topic: '/smo/1/other', dial: a.mesh.addresses() });
    const c = await startRig(3, [1], { topic, dial: a.mesh.addresses() });
    await Promise.all([bothUp(a, b), bothGossip(a, c)]);
    b.mesh.publish(bytes('other'));
    a.mesh.publish(bytes('ours'));
    await c.until(() => c.gossip.length === 1);
    a.mesh.send(b.device, bytes('frame'));
    await b.until(() => b.frames.length === 1);
    expect([a.gossip, b.gossip]).toEqual([[], []]);
  });

  test('is nothing to a device that takes no part in it', async () => {
    const a = await startRig(1, [2], { topic });
    const b = await startRig(2, [1], { dial: a.mesh.addresses() });
    await bothUp(a, b);
    a.mesh.publish(bytes('anyone?'));
    b.mesh.publish(bytes('no'));
    expect(b.gossip).toEqual([]);
  });

  test('before anybody is connected is lost, without a complaint', async () => {
    const a = await startRig(1, [2], { topic });
    a.mesh.publish(bytes('nobody hears this'));
    const b = await startRig(2, [1], { topic, dial: a.mesh.addresses() });
    await bothGossip(a, b);
    a.mesh.publish(bytes('this'));
    await b.until(() => b.gossip.length === 1);
    expect(heard(b)).toEqual([[a.device, 'this']]);
    await a.mesh.stop();
    a.mesh.publish(bytes('stopped'));
  });
});

describe.each(WIRES)('a guest over $name', ({ startRig }) => {
  /** A member that hears everything, the inviter, and a device that is connected to join. */
  const invited = async () => {
    const inviter = await startRig(1, [3], { topic });
    inviter.inviteOpen = true;
    const member = await startRig(3, [1], { topic, dial: inviter.mesh.addresses() });
    const guest = await startRig(2, [1, 3], { topic });
    const target = { device: inviter.device, addresses: inviter.mesh.addresses() };
    const pipe = await guest.mesh.openJoin(target, { signal: AbortSignal.timeout(10_000) });
    await bothGossip(inviter, member);
    return { inviter, member, guest, pipe };
  };

  test('neither hears the gossip of the space nor is heard', async () => {
    const { inviter, member, guest, pipe } = await invited();
    guest.mesh.publish(bytes('let me in'));
    inviter.mesh.publish(bytes('secret'));
    member.mesh.publish(bytes('secret too'));
    await member.until(() => member.gossip.length === 1);
    await inviter.until(() => inviter.gossip.length === 1);
    // Whatever went the same way before has arrived when this has.
    await inviter.until(() => inviter.pipes.length === 1);
    await pipe.send(bytes('hello'));
    await inviter.pipes[0]?.receive();
    await inviter.pipes[0]?.send(bytes('hello'));
    await pipe.receive();
    expect(heard(inviter)).toEqual([[member.device, 'secret too']]);
    expect(guest.gossip).toEqual([]);
  });

  test('hears it on the same connection once it is a member, and no more when it is none', async () => {
    const { inviter, member, guest } = await invited();
    inviter.members.add(guest.device);
    inviter.mesh.admissionChanged();
    await bothGossip(inviter, guest);
    member.mesh.publish(bytes('welcome'));
    await guest.until(() => guest.gossip.length === 1);
    expect(heard(guest)).toEqual([[inviter.device, 'welcome']]);
    inviter.members.delete(guest.device);
    inviter.mesh.admissionChanged();
    await guest.until(() => !guest.up.has(inviter.device));
    member.mesh.publish(bytes('gone'));
    await inviter.until(() => inviter.gossip.length === 2);
    guest.mesh.publish(bytes('am I?'));
    expect(guest.gossip).toHaveLength(1);
    expect(inviter.gossip).toHaveLength(2);
  });
});

describe('of two connections with a member', () => {
  /** A node with gossip and nothing else of ours, and the messages that it heard. */
  const startNode = async (n: number) => {
    const events = new EventTarget();
    const messages: string[] = [];
    const links: string[] = [];
    const identified: string[] = [];
    const privateKey = await generateKeyPairFromSeed('Ed25519', new Uint8Array(32).fill(n));
    const node = await createNode({
      privateKey,
      self: deviceIdFromPublicKey(privateKey.publicKey.raw),
      relays: new RelayClient({
        via: new Set(),
        isMember: () => false,
        connections: () => [],
        random: () => 0,
        onRelay() {},
      }),
      reach: { options: {}, isMember: () => false, log() {} },
      listen: ['/ip4/127.0.0.1/tcp/0'],
      memory: false,
      gater: {},
      sync: segmentSync({
        random: () => 0,
        isMember: () => false,
        onPeerConnected() {},
        onPeerDisconnected() {},
        onFrame() {},
      }),
      join: spaceJoin({ isInviteOpen: () => false, onJoinRequest() {} }),
      gossip: spaceGossip({
        topic,
        isMember: () => true,
        onLink: (peer) => {
          links.push(peer);
          events.dispatchEvent(new Event('changed'));
        },
        onMessage: async (_, message) => {
          messages.push(Buffer.from(message).toString());
          events.dispatchEvent(new Event('changed'));
          return 'accept';
        },
      }),
      onComponents() {},
    });
    node.addEventListener('peer:identify', ({ detail }) => {
      identified.push(detail.connection.id);
      events.dispatchEvent(new Event('changed'));
    });
    await node.start();
    onTestFinished(() => Promise.resolve(node.stop()));
    const until = async (holds: () => boolean): Promise<void> => {
      while (!holds()) await once(events, 'changed');
    };
    return { node, messages, links, identified, until };
  };

  test('the one that carries gossip can go, and gossip goes on over the other', async () => {
    const [a, b] = [await startNode(1), await startNode(2)];
    const first = await a.node.dial(b.node.getMultiaddrs());
    await Promise.all([a.until(() => a.links.length > 0), b.until(() => b.links.length > 0)]);
    const second = await a.node.dial(b.node.getMultiaddrs(), { force: true });
    expect(second.id).not.toBe(first.id);
    const gossips = ({ protocol }: { readonly protocol: string }) => protocol.startsWith('/meshsub/');
    expect([first.streams.filter(gossips).length, second.streams.filter(gossips).length]).toEqual([2, 0]);
    // Only then libp2p has told gossip of the second connection, which had no use for it.
    await Promise.all([a.until(() => a.identified.length === 2), b.until(() => b.identified.length === 2)]);
    await first.close();
    await vi.waitFor(() => expect(second.streams.filter(gossips)).toHaveLength(2), { timeout: 10_000 });
    a.node.services.gossip?.publish(bytes('there'));
    b.node.services.gossip?.publish(bytes('back'));
    await Promise.all([a.until(() => a.messages.length > 0), b.until(() => b.messages.length > 0)]);
    expect([a.messages, b.messages]).toEqual([['back'], ['there']]);
  });
});
