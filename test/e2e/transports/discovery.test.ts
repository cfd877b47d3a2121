import { type PeerInfo, start, stop } from '@libp2p/interface';
import { type MulticastDNSComponents, mdns } from '@libp2p/mdns';
import { multiaddr } from '@multiformats/multiaddr';
import { describe, expect, onTestFinished, test } from 'vitest';
import { deviceOf } from '../../support/numbered-device.ts';
import { bothUp, freePort, says, startRig } from './rig.ts';

/** A tag of its own for each test and each run, so that nothing else on the network answers. */
const ownTag = (name: string) => ({ mdns: { serviceTag: `_smo-${name}-${process.pid}._udp.local` } });

describe('discovery on the local network', () => {
  test('two members find each other without any address', async () => {
    const options = ownTag('pair');
    const a = await startRig(1, [2], options);
    const b = await startRig(2, [1], options);
    await bothUp(a, b);
    expect([...(a.book.get(b.device) ?? []), ...(b.book.get(a.device) ?? [])].length).toBeGreaterThan(0);
  });

  test('a stranger that announces itself is neither dialled nor remembered', async () => {
    const options = ownTag('stranger');
    const stranger = await startRig(3, [1, 2], options);
    const a = await startRig(1, [2], options);
    const b = await startRig(2, [1], options);
    await bothUp(a, b);
    expect(a.book.has(stranger.device) || b.book.has(stranger.device)).toBe(false);
    expect(stranger.history).toEqual([]);
  });

  test('a device that only knows the name of its inviter finds it', async () => {
    const options = ownTag('join');
    const inviter = await startRig(1, [], options);
    inviter.inviteOpen = true;
    const joiner = await startRig(2, [], options);
    const target = { device: inviter.device, addresses: [] };
    const pipe = await joiner.mesh.openJoin(target, { signal: AbortSignal.timeout(20_000) });
    await inviter.until(() => inviter.pipes.length === 1);
    expect(pipe.peer).toBe(inviter.device);
    await pipe.close();
  });

  test('a search for a device that is not there ends with the signal', async () => {
    const joiner = await startRig(2, [], ownTag('nobody'));
    const { device } = await startRig(1, []);
    const controller = new AbortController();
    const search = joiner.mesh.openJoin({ device, addresses: [] }, { signal: controller.signal });
    controller.abort();
    await expect(search).rejects.toMatchObject({ code: 'peer_unreachable' });
  });

  test('a device that uses the module of libp2p finds one that does not, and is found', async () => {
    const options = ownTag('module');
    const { serviceTag } = options.mdns;
    const address = `/ip4/127.0.0.1/tcp/${await freePort()}/p2p/${deviceOf(2)}`;
    const log = Object.assign(() => {}, { trace() {}, error() {}, newScope: () => log, enabled: false });
    const other = mdns({ serviceTag, interval: 1_000 })({
      logger: { forComponent: () => log },
      addressManager: { getAddresses: () => [multiaddr(address)] },
    } as unknown as MulticastDNSComponents);
    const found = new Promise<PeerInfo>((resolve) => {
      other.addEventListener('peer', ({ detail }) => resolve(detail));
    });
    const a = await startRig(1, [2], options);
    await start(other);
    onTestFinished(() => stop(other));
    // It is dialled where it says that it is, in vain; so it isn't remembered there.
    await says(a, `could not connect to ${deviceOf(2)}`);
    expect(a.book.has(deviceOf(2))).toBe(false);
    const { id, multiaddrs } = await found;
    expect(multiaddrs.map((each) => `${each}/p2p/${id}`)).toEqual(a.mesh.addresses());
  });
});
