import type { Crypto } from './crypto.ts';

/**
 * First byte of everything that the protocol hashes, so that a hash of one kind can never stand for another
 * (RFC 6962, section 2.1, for leaf and node).
 */
export const HASH_DOMAIN = {
  leaf: 0x00,
  node: 0x01,
  commitment: 0x02,
  frontierLeaf: 0x10,
  frontierNode: 0x11,
} as const;

/** A kind of thing that is hashed. */
export type HashDomain = keyof typeof HASH_DOMAIN;

/** Room in which the input of a hash is put together: most are short, and one is made for every event. */
const SCRATCH = new Uint8Array(4096);

/** SHA-256 over the domain byte and the parts, one after the other. */
export const domainHash = (crypto: Crypto, domain: HashDomain, parts: readonly Uint8Array[]): Uint8Array => {
  let size = 1;
  for (const part of parts) size += part.length;
  const input = size > SCRATCH.length ? new Uint8Array(size) : SCRATCH.subarray(0, size);
  input[0] = HASH_DOMAIN[domain];
  let at = 1;
  for (const part of parts) {
    input.set(part, at);
    at += part.length;
  }
  return crypto.sha256(input);
};
