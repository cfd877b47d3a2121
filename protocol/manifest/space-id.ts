import { base32 } from '../bytes/index.ts';
import { HASH_BYTES } from '../crypto/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import type { SpaceId } from './manifest.ts';

/** The id of the space whose genesis record has this leaf hash. */
export const spaceIdFromLeaf = (leaf: Uint8Array): SpaceId => {
  if (leaf.length !== HASH_BYTES) throw new RangeError(`a leaf hash has 32 bytes, not ${leaf.length}`);
  return base32.encode(leaf) as SpaceId;
};

/** Parses the id of a space: the base32 of 32 bytes. */
export const parseSpaceId = (text: string): Verdict<SpaceId, 'bad_space_id'> =>
  text.length === SPACE_ID_CHARS && base32.decode(text) !== undefined
    ? accept(text as SpaceId)
    : refuse('bad_space_id', `"${text.slice(0, 80)}" is not the id of a space`);

const SPACE_ID_CHARS = Math.ceil((HASH_BYTES * 8) / 5);
