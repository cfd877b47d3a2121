import { describe, expect, it } from 'vitest';
import { encodeProtobuf } from '../../../protocol/bytes/index.ts';
import type { SpaceId } from '../../../protocol/manifest/index.ts';
import { decodeGossip, encodeGossip, GOSSIP_LIMITS, gossipTopic } from '../../../protocol/sync/index.ts';

const sized = (size: number) => ({ manifests: [new Uint8Array(size)], evidence: [] });

/** Tag, and a length of two bytes. */
const OVERHEAD = 1 + 2;

describe('a gossip message', () => {
  it('is as long as its limit and no longer', () => {
    const largest = GOSSIP_LIMITS.messageBytesMax - OVERHEAD;
    const bytes = encodeGossip(sized(largest));
    expect(bytes.length).toBe(GOSSIP_LIMITS.messageBytesMax);
    expect(decodeGossip(bytes)).toEqual({ ok: true, value: sized(largest) });
    expect(() => encodeGossip(sized(largest + 1))).toThrow(RangeError);
    const longer = encodeProtobuf([{ tag: 1, type: 'bytes', value: new Uint8Array(largest + 1) }]);
    expect(decodeGossip(longer)).toMatchObject({
      fault: { code: 'bad_gossip', message: expect.stringContaining(`${longer.length} bytes`) },
    });
  });

  it('is not written past the limits of its parts, nor empty', () => {
    const parts = (count: number) => Array.from({ length: count }, () => Uint8Array.of(1));
    const { manifestsMax, evidenceMax } = GOSSIP_LIMITS;
    expect(() =>
      encodeGossip({ manifests: parts(manifestsMax), evidence: parts(evidenceMax) }),
    ).not.toThrow();
    expect(() => encodeGossip({ manifests: parts(manifestsMax + 1), evidence: [] })).toThrow(RangeError);
    expect(() => encodeGossip({ manifests: [], evidence: parts(evidenceMax + 1) })).toThrow(RangeError);
    expect(() => encodeGossip({ manifests: [], evidence: [] })).toThrow(RangeError);
  });
});

it('only a space id has a topic', () => {
  expect(() => gossipTopic('not a space' as SpaceId)).toThrow(RangeError);
});
