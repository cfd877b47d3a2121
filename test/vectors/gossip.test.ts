import { hkdfSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { base32 } from '../../protocol/bytes/index.ts';
import type { SpaceId } from '../../protocol/manifest/index.ts';
import { decodeGossip, encodeGossip, gossipTopic } from '../../protocol/sync/index.ts';
import { fromHex, readVectors, toHex, type Vector } from '../support/read-vectors.ts';

interface GossipVectors {
  readonly topics: readonly (Vector & { readonly space: SpaceId; readonly topic: string })[];
  readonly valid: readonly (Vector & {
    readonly manifests: readonly string[];
    readonly evidence: readonly string[];
    readonly bytes: string;
  })[];
  readonly invalid: readonly (Vector & { readonly bytes: string })[];
}

const vectors = readVectors<GossipVectors>('gossip');

test.each(vectors.topics)('a topic: $comment', ({ space, topic }) => {
  expect(gossipTopic(space)).toBe(topic);
  const id = base32.decode(space) ?? new Uint8Array();
  const derived = new Uint8Array(hkdfSync('sha256', id, new Uint8Array(), 'smo/gossip/1', 32));
  expect(`/smo/1/${base32.encode(derived)}`).toBe(topic);
});

test.each(vectors.valid)('a message: $comment', ({ manifests, evidence, bytes }) => {
  const message = { manifests: manifests.map(fromHex), evidence: evidence.map(fromHex) };
  expect(toHex(encodeGossip(message))).toBe(bytes);
  expect(decodeGossip(fromHex(bytes))).toEqual({ ok: true, value: message });
  // A reading of its own: each field is a tag byte, a length below 128, and that many bytes.
  const field = (tag: number) => (value: string) =>
    `${Buffer.of(tag * 8 + 2, value.length / 2).toString('hex')}${value}`;
  expect([...manifests.map(field(1)), ...evidence.map(field(2))].join('')).toBe(bytes);
});

test.each(vectors.invalid)('a message is refused: $comment', ({ bytes }) => {
  expect(decodeGossip(fromHex(bytes))).toMatchObject({ ok: false, fault: { code: 'bad_gossip' } });
});
