import { base32, utf8Encode } from '../bytes/index.ts';
import { type Crypto, domainHash, HASH_BYTES } from '../crypto/index.ts';
import type { EventId, Seq } from './event.ts';
import type { Origin } from './origin.ts';

/** Prefix of event ids: the first version of their form. */
const EVENT_ID_PREFIX = 'ev1';

/**
 * Leaf hash of a record in its place:
 * SHA-256(0x00 || uint16be(length of origin) || origin || uint64be(seq) || record).
 *
 * @returns 32 bytes
 */
export const leafHash = (crypto: Crypto, origin: Origin, seq: Seq, record: Uint8Array): Uint8Array =>
  leafHasher(crypto, origin)(seq, record);

/** {@link leafHash} for many records of one log: what is the same for all of them is written down once. */
export const leafHasher = (
  crypto: Crypto,
  origin: Origin,
): ((seq: Seq, record: Uint8Array) => Uint8Array) => {
  const name = utf8Encode(origin);
  const place = new Uint8Array(2 + name.length + 8);
  const view = new DataView(place.buffer);
  view.setUint16(0, name.length);
  place.set(name, 2);
  return (seq, record) => {
    view.setUint32(2 + name.length, Math.floor(seq / 2 ** 32));
    view.setUint32(2 + name.length + 4, seq);
    return domainHash(crypto, 'leaf', [place, record]);
  };
};

/** The event id that a leaf hash stands for. */
export const eventIdFromLeaf = (leaf: Uint8Array): EventId =>
  (EVENT_ID_PREFIX + base32.encode(leaf)) as EventId;

/** The leaf hash inside an event id, or undefined when the text is no event id. */
export const leafFromEventId = (text: string): Uint8Array | undefined => {
  if (!text.startsWith(EVENT_ID_PREFIX)) return undefined;
  const leaf = base32.decode(text.slice(EVENT_ID_PREFIX.length));
  return leaf?.length === HASH_BYTES ? leaf : undefined;
};
