import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { base32, utf8Encode } from '../bytes/index.ts';
import { HASH_BYTES } from '../crypto/index.ts';
import type { SpaceId } from '../manifest/index.ts';

/** What the key is derived for, so that nothing else derived from a space id can equal it. */
const INFO = utf8Encode('smo/gossip/1');

/**
 * The gossip topic of a space: `/smo/1/` and the base32 of HKDF-SHA-256 (RFC 5869) over the 32 bytes of the
 * space id, without a salt, 32 bytes long. Who sees the topic learns nothing of the id.
 */
export const gossipTopic = (space: SpaceId): string => {
  const id = base32.decode(space);
  if (id === undefined) throw new RangeError(`"${space}" is not the id of a space`);
  return `/smo/1/${base32.encode(hkdf(sha256, id, undefined, INFO, HASH_BYTES))}`;
};
