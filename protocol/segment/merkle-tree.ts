import { type Crypto, domainHash } from '../crypto/index.ts';

/**
 * Root of the Merkle tree over leaf hashes (RFC 6962, section 2.1). The leaves are hashes already, and no leaf
 * is ever doubled: a node without a sibling rises as it is.
 *
 * @param leaves leaf hashes of 32 bytes, in order
 * @returns 32 bytes; for no leaves the SHA-256 of the empty string
 */
export const merkleRoot = (crypto: Crypto, leaves: readonly Uint8Array[]): Uint8Array => {
  let level = leaves;
  while (level.length > 1) level = parents(crypto, level);
  return level[0] ?? emptyRoot(crypto);
};

/** Root of a tree without leaves. */
export const emptyRoot = (crypto: Crypto): Uint8Array => crypto.sha256(new Uint8Array());

/** Hash of an inner node: SHA-256(0x01 || left || right). */
export const nodeHash = (crypto: Crypto, left: Uint8Array, right: Uint8Array): Uint8Array =>
  domainHash(crypto, 'node', [left, right]);

/** Nodes of the level above; one without a sibling rises as it is. */
export const parents = (crypto: Crypto, level: readonly Uint8Array[]): readonly Uint8Array[] => {
  const above: Uint8Array[] = [];
  let left: Uint8Array | undefined;
  for (const node of level) {
    if (left === undefined) left = node;
    else {
      above.push(nodeHash(crypto, left, node));
      left = undefined;
    }
  }
  if (left !== undefined) above.push(left);
  return above;
};
