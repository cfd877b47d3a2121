import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import type { GossipVerdict } from '../../../protocol/sync/index.ts';
import {
  createMesh,
  type FramePipe,
  type Mesh,
  type MeshHost,
  type MeshOptions,
  type PeerPath,
} from '../../../transports/index.ts';
import { deviceOf, numberedDevice } from '../../support/numbered-device.ts';

/** Two numbers such that the device of the first has the smaller id: it is the one that opens the stream. */
export const ordered = (a: number, b: number): readonly [number, number] =>
  deviceOf(a) < deviceOf(b) ? [a, b] : [b, a];

/** A mesh whose host records what it is told, and lets a test wait for it. */
export interface Rig {
  readonly device: DeviceId;
  readonly mesh: Mesh;
  readonly members: Set<DeviceId>;
  inviteOpen: boolean;
  /** Peers whose stream is up. */
  readonly up: Set<DeviceId>;
  /** `+device` and `-device: reason` in the order they were told. */
  readonly history: string[];
  readonly frames: { readonly peer: DeviceId; readonly frame: Uint8Array }[];
  readonly pipes: FramePipe[];
  /** Gossip messages that members passed on, whatever became of them. */
  readonly gossip: { readonly peer: DeviceId; readonly message: string }[];
  /** What it thinks of the next ones. */
  verdict: GossipVerdict;
  readonly book: Map<DeviceId, readonly string[]>;
  readonly lines: string[];
  /** How each peer is or was connected last. */
  readonly paths: Map<DeviceId, PeerPath>;
  /** Resolves once the condition holds; it is looked at after each call of the host. */
  until(condition: () => boolean): Promise<void>;
}

const LOOPBACK = '/ip4/127.0.0.1/tcp/0';

/** Options of a mesh, and whether it gossips. */
export type RigOptions = Partial<Omit<MeshOptions, 'gossip'>> & { readonly topic?: string };

/** Makes a device that knows these members; it is stopped when the test ends. */
export const createRig = async (
  n: number,
  members: readonly number[],
  { topic, ...options }: RigOptions = {},
  onFrame: (rig: Rig, peer: DeviceId, frame: Uint8Array) => void = (rig, peer, frame) => {
    rig.frames.push({ peer, frame });
  },
): Promise<Rig> => {
  const waiting = new Set<() => void>();
  const changed = (): void => {
    for (const check of [...waiting]) check();
  };
  const state = {
    device: deviceOf(n),
    members: new Set(members.map(deviceOf)),
    inviteOpen: false,
    up: new Set<DeviceId>(),
    history: [] as string[],
    frames: [] as Rig['frames'],
    pipes: [] as FramePipe[],
    gossip: [] as Rig['gossip'],
    verdict: 'accept' as GossipVerdict,
    book: new Map<DeviceId, readonly string[]>(),
    lines: [] as string[],
    paths: new Map<DeviceId, PeerPath>(),
    until: (condition: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!condition()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
  };
  const host: MeshHost = {
    isMember: (device) => rig.members.has(device),
    members: () => rig.members,
    isInviteOpen: () => rig.inviteOpen,
    onPeerConnected(peer, path) {
      rig.paths.set(peer, path);
      if (rig.up.has(peer)) throw new Error(`${peer} is told connected twice`);
      rig.up.add(peer);
      rig.history.push(`+${peer}`);
      changed();
    },
    onPeerDisconnected(peer, reason) {
      if (!rig.up.delete(peer)) throw new Error(`${peer} is told disconnected without having been connected`);
      rig.history.push(`-${peer}: ${reason}`);
      changed();
    },
    onFrame(peer, frame) {
      if (!rig.up.has(peer)) throw new Error(`a frame of ${peer}, which isn't connected`);
      onFrame(rig, peer, frame);
      changed();
    },
    onJoinRequest(_peer, pipe) {
      rig.pipes.push(pipe);
      changed();
    },
    onAddresses(device, addresses) {
      rig.book.set(device, [...new Set([...addresses, ...(rig.book.get(device) ?? [])])]);
      changed();
    },
    log(level, message) {
      rig.lines.push(`${level} ${message}`);
      changed();
    },
  };
  const onMessage = async (peer: DeviceId, message: Uint8Array): Promise<GossipVerdict> => {
    rig.gossip.push({ peer, message: Buffer.from(message).toString() });
    changed();
    return rig.verdict;
  };
  const mesh = await createMesh(
    {
      ...numberedDevice(n),
      listen: [LOOPBACK],
      dial: [],
      mdns: null,
      addressBook: { addressesOf: (device) => rig.book.get(device) ?? [] },
      ...(topic !== undefined && { gossip: { topic, onMessage } }),
      ...options,
    },
    host,
  );
  const rig: Rig = Object.assign(state, { mesh });
  onTestFinished(() => mesh.stop());
  return rig;
};

/** A port of the loopback interface that nobody listens on. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/**
 * Options for a device at a port, which it announces under a name: libp2p takes any name for a public address,
 * so what it keeps for public addresses can be seen on one machine.
 */
export const named = (port: number): Partial<MeshOptions> => ({
  listen: [`/ip4/127.0.0.1/tcp/${port}`],
  reach: { announce: [`/dns4/localhost/tcp/${port}`] },
});

/** Reached through relays only. */
export const HIDDEN = { listen: ['/p2p-circuit'] };

/** Passes on what the others send each other. */
export const RELAY = { reach: { relay: 'serve' } } as const;

/** Addresses at which a device is reached through relays. */
export const circuits = (rig: Rig): readonly string[] =>
  rig.mesh.addresses().filter((address) => address.includes('/p2p-circuit'));

/** Waits until a device is reached through a relay. */
export const placed = async (rig: Rig): Promise<void> => {
  await expect.poll(() => circuits(rig).length, { timeout: 10_000 }).toBeGreaterThan(0);
};

/** Waits until a device has logged a text. */
export const says = (rig: Rig, text: string): Promise<void> =>
  rig.until(() => rig.lines.some((line) => line.includes(text)));

/** Makes and starts a device. */
export const startRig = async (...args: Parameters<typeof createRig>): Promise<Rig> => {
  const rig = await createRig(...args);
  await rig.mesh.start();
  return rig;
};

/** Waits until gossip goes both ways between two devices. */
export const bothGossip = async (a: Rig, b: Rig): Promise<void> => {
  const links = (rig: Rig, other: Rig) => rig.lines.includes(`debug gossips with ${other.device}`);
  await Promise.all([a.until(() => links(a, b)), b.until(() => links(b, a))]);
};

/** Waits until both see each other's stream. */
export const bothUp = async (a: Rig, b: Rig): Promise<void> => {
  await Promise.all([a.until(() => a.up.has(b.device)), b.until(() => b.up.has(a.device))]);
};

let memoryAddresses = 0;

/** Puts a device into the memory of this process instead of on the network. */
const inMemory = (options: RigOptions = {}): RigOptions => {
  memoryAddresses += 1;
  return { memory: true, listen: [`/memory/rig-${memoryAddresses}`], ...options };
};

/** Ways on which devices can meet: what holds on one has to hold on the others. */
export const WIRES = [
  { name: 'TCP', createRig, startRig },
  {
    name: 'memory',
    createRig: (n: number, members: readonly number[], options?: RigOptions) =>
      createRig(n, members, inMemory(options)),
    startRig: (n: number, members: readonly number[], options?: RigOptions) =>
      startRig(n, members, inMemory(options)),
  },
] as const;
