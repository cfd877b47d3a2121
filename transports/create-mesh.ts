import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import type { Connection, Libp2p } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import { type DeviceId, deviceIdFromPublicKey } from '../protocol/crypto/index.ts';
import { requireAddress } from './addresses.ts';
import { Admission } from './admission.ts';
import { dialAddresses, dialFailure, isSelfDial } from './dial.ts';
import { DialPlan } from './dial-plan.ts';
import { Discovery } from './discovery.ts';
import { spaceGossip } from './gossip.ts';
import { Libp2pMesh } from './libp2p-mesh.ts';
import { createNode } from './libp2p-node.ts';
import type { GossipOptions, Mesh, MeshHost, MeshOptions } from './mesh.ts';
import { deviceOf, openConnections } from './peer-connection.ts';
import { Redialer, type RedialTarget } from './redialer.ts';
import { segmentSync } from './segment-sync.ts';
import { spaceJoin } from './space-join.ts';

/**
 * Builds a device's place in the mesh, not yet started.
 * @throws SmoError `bad_address` when something to dial or to listen on is no multiaddr; RangeError when the
 * key doesn't have 32 bytes
 */
export const createMesh = async (options: MeshOptions, host: MeshHost): Promise<Mesh> => {
  if (options.privateKey.length !== 32) {
    throw new RangeError(`the seed of an Ed25519 key has 32 bytes, not ${options.privateKey.length}`);
  }
  for (const address of options.listen) requireAddress(address);

  const random = options.random ?? Math.random;
  const privateKey = await generateKeyPairFromSeed('Ed25519', options.privateKey);
  const self = deviceIdFromPublicKey(privateKey.publicKey.raw);
  // The parts below name each other in callbacks, all of which come after the mesh was started.
  const connections = (device: DeviceId): readonly Connection[] =>
    openConnections(node.getConnections(peerIdFromString(device)));
  const isMember = (device: DeviceId): boolean => host.isMember(device);
  const isInviteOpen = (): boolean => host.isInviteOpen();
  const log: MeshHost['log'] = (level, message) => host.log(level, message);

  const admission = new Admission({ isMember, isInviteOpen, connections, log });
  let discovery: Discovery | undefined;
  const plan = new DialPlan({
    self,
    dial: options.dial,
    addressBook: options.addressBook,
    isMember,
    isConnected: (device) => connections(device).length > 0,
    sightings: () => discovery?.sightings() ?? new Map(),
  });
  const redialer = new Redialer({
    random,
    targets: () => plan.targets(),
    dial: (target, signal) => dialTarget({ node, plan, self, log }, target, signal),
  });
  const node = await createNode({
    privateKey,
    listen: options.listen,
    memory: options.memory ?? false,
    gater: admission.gater,
    sync: segmentSync({
      random,
      isMember,
      onPeerConnected(peer, path) {
        for (const key of plan.keysOf(peer)) redialer.up(key);
        host.onPeerConnected(peer, path);
      },
      onPeerDisconnected(peer, reason) {
        for (const key of plan.keysOf(peer)) redialer.down(key);
        host.onPeerDisconnected(peer, reason);
      },
      onFrame: (peer, frame) => host.onFrame(peer, frame),
    }),
    gossip: options.gossip && gossipOf(options.gossip, host),
    join: spaceJoin({ isInviteOpen, onJoinRequest: (peer, pipe) => host.onJoinRequest(peer, pipe) }),
    onComponents(components) {
      if (options.mdns === null) return;
      discovery = new Discovery(components, {
        serviceTag: options.mdns.serviceTag,
        onSighting(device, addresses) {
          if (device === self || !isMember(device)) return;
          host.onAddresses(device, addresses);
          if (connections(device).length === 0) redialer.now(device);
        },
        log,
      });
    },
  });
  return new Libp2pMesh({ self, node, admission, redialer, discovery, host });
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
  { node, plan, self, log }: DialParts,
  { key, addresses }: RedialTarget,
  signal: AbortSignal,
): Promise<void> => {
  try {
    const device = deviceOf((await dialAddresses(node, addresses, signal)).remotePeer);
    if (device !== undefined) plan.answered(key, device);
  } catch (error) {
    if (isSelfDial(error)) {
      plan.answered(key, self);
      log('debug', `the address ${key} is this device's own, and is not dialled again`);
    } else if (!signal.aborted) log('debug', `could not connect to ${key}: ${dialFailure(error)}`);
    throw error;
  }
};

interface DialParts {
  readonly node: Pick<Libp2p, 'dial'>;
  readonly plan: DialPlan;
  readonly self: DeviceId;
  readonly log: MeshHost['log'];
}
