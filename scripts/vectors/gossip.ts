import { encodeProtobuf, type ProtobufField } from '../../protocol/bytes/index.ts';
import { spaceIdFromLeaf } from '../../protocol/manifest/index.ts';
import { encodeGossip, GOSSIP_LIMITS, type GossipMessage, gossipTopic } from '../../protocol/sync/index.ts';
import { hex } from './hex.ts';

const topic = (comment: string, leaf: Uint8Array) => {
  const space = spaceIdFromLeaf(leaf);
  return { comment, space, topic: gossipTopic(space) };
};

const message = (comment: string, parts: GossipMessage) => ({
  comment,
  manifests: parts.manifests.map(hex),
  evidence: parts.evidence.map(hex),
  bytes: hex(encodeGossip(parts)),
});

const field = (tag: number, ...value: readonly number[]): ProtobufField => ({
  tag,
  type: 'bytes',
  value: Uint8Array.from(value),
});

const invalid = (comment: string, bytes: Uint8Array) => ({ comment, bytes: hex(bytes) });

const repeated = (count: number, tag: number): Uint8Array =>
  encodeProtobuf(Array.from({ length: count }, (_, i) => field(tag, i)));

export const gossipVectors = () => ({
  comment:
    'Gossip: the topic of a space, and messages with stand-ins for manifests and evidence, whose own bytes are not looked at here. Bytes in hex.',
  topics: [
    topic('a space id of zeroes', new Uint8Array(32)),
    topic(
      'a space id of 32 different bytes',
      Uint8Array.from({ length: 32 }, (_, i) => i),
    ),
    topic('a space id of ones', new Uint8Array(32).fill(0xff)),
  ],
  valid: [
    message('one manifest', { manifests: [Uint8Array.of(1, 2, 3)], evidence: [] }),
    message('one piece of evidence', { manifests: [], evidence: [Uint8Array.of(4)] }),
    message('both, repeated', {
      manifests: [Uint8Array.of(1), Uint8Array.of(2)],
      evidence: [Uint8Array.of(3), Uint8Array.of(4)],
    }),
    message('as many as fit', {
      manifests: Array.from({ length: GOSSIP_LIMITS.manifestsMax }, (_, i) => Uint8Array.of(i)),
      evidence: Array.from({ length: GOSSIP_LIMITS.evidenceMax }, (_, i) => Uint8Array.of(i)),
    }),
    message('an empty field, which is a manifest of no bytes', {
      manifests: [new Uint8Array()],
      evidence: [],
    }),
  ],
  invalid: [
    invalid('nothing', new Uint8Array()),
    invalid('rubbish', Uint8Array.of(0xff, 0xff)),
    invalid('a field that is cut off', Uint8Array.of(0x0a, 5, 1)),
    invalid('an unknown tag', encodeProtobuf([field(1, 1), field(3, 1)])),
    invalid(
      'a number where bytes belong',
      encodeProtobuf([field(1, 1), { tag: 2, type: 'varint', value: 1 }]),
    ),
    invalid('evidence before a manifest', encodeProtobuf([field(2, 1), field(1, 1)])),
    invalid('a length that is not in its shortest form', Uint8Array.of(0x0a, 0x81, 0x00, 1)),
    invalid('one manifest too many', repeated(GOSSIP_LIMITS.manifestsMax + 1, 1)),
    invalid('one piece of evidence too many', repeated(GOSSIP_LIMITS.evidenceMax + 1, 2)),
  ],
});
