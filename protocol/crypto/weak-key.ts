/** The prime of the field over which Curve25519 is defined. */
const FIELD_ORDER = 2n ** 255n - 19n;

/**
 * Whether the bytes of a public key are one of the few that stand for no key: those of the points of small
 * order, for which signatures can be made without a private key, and those beyond the field, which are second
 * spellings of others.
 */
export const isWeakPublicKey = (publicKey: Uint8Array): boolean => {
  // The highest bit is the sign of x; the rest is y, and every point and its negative are weak together.
  const y = littleEndian(publicKey) % 2n ** 255n;
  return y >= FIELD_ORDER || SMALL_ORDER_Y.has(y);
};

const littleEndian = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n);

/** y of a point of order eight; its negative is that of the others. */
const ORDER_EIGHT_Y = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;

/** y of all eight points of small order. */
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  FIELD_ORDER - 1n,
  ORDER_EIGHT_Y,
  FIELD_ORDER - ORDER_EIGHT_Y,
]);
