import type { Connection, Libp2p } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import { multiaddr } from '@multiformats/multiaddr';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Admission } from '../../../transports/admission.ts';
import { Discovery } from '../../../transports/discovery.ts';
import { Libp2pMesh } from '../../../transports/libp2p-mesh.ts';
import type { NodeServices } from '../../../transports/libp2p-node.ts';
import type { MdnsInit } from '../../../transports/mdns.ts';
import type { FramePipe, MeshHost } from '../../../transports/mesh.ts';
import type { Redialer } from '../../../transports/redialer.ts';
import type { RelayClient } from '../../../transports/relay-client.ts';
import { deviceOf } from '../../support/numbered-device.ts';

const [self, inviter] = [deviceOf(1), deviceOf(2)];

/** A mesh over a node that does nothing, apart from what a test tells it, and the way to announce a device to it. */
const meshOver = (node: object, host: Partial<MeshHost> = {}) => {
  let announce: MdnsInit['onAnnouncement'] = () => undefined;
  const discovery = new Discovery(
    { addressManager: { getAddresses: () => [] } },
    {
      serviceTag: '_smo-unit._udp.local',
      onSighting: () => undefined,
      log: () => undefined,
      mdns: ({ onAnnouncement }) => {
        announce = onAnnouncement;
        return { start: () => undefined, stop: async () => undefined };
      },
    },
  );
  const mesh = new Libp2pMesh({
    self,
    node: {
      addEventListener: () => undefined,
      start: async () => undefined,
      stop: async () => undefined,
      getConnections: () => [],
      ...node,
    } as unknown as Libp2p<NodeServices>,
    admission: {
      closed: false,
      hold: () => () => undefined,
      isKnown: () => true,
      stop: () => undefined,
    } as unknown as Admission,
    redialer: { start: () => undefined, stop: () => undefined } as unknown as Redialer,
    relays: { stop: () => undefined } as unknown as RelayClient,
    discovery,
    host: { log: () => undefined, ...host } as unknown as MeshHost,
  });
  return { mesh, announce: (address: string) => announce({ device: inviter, addresses: [address] }) };
};

test('an inviter that is seen while its old address is dialled is dialled where it was seen', async () => {
  const [old, seen] = ['/ip4/10.0.0.1/tcp/1', '/ip4/10.0.0.2/tcp/1'];
  const dialled: string[] = [];
  const pipe = {} as FramePipe;
  const { mesh, announce } = meshOver({
    services: { join: { open: async () => pipe } },
    async dial([address]: readonly object[]): Promise<Connection> {
      dialled.push(String(address));
      if (dialled.length > 1) return {} as Connection;
      announce(`${seen}/p2p/${inviter}`);
      throw new Error('nobody there');
    },
  });
  await mesh.start();
  const signal = AbortSignal.timeout(2_000);
  expect(await mesh.openJoin({ device: inviter, addresses: [old] }, { signal })).toBe(pipe);
  expect(dialled).toEqual([`${old}/p2p/${inviter}`, `${seen}/p2p/${inviter}`]);
  await mesh.stop();
});

test('the address at which a device was reached comes before those that it tells of itself', () => {
  const at = (ip: string): string => `/ip4/${ip}/tcp/1/p2p/${inviter}`;
  const connection = {
    status: 'open',
    direct: true,
    direction: 'outbound',
    timeline: { open: 1 },
    remotePeer: peerIdFromString(inviter),
    remoteAddr: multiaddr(at('10.0.0.3')),
  } as unknown as Connection;
  const learnt: (readonly string[])[] = [];
  let identified: (event: { readonly detail: object }) => void = () => undefined;
  const node = {
    addEventListener(type: string, listener: typeof identified) {
      if (type === 'peer:identify') identified = listener;
    },
    getConnections: () => [connection],
  };
  meshOver(node, { onAddresses: (_, addresses) => learnt.push(addresses) });
  const listenAddrs = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((ip) => multiaddr(at(ip)));
  identified({ detail: { connection, listenAddrs } });
  expect(learnt).toEqual([['10.0.0.3', '10.0.0.1', '10.0.0.2'].map(at)]);
});

test('a stop that fails leaves no timer behind', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { mesh } = meshOver({
    async stop() {
      throw new Error('a service does not stop');
    },
  });
  await mesh.start();
  await expect(mesh.stop()).rejects.toThrow('a service does not stop');
  expect(vi.getTimerCount()).toBe(0);
});
