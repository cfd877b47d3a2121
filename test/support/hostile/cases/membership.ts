import { generateKeyPairSync } from 'node:crypto';
import { makeOrigin, type Origin } from '../../../../protocol/event/index.ts';
import { deviceAdded, deviceRevoked, roleChanged } from '../../../../protocol/membership/index.ts';
import { update } from '../../drafts.ts';
import { numberedSigner } from '../../test-signer.ts';
import type { HostileCase } from '../byzantine.ts';
import { forge } from '../forge.ts';
import { RawPeer, SYNC_PROTOCOL } from '../raw-peer.ts';
import { frontier, type Scene, told } from '../scene.ts';

/** A device that nobody has let in. */
const stranger = numberedSigner(99).device;

/** Knocks with a key, and must not be spoken with. */
const knock = async (scene: Scene, seed: Uint8Array): Promise<undefined> => {
  const peer = await RawPeer.start(seed);
  scene.defer(() => peer.stop());
  // While an invite is open a stranger gets as far as a stream; otherwise not even there.
  const connection = await peer.connect(scene.arena.victim.addresses).catch(() => undefined);
  const stream = connection && (await peer.open(connection, SYNC_PROTOCOL).catch(() => undefined));
  await stream?.closed;
  if (stream !== undefined && stream.received.length > 0) throw new Error('a stranger was greeted');
};

const newSeed = (): Uint8Array => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32));
};

/** Cases of devices that take rights which they have not. */
export const MEMBERSHIP_CASES: readonly HostileCase[] = [
  {
    kind: 'forged membership',
    title: 'is a writer, and lets in, promotes and revokes whom it likes',
    code: 'not_permitted',
    events: 3,
    async attack(scene) {
      const { intruder, victimDevice } = scene;
      const { device } = intruder.signer;
      const drafts = [
        deviceAdded({ device: stranger, name: 'friend', role: 'admin' }),
        roleChanged({ device, role: 'admin', cut: {} }),
        deviceRevoked({ device: victimDevice, cut: {} }),
      ];
      await forge(intruder, { drafts });
      await scene.honest();
      await scene.arena.holds(scene.before.events + drafts.length);
    },
  },
  {
    kind: 'forged membership',
    title: 'is a reader, and writes',
    role: 'reader',
    async attack(scene) {
      await forge(scene.intruder, { drafts: [update('graffiti', {})] });
      await scene.honest();
      // What others hold of a log that is not taken in is told, and never asked for.
      await scene.arena.reasoned(scene.intruder.name, /still to come/);
    },
  },
  {
    kind: 'forged membership',
    title: 'passes on a log of somebody who was never let in',
    async attack(scene) {
      const stream = await scene.greeted();
      const log: Origin = makeOrigin(stranger, 'aaaaaaaa');
      stream.send({ type: 'frontier', entries: [], arrivals: 0, last: true });
      stream.send(frontier(told(log, 3), told(scene.intruder.origin, 3)));
      // Of the two, only what a member has written is asked for.
      const { want } = await stream.frame('want');
      stream.send({ type: 'want-end', want });
      await scene.arena.reasoned(scene.intruder.name, /says that it holds more/);
      const wants = stream.received.filter((frame) => frame.type === 'want');
      if (wants.length > 1) throw new Error('the log of a stranger was asked for');
    },
  },
  {
    kind: 'forged membership',
    title: 'is nobody, and knocks',
    attack: (scene) => knock(scene, newSeed()),
  },
  {
    kind: 'forged membership',
    title: 'was revoked, and comes back',
    async prepare(arena, intruder) {
      await arena.victim.api.revokeDevice({ device: intruder.signer.device });
      await arena.inStep();
    },
    attack: (scene) => knock(scene, scene.intruder.seed),
  },
];
