import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { utf8Encode } from '../../../../protocol/bytes/index.ts';
import { encodeRecord } from '../../../../protocol/event/index.ts';
import { buildEvidence, type Evidence, encodeEvidence } from '../../../../protocol/evidence/index.ts';
import { portableCrypto } from '../../../../protocol/portable-crypto/index.ts';
import { encodeGossip, gossipTopic } from '../../../../protocol/sync/index.ts';
import { update } from '../../drafts.ts';
import { type SignedSegment, signSegment } from '../../forked-log.ts';
import type { Intruder } from '../arena.ts';
import type { HostileCase } from '../byzantine.ts';
import type { Scene } from '../scene.ts';
import { SpoiltDevice } from '../spoilt-device.ts';

/** Two histories of an intruder's log that differ from their first event on. */
const twoHistories = (intruder: Intruder): readonly [SignedSegment, SignedSegment] => {
  const history = (title: string): SignedSegment => {
    const body = { ...update('forked', { title }), timestamp: 1_700_000_000_000 };
    return signSegment(intruder, undefined, [encodeRecord(body)]);
  };
  return [history('one'), history('the other')];
};

const evidenceOf = (intruder: Intruder): Evidence => {
  const [first, second] = twoHistories(intruder);
  const evidence = buildEvidence(portableCrypto, intruder.space, first, second);
  if (!evidence.ok) throw new Error(evidence.fault.message);
  return evidence.value;
};

const sent =
  (evidence: (intruder: Intruder) => Uint8Array): HostileCase['attack'] =>
  async (scene) => {
    const stream = await scene.greeted();
    stream.send({ type: 'evidence', evidence: evidence(scene.intruder) });
  };

/** Starts two devices that have the intruder's home both, and lets each write something else. */
const twins = async (scene: Scene): Promise<void> => {
  const { intruder, arena } = scene;
  const { home, stateHome } = intruder.device;
  const twin = { home: `${home}-twin`, stateHome: join(`${home}-twin`, 'state') };
  cpSync(home, twin.home, { recursive: true });
  const places = [
    [{ home, stateHome }, arena.victim],
    [twin, arena.witness],
  ] as const;
  for (const [place, { addresses }] of places) {
    const drafts = [update('forked', { by: place.home })];
    const device = await SpoiltDevice.start(place, { dial: addresses, drafts });
    scene.defer(() => device.stop());
  }
};

/** Cases of logs with two histories: the log is frozen, and whoever passes on either of them is not to blame. */
export const EVIDENCE_CASES: readonly HostileCase[] = [
  {
    kind: 'equivocation',
    title: 'brings the proof that it has signed two histories',
    async attack(scene) {
      await sent((intruder) => encodeEvidence(evidenceOf(intruder)))(scene);
      await scene.arena.freezes(scene.intruder.origin);
    },
  },
  {
    kind: 'equivocation',
    title: 'gossips the proof that it has signed two histories',
    async attack(scene) {
      const { intruder, arena } = scene;
      const topic = gossipTopic(intruder.space);
      const peer = await scene.peer({ topic });
      await peer.connect(arena.victim.addresses);
      await peer.gossips();
      const evidence = encodeEvidence(evidenceOf(intruder));
      await peer.publish(topic, encodeGossip({ manifests: [], evidence: [evidence] }));
      await arena.freezes(intruder.origin);
    },
  },
  {
    kind: 'equivocation',
    title: 'is there twice, and writes one history here and another one there',
    async attack(scene) {
      await twins(scene);
      await scene.arena.freezes(scene.intruder.origin);
    },
  },
  {
    kind: 'false evidence',
    title: 'sends evidence that is none',
    code: 'bad_evidence',
    strikes: 1,
    attack: sent(() => utf8Encode('{"version":"1.0.0"}')),
  },
  {
    kind: 'false evidence',
    title: 'proves with one history that there are two',
    code: 'bad_proof',
    strikes: 1,
    attack: sent((intruder) => {
      const [one] = twoHistories(intruder);
      const sooner = signSegment(intruder, undefined, one.records, { createdAt: 7 });
      return encodeEvidence({ ...evidenceOf(intruder), first: one.manifest, second: sooner.manifest });
    }),
  },
  {
    kind: 'false evidence',
    title: 'proves a fork of a log that it has not signed',
    code: 'bad_signature',
    strikes: 1,
    async attack(scene) {
      const evidence = evidenceOf(scene.intruder);
      const { victimLog: origin, victimDevice: keyId } = scene;
      const [first, second] = [evidence.first, evidence.second].map((manifest) => ({
        ...manifest,
        origin,
        keyId,
      }));
      if (first === undefined || second === undefined) return;
      await sent(() => encodeEvidence({ ...evidence, origin, first, second }))(scene);
    },
  },
];
