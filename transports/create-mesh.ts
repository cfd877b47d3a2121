import { privateKeyFromRaw } from '@libp2p/crypto/keys';
import type { Connection, PrivateKey } from '@libp2p/interface';
import { type DeviceId, publicKeyOf } from '../protocol/crypto/index.ts';
import { requireAddress } from './addresses.ts';
import { Admission } from './admission.ts';
import { dialFailure, isSelfDial } from './dial.ts';
import { DialPlan, type Standing } from './dial-plan.ts';
import { Discovery } from './discovery.ts';
import { spaceGossip } from './gossip.ts';
import { Libp2pMesh } from './libp2p-mesh.ts';
import { createNode } from './libp2p-node.ts';
import type { GossipOptions, Mesh, MeshHost, MeshOptions } from './mesh.ts';
import { deviceOf, devicesBehind, openConnections } from './peer-connection.ts';
import { lookUpIn, type ReachParts, reach } from './reach.ts';
import { namedRelays, type ReachOptions } from './reach-options.ts';
import { Redialer, type RedialTarget } from './redialer.ts';
import { RelayClient } from './relay-client.ts';
import { segmentSync } from './segment-sync.ts';
import { spaceJoin } from './space-join.ts';

/**
 * Builds a device's place in the mesh, not yet started.
 * @throws SmoError `bad_address` when something to dial or to listen on is no multiaddr; RangeError when the
 * key doesn't have 32 bytes, or is another device's
 */
export const createMesh = async (options: MeshOptions, host: MeshHost): Promise<Mesh> => {
  const { announce = [], relayVia = [], bootstrap = [], ...reachOptions }: ReachOptions = options.reach ?? {};
  for (const address of [...options.listen, ...announce]) requireAddress(address);

  const random = options.random ?? Math.random;
  const { device: self } = options;
  const privateKey = await keyOf(options);
  // The parts below name each other in callbacks, all of which come after the mesh was started.
  const connections = (device: DeviceId): readonly Connection[] =>
    // Compared as text: a peer id made of text costs more than all these comparisons.
    openConnections(node.getConnections().filter(({ remotePeer }) => remotePeer.toString() === device));
  const standing = (device: DeviceId): Standing => {
    const [best] = connections(device);
    return best && (best.direct ? 'direct' : 'relayed');
  };
  const isMember = (device: DeviceId): boolean => host.isMember(device);
  const members = (): Iterable<DeviceId> => host.members();
  const isInviteOpen = (): boolean => host.isInviteOpen();
  const log: MeshHost['log'] = (level, message) => host.log(level, message);

  const admission = new Admission({
    isMember,
    isInviteOpen,
    connections,
    relays: reachOptions.relay === 'serve',
    behind: (relay) => devicesBehind(relay, node.getConnections()),
    log,
  });
  const relays = new RelayClient({
    via: namedRelays(relayVia),
    isMember,
    connections,
    random,
    // Who could not be reached may be reached now.
    onRelay: () => redialer.now(),
  });
  let discovery: Discovery | undefined;
  const plan = new DialPlan({
    self,
    dial: [...options.dial, ...relayVia],
    bootstrap,
    addressBook: options.addressBook,
    isMember,
    members,
    standing,
    relays: () => relays.relays(),
    canLookUp: reachOptions.dht !== undefined,
    seenAt: (device) => discovery?.addressesOf(device) ?? [],
  });
  const redialer = new Redialer({
    random,
    targets: () => plan.targets(),
    target: (key) => plan.target(key),
    dial: (target, signal, tries) =>
      dialTarget({ node, plan, self, log, hold, lookUp }, target, signal, tries),
  });
  const hold = (relay: DeviceId): (() => void) => admission.hold(relay);
  const lookUp =
    reachOptions.dht &&
    ((device: DeviceId, signal: AbortSignal): Promise<readonly string[]> => lookUpIn(node, device, signal));
  const node = await createNode({
    privateKey,
    self,
    listen: options.listen,
    relays,
    reach: {
      options: { announce, ...reachOptions },
      isMember: (peer) => {
        const device = deviceOf(peer);
        return device !== undefined && isMember(device);
      },
      log,
    },
    memory: options.memory ?? false,
    gater: admission.gater,
    sync: segmentSync({
      random,
      isMember,
      onPeerConnected(peer, path) {
        redialer.up(plan.keysOf(peer));
        host.onPeerConnected(peer, path);
      },
      onPeerDisconnected(peer, reason, fault) {
        redialer.down(plan.keysOf(peer));
        host.onPeerDisconnected(peer, reason, fault);
      },
      onFrame: (peer, frame) => host.onFrame(peer, frame),
    }),
    gossip: options.gossip && gossipOf(options.gossip, host),
    join: spaceJoin({ isInviteOpen, onJoinRequest: (peer, pipe) => host.onJoinRequest(peer, pipe) }),
    onComponents(components) {
      if (options.mdns === null) return;
      discovery = new Discovery(components, {
        serviceTag: options.mdns.serviceTag,
        onSighting(device) {
          if (device === self || !isMember(device)) return;
          // The plan knows where it was seen. The address book learns of it once it has proved who it is.
          if (standing(device) !== 'direct') redialer.now(plan.keysOf(device));
        },
        log,
      });
    },
  });
  return new Libp2pMesh({ self, node, admission, redialer, relays, discovery, host });
};

const gossipOf = (options: GossipOptions, host: MeshHost) =>
  spaceGossip({
    topic: options.topic,
    isMember: (device) => host.isMember(device),
    onMessage: (peer, message) => options.onMessage(peer, message),
    onLink: (peer) => host.log('debug', `gossips with ${peer}`),
  });

/** Dials a target and notes who answered; rejects when nobody did. */
const dialTarget = async (
  parts: DialParts,
  target: RedialTarget,
  signal: AbortSignal,
  tries: number,
): Promise<void> => {
  const { plan, self, log } = parts;
  const { key } = target;
  try {
    const device = deviceOf((await reach(parts, target, signal, tries)).remotePeer);
    if (device !== undefined) plan.answered(key, device);
  } catch (error) {
    if (isSelfDial(error)) {
      plan.answered(key, self);
      log('debug', `the address ${key} is this device's own, and is not dialled again`);
    } else if (!signal.aborted) log('debug', `could not connect to ${key}: ${dialFailure(error)}`);
    throw error;
  }
};

interface DialParts extends ReachParts {
  readonly plan: DialPlan;
  readonly self: DeviceId;
  readonly log: MeshHost['log'];
}

/** The device's key, which signs what its name verifies. */
const keyOf = async ({ device, privateKey: seed }: MeshOptions): Promise<PrivateKey> => {
  if (seed.length !== 32) throw new RangeError(`the seed of an Ed25519 key has 32 bytes, not ${seed.length}`);
  // Given both halves, libp2p need not make one of the other, which takes its own arithmetic 60 ms of a cold process.
  const key = privateKeyFromRaw(Uint8Array.from([...seed, ...publicKeyOf(device)]));
  if (await isWhole(key)) return key;
  throw new RangeError(`the seed is not that of ${device}: hand in the name of the device whose key it is`);
};

/** Whether the halves of a key belong together. */
const isWhole = async (key: PrivateKey): Promise<boolean> => {
  const message = new Uint8Array(1);
  try {
    return await key.publicKey.verify(message, await key.sign(message));
  } catch {
    // Node itself may look at the halves before it signs.
    return false;
  }
};
