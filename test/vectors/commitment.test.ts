import { expect, test } from 'vitest';
import { commitment } from '../../protocol/manifest/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';
import { fromHex, readVectors, toHex, type Vector } from '../support/read-vectors.ts';
import { referenceSha256 } from '../support/reference.ts';

interface CommitmentVectors {
  readonly valid: readonly (Vector & {
    readonly prev: string;
    readonly segment: number;
    readonly firstSeq: number;
    readonly events: number;
    readonly root: string;
    readonly commitment: string;
  })[];
}

test.each(readVectors<CommitmentVectors>('commitment').valid)('a commitment: $comment', (vector) => {
  const { prev, segment, firstSeq, events, root } = vector;
  const parts = { prev: fromHex(prev), segment, firstSeq, events, root: fromHex(root) };
  expect(toHex(commitment(portableCrypto, parts))).toBe(vector.commitment);

  const place = Buffer.alloc(16);
  place.writeUInt32BE(segment);
  place.writeBigUInt64BE(BigInt(firstSeq), 4);
  place.writeUInt32BE(events, 12);
  expect(toHex(referenceSha256(Buffer.of(2), parts.prev, place, parts.root))).toBe(vector.commitment);
});
