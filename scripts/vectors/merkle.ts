import { domainHash } from '../../protocol/crypto/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';
import { consistencyProof, inclusionProof, merkleRoot } from '../../protocol/segment/index.ts';
import { hex } from './hex.ts';

const LEAVES = Array.from({ length: 1024 }, (_, i) =>
  domainHash(portableCrypto, 'leaf', [new TextEncoder().encode(`leaf ${i}`)]),
);

/** Places in a tree that are worth a proof: every one of a small tree, the ends and the middle of a large one. */
const placesOf = (events: number): readonly number[] => {
  const all = Array.from({ length: events }, (_, i) => i);
  return events < 16 ? all : [0, 1, 511, 512, 1022, 1023];
};

const tree = (events: number) => {
  const leaves = LEAVES.slice(0, events);
  return {
    comment: `a tree of ${events}`,
    events,
    root: hex(merkleRoot(portableCrypto, leaves)),
    inclusion: placesOf(events).map((index) => ({
      index,
      proof: inclusionProof(portableCrypto, leaves, index).map(hex),
    })),
    consistency: [...placesOf(events), events].map((oldEvents) => ({
      oldEvents,
      proof: consistencyProof(portableCrypto, leaves, oldEvents).map(hex),
    })),
  };
};

export const merkleVectors = () => ({
  comment:
    'Merkle trees (RFC 6962) whose leaf hash number i is SHA-256(0x00 || "leaf i"), i in decimal: roots, inclusion proofs and consistency proofs (RFC 9162, sections 2.1.3 and 2.1.4).',
  trees: [...Array.from({ length: 10 }, (_, events) => tree(events)), tree(1024)],
});
