import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import { makeOrigin, type Origin } from '../../../protocol/event/index.ts';
import { encodeManifest, type Manifest } from '../../../protocol/manifest/index.ts';
import { encodeGossip, gossipTopic } from '../../../protocol/sync/index.ts';
import { createMesh, type Mesh } from '../../../transports/index.ts';
import { WAIT } from '../../support/cli-pairing.ts';
import { Arena, type Intruder } from '../../support/hostile/arena.ts';
import { numberedRecords, signRange } from '../../support/test-log.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await Arena.open();
}, 60_000);
afterAll(() => arena.close());

/** A member that takes part in the gossip of the space as it likes, and what it hears. */
const gossiper = async ({ seed, signer, space }: Intruder): Promise<{ mesh: Mesh; heard: string[] }> => {
  const heard: string[] = [];
  const { device } = await arena.victim.api.status();
  const mesh = await createMesh(
    {
      device: signer.device,
      privateKey: seed,
      listen: [],
      dial: arena.victim.addresses,
      mdns: null,
      addressBook: { addressesOf: () => [] },
      gossip: {
        topic: gossipTopic(space),
        onMessage: async (_, message) => {
          heard.push(Buffer.from(message).toString('hex'));
          return 'accept';
        },
      },
    },
    {
      isMember: () => true,
      members: () => [device as DeviceId],
      isInviteOpen: () => false,
      onPeerConnected() {},
      onPeerDisconnected() {},
      onFrame() {},
      onJoinRequest() {},
      onAddresses() {},
      log() {},
    },
  );
  onTestFinished(() => mesh.stop());
  await mesh.start();
  return { mesh, heard };
};

test('what a member forges is not passed on by a device, what is no news neither, and good news is', async () => {
  const mallory = await arena.admit('mallory');
  const witness = await gossiper(await arena.admit('witness of gossip'));
  const { mesh } = await gossiper(mallory);
  const { space, signer } = mallory;
  const origin = makeOrigin(signer.device, 'aaaaaaaa');
  /** A head that it signs over records that nobody has; `over` states something else, without being signed. */
  const headOf = (events: number, createdAt: number, over: Partial<Manifest> = {}): Uint8Array => {
    const log = { signer, origin, space };
    const { manifest } = signRange(log, undefined, numberedRecords(1, events), { createdAt });
    return encodeGossip({ manifests: [encodeManifest({ ...manifest, ...over })], evidence: [] });
  };
  const publish = (message: Uint8Array): string => {
    mesh.publish(message);
    return Buffer.from(message).toString('hex');
  };

  let events = 0;
  await vi.waitFor(() => {
    events += 1;
    publish(headOf(events, 1));
    expect(witness.heard.length).toBeGreaterThan(0);
  }, WAIT);

  const before = await arena.condition();
  const victim = (await arena.victim.api.status()).origin as Origin;
  const forged = publish(headOf(1_000, 1, { origin: victim }));
  const old = publish(headOf(events, 2));
  const rubbish = publish(Uint8Array.of(1, 2, 3));
  const news = publish(headOf(events + 1, 2));
  await vi.waitFor(() => expect(witness.heard).toContain(news), WAIT);
  for (const message of [forged, old, rubbish]) expect(witness.heard).not.toContain(message);
  await arena.logged(/refused gossip from mallory: .*\(unknown_key\)/);
  await arena.logged(/refused gossip from mallory: .*\(bad_gossip\)/);
  expect(await arena.condition()).toEqual(before);
  await arena.goesOn();
});
