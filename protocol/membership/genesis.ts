import { base32 } from '../bytes/index.ts';
import type { Crypto } from '../crypto/index.ts';
import { eventIdFromLeaf, leafHash, type Origin, type PlacedEvent } from '../event/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import { placeRecord } from '../log/index.ts';
import type { SpaceId } from '../manifest/index.ts';
import { CONTROL_TYPE, readControl } from './control-event.ts';

/** The first record of the founder's log. Whoever holds it can check that a space id is its hash. */
export interface Genesis {
  readonly origin: Origin;
  readonly record: Uint8Array;
}

/** The id of the space that a genesis record founds: base32 of its leaf hash. */
export const spaceIdOf = (crypto: Crypto, genesis: Genesis): SpaceId =>
  base32.encode(leafHash(crypto, genesis.origin, 1, genesis.record)) as SpaceId;

/** Checks that a genesis record founds the space, and reads it. */
export const verifyGenesis = (
  crypto: Crypto,
  space: SpaceId,
  genesis: Genesis,
): Verdict<PlacedEvent, 'wrong_space'> => {
  const leaf = leafHash(crypto, genesis.origin, 1, genesis.record);
  const event = placeRecord(genesis.origin, 1, eventIdFromLeaf(leaf), genesis.record);
  const founds =
    base32.encode(leaf) === space &&
    event.ok &&
    event.value.type === CONTROL_TYPE.spaceCreated &&
    readControl(event.value).ok;
  return founds
    ? accept(event.value)
    : refuse('wrong_space', `the genesis record does not found space ${space}`);
};
