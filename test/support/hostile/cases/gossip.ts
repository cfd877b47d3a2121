import { utf8Encode } from '../../../../protocol/bytes/index.ts';
import { encodeManifest } from '../../../../protocol/manifest/index.ts';
import { encodeGossip, GOSSIP_LIMITS, gossipTopic } from '../../../../protocol/sync/index.ts';
import { numberedRecords, signRange, TEST_SPACE } from '../../test-log.ts';
import type { HostileCase } from '../byzantine.ts';
import type { RawPeer } from '../raw-peer.ts';
import type { Scene } from '../scene.ts';

type Publish = (message: Uint8Array) => Promise<void>;

const gossiping =
  (attack: (publish: Publish, scene: Scene, peer: RawPeer) => Promise<void>): HostileCase['attack'] =>
  async (scene) => {
    const topic = gossipTopic(scene.intruder.space);
    const peer = await scene.peer({ topic });
    await peer.connect(scene.arena.victim.addresses);
    await peer.gossips();
    await attack((message) => peer.publish(topic, message), scene, peer);
  };

/** A message with the head of an intruder's log over so many records. */
const head = ({ intruder }: Scene, records: number): Uint8Array => {
  const { manifest } = signRange(intruder, undefined, numberedRecords(1, records));
  return encodeGossip({ manifests: [encodeManifest(manifest)], evidence: [] });
};

/** Waits until all that was published has been judged: what follows it is refused. */
const settled = async (publish: Publish, { arena, intruder }: Scene): Promise<void> => {
  await publish(Uint8Array.of(0xff));
  await arena.logged(new RegExp(`refused gossip from ${intruder.name}: .*\\(bad_gossip\\)`));
};

/** Cases of gossip. A message that an honest device would have refused itself is held against whoever sends it. */
export const GOSSIP_CASES: readonly HostileCase[] = [
  {
    kind: 'forged gossip',
    title: 'gossips a head of a log that it has not signed',
    code: 'bad_signature',
    strikes: 1,
    attack: gossiping(async (publish, { intruder, victimLog, victimDevice }) => {
      const over = { segment: 9, firstSeq: 9_000 };
      const { manifest } = signRange(intruder, undefined, numberedRecords(1, 3), over);
      const forged = { ...manifest, origin: victimLog, keyId: victimDevice };
      await publish(encodeGossip({ manifests: [encodeManifest(forged)], evidence: [] }));
    }),
  },
  {
    kind: 'forged gossip',
    title: 'gossips rubbish',
    code: 'bad_gossip',
    strikes: 1,
    attack: gossiping((publish) => publish(Uint8Array.of(1, 2, 3))),
  },
  {
    kind: 'forged gossip',
    title: 'gossips a head of another space',
    code: 'wrong_space',
    strikes: 1,
    attack: gossiping(async (publish, { intruder }) => {
      const { manifest } = signRange({ ...intruder, space: TEST_SPACE }, undefined, numberedRecords(1, 3));
      await publish(encodeGossip({ manifests: [encodeManifest(manifest)], evidence: [] }));
    }),
  },
  {
    kind: 'forged gossip',
    title: 'gossips evidence that proves nothing',
    code: 'bad_evidence',
    strikes: 1,
    attack: gossiping((publish) => publish(encodeGossip({ manifests: [], evidence: [utf8Encode('{}')] }))),
  },
  {
    kind: 'stale gossip',
    title: 'gossips the heads of long ago',
    // Old news is no fault, only the message that ends it.
    code: 'bad_gossip',
    strikes: 1,
    attack: gossiping(async (publish, scene) => {
      const newest = 300;
      await publish(head(scene, newest));
      for (let records = 1; records < newest; records += 1) await publish(head(scene, records));
      await settled(publish, scene);
    }),
  },
  {
    kind: 'oversize gossip',
    title: 'gossips a byte more than it may',
    code: 'bad_gossip',
    strikes: 1,
    attack: gossiping((publish) => publish(new Uint8Array(GOSSIP_LIMITS.messageBytesMax + 1))),
  },
  {
    // The stream of gossip is reset before there is a message; the sync session goes on.
    kind: 'oversize gossip',
    title: 'gossips far more than it may',
    flood: true,
    attack: gossiping(async (publish, scene, peer) => {
      await publish(new Uint8Array(2 * 1024 * 1024));
      const stream = await peer.sync(scene.arena.victim.addresses);
      stream.send(scene.hello());
      await stream.frame('hello');
    }),
  },
  {
    kind: 'flooding gossip',
    title: 'gossips without end what is refused',
    code: 'bad_gossip',
    strikes: 3,
    flood: true,
    attack: gossiping(async (publish, { arena, intruder }) => {
      for (let n = 0; n < 2_000; n += 1) {
        await publish(Uint8Array.from({ length: 4_096 }, (_, i) => (i < 4 ? n >> (8 * i) : 7)));
      }
      await arena.logged(new RegExp(`strike 3 against ${intruder.name}:`));
    }),
  },
];
