import { utf8Decode, utf8Encode } from '../../protocol/bytes/index.ts';
import type { Seq } from '../../protocol/event/index.ts';

/** First byte of a key: which kind of row it names. */
export const ROW_KIND = {
  /** Count of frontier changes. */
  arrivals: 0x61, // a
  /** Records of one sealed segment. */
  block: 0x62, // b
  /** Newest evidence of one log. */
  evidence: 0x65, // e
  /** Newest arrival of one log: one entry of the arrival journal. */
  journal: 0x6a, // j
  /** Format version and id of the store. */
  store: 0x6d, // m
  /** One record of an open segment. */
  record: 0x72, // r
  /** Sealed manifest. */
  sealed: 0x73, // s
  /** Newest manifest of a log and its peaks. */
  tail: 0x74, // t
  /** Mark of a segment that is damaged. */
  damage: 0x78, // x
} as const;

/** What a key names. */
export type RowName =
  | { readonly kind: 'arrivals' | 'store' }
  | { readonly kind: 'journal'; readonly number: number }
  | { readonly kind: 'tail' | 'evidence'; readonly origin: string }
  | {
      readonly kind: 'block' | 'record' | 'sealed' | 'damage';
      readonly origin: string;
      readonly number: number;
    };

/** Bytes of a number at the end of a key. */
const NUMBER_BYTES = 8;

export const storeKey = (): Uint8Array => Uint8Array.of(ROW_KIND.store);
export const arrivalsKey = (): Uint8Array => Uint8Array.of(ROW_KIND.arrivals);
export const journalKey = (arrival: number): Uint8Array => makeKey(ROW_KIND.journal, undefined, arrival);
export const tailKey = (origin: string): Uint8Array => makeKey(ROW_KIND.tail, origin);
export const evidenceKey = (origin: string): Uint8Array => makeKey(ROW_KIND.evidence, origin);
export const sealedKey = (origin: string, segment: number): Uint8Array =>
  makeKey(ROW_KIND.sealed, origin, segment);
export const damageKey = (origin: string, segment: number): Uint8Array =>
  makeKey(ROW_KIND.damage, origin, segment);
export const blockKey = (origin: string, segment: number): Uint8Array =>
  makeKey(ROW_KIND.block, origin, segment);
export const recordKey = (origin: string, seq: Seq): Uint8Array => makeKey(ROW_KIND.record, origin, seq);

/** The keys of all rows of one kind, for an iterator. */
export const kindRange = (
  kind: keyof typeof ROW_KIND,
): { readonly gte: Uint8Array; readonly lt: Uint8Array } => ({
  gte: Uint8Array.of(ROW_KIND[kind]),
  lt: Uint8Array.of(ROW_KIND[kind] + 1),
});

/** The keys of all rows of one kind of one log. */
export const logRange = (
  kind: 'tail' | 'sealed' | 'block' | 'record' | 'damage',
  origin: string,
): { readonly gte: Uint8Array; readonly lt: Uint8Array } => {
  const gte = makeKey(ROW_KIND[kind], origin);
  const lt = gte.slice();
  // In the place of the zero after the origin.
  lt[lt.length - 1] = 1;
  return { gte, lt };
};

/** Reads a key; undefined when it is none of this store's. */
export const parseKey = (key: Uint8Array): RowName | undefined => {
  const kind = KIND_NAMES.get(key[0] ?? 0);
  if (kind === undefined) return undefined;
  if (kind === 'store' || kind === 'arrivals') return key.length === 1 ? { kind } : undefined;
  if (kind === 'journal') {
    const number = key.length === 1 + NUMBER_BYTES ? readNumber(key, 1) : undefined;
    return number === undefined ? undefined : { kind, number };
  }
  const end = key.indexOf(0);
  const origin = end < 0 ? undefined : utf8Decode(key.subarray(1, end));
  if (origin === undefined) return undefined;
  if (kind === 'tail' || kind === 'evidence') return key.length === end + 1 ? { kind, origin } : undefined;
  const number = key.length === end + 1 + NUMBER_BYTES ? readNumber(key, end + 1) : undefined;
  return number === undefined ? undefined : { kind, origin, number };
};

const KIND_NAMES: ReadonlyMap<number, keyof typeof ROW_KIND> = new Map(
  Object.entries(ROW_KIND).map(([name, byte]) => [byte, name as keyof typeof ROW_KIND]),
);

/** `kind || origin || 0x00 || uint64be(number)`; the zero keeps logs apart and in order, as no origin holds one. */
const makeKey = (kind: number, origin?: string, number?: number): Uint8Array => {
  const name = origin === undefined ? undefined : utf8Encode(origin);
  const numberAt = name === undefined ? 1 : 1 + name.length + 1;
  const key = new Uint8Array(numberAt + (number === undefined ? 0 : NUMBER_BYTES));
  key[0] = kind;
  if (name !== undefined) key.set(name, 1);
  if (number !== undefined) new DataView(key.buffer).setBigUint64(numberAt, BigInt(number));
  return key;
};

const readNumber = (key: Uint8Array, offset: number): number | undefined => {
  const number = Number(new DataView(key.buffer, key.byteOffset, key.byteLength).getBigUint64(offset));
  return Number.isSafeInteger(number) ? number : undefined;
};
