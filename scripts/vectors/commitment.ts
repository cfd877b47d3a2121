import { type CommitmentParts, commitment, EMPTY_COMMITMENT } from '../../protocol/manifest/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';
import { hex } from './hex.ts';

const ROOT = new Uint8Array(32).fill(0xab);
const PREV = new Uint8Array(32).fill(0xcd);

const vector = (comment: string, parts: CommitmentParts) => ({
  comment,
  ...parts,
  prev: hex(parts.prev),
  root: hex(parts.root),
  commitment: hex(commitment(portableCrypto, parts)),
});

export const commitmentVectors = () => {
  const first = { prev: EMPTY_COMMITMENT, segment: 0, firstSeq: 1, events: 1024, root: ROOT };
  const prev = commitment(portableCrypto, first);
  return {
    comment:
      'Commitment chain: C(k) = SHA-256(0x02 || C(k-1) || uint32be(k) || uint64be(firstSeq) || uint32be(events) || root), hashes in hex.',
    valid: [
      vector('the first segment, after 32 zero bytes', first),
      vector('the second segment, after the first vector', {
        prev,
        segment: 1,
        firstSeq: 1025,
        events: 3,
        root: ROOT,
      }),
      vector('the same segment, grown by one record', {
        prev,
        segment: 1,
        firstSeq: 1025,
        events: 4,
        root: ROOT,
      }),
      vector('a firstSeq beyond 31 bits', {
        prev: PREV,
        segment: 2 ** 21,
        firstSeq: 2 ** 31 + 1,
        events: 1,
        root: ROOT,
      }),
      vector('a firstSeq beyond 32 bits', {
        prev: PREV,
        segment: 2 ** 22,
        firstSeq: 2 ** 32 + 1,
        events: 1,
        root: ROOT,
      }),
      vector('the highest values', {
        prev: PREV,
        segment: 2 ** 32 - 1,
        firstSeq: Number.MAX_SAFE_INTEGER,
        events: 2 ** 32 - 1,
        root: ROOT,
      }),
    ],
  };
};
