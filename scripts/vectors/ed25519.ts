import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { deviceIdFromPublicKey } from '../../protocol/crypto/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';
import { fromHex } from '../../test/support/read-vectors.ts';
import { hex } from './hex.ts';

const { Point } = ed25519;

/** Published samples: RFC 8032, section 7.1, tests 1 to 3. */
const PUBLISHED: readonly (readonly [key: string, message: string, signature: string])[] = [
  [
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
];

/** A point of order eight: added to another one it vanishes when multiplied by the cofactor. */
const TORSION = Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a');

/** Private scalar and nonce of the made-up signatures; any two numbers would do. */
const SCALAR = 12_345_678_901_234_567_890n;
const NONCE = 987_654_321n;

const littleEndian = (value: bigint): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));

const fromLittleEndian = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n);

interface SignatureVector {
  readonly comment: string;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
}

/**
 * A signature by a key and a nonce point that are moved by multiples of {@link TORSION}: it always fulfils the
 * equation multiplied by the cofactor, and the plain one only by chance.
 */
const twisted = (comment: string, keyTwist: bigint, nonceTwist: bigint, number: number): SignatureVector => {
  const key = Point.BASE.multiply(SCALAR).add(TORSION.multiplyUnsafe(keyTwist)).toBytes();
  const nonce = Point.BASE.multiply(NONCE).add(TORSION.multiplyUnsafe(nonceTwist)).toBytes();
  const message = Uint8Array.of(number);
  const digest = sha512(Uint8Array.from([...nonce, ...key, ...message]));
  const s = (NONCE + (fromLittleEndian(digest) % Point.Fn.ORDER) * SCALAR) % Point.Fn.ORDER;
  const signature = hex(nonce) + hex(littleEndian(s));
  return { comment, publicKey: hex(key), message: hex(message), signature };
};

const verdict = (vector: SignatureVector) => {
  const device = deviceIdFromPublicKey(fromHex(vector.publicKey));
  const valid = portableCrypto.verify(device, fromHex(vector.message), fromHex(vector.signature));
  return { ...vector, device, valid };
};

const altered = (): readonly SignatureVector[] => {
  const base = twisted('', 0n, 0n, 0);
  const s = fromLittleEndian(fromHex(base.signature).subarray(32));
  const nonce = base.signature.slice(0, 64);
  return [
    { ...base, comment: 'another message', message: '01' },
    { ...base, comment: 'another key', publicKey: PUBLISHED[0]?.[0] ?? '' },
    {
      ...base,
      comment: 'S raised by the group order',
      signature: nonce + hex(littleEndian(s + Point.Fn.ORDER)),
    },
    {
      ...base,
      comment: 'R that is no point',
      signature: `${'02'.padEnd(64, '0')}${base.signature.slice(64)}`,
    },
    { ...base, comment: 'a key that is no point', publicKey: '02'.padEnd(64, '0') },
    { ...base, comment: '63 bytes', signature: base.signature.slice(2) },
    { ...base, comment: '65 bytes', signature: `${base.signature}00` },
    { ...base, comment: 'no bytes', signature: '' },
  ];
};

/** Keys of points of small order in each of their spellings, and one beyond the field. */
const weakKeys = () => {
  const points = Array.from({ length: 8 }, (_, i) => hex(TORSION.multiplyUnsafe(BigInt(i)).toBytes()));
  const beyond = Array.from({ length: 19 }, (_, i) => hex(littleEndian(Point.Fp.ORDER + BigInt(i))));
  const signFlipped = (key: string) =>
    key.slice(0, 62) + (Number.parseInt(key.slice(62), 16) ^ 0x80).toString(16).padStart(2, '0');
  const all = new Set([...points, ...beyond].flatMap((key) => [key, signFlipped(key)]));
  return [...all].map((publicKey) => ({
    comment: 'a point of small order, or a second spelling of a point',
    publicKey,
    device: deviceIdFromPublicKey(fromHex(publicKey)),
    code: 'bad_device_id',
  }));
};

export const ed25519Vectors = () => ({
  comment:
    'Ed25519 signatures (RFC 8032) by the equation without the cofactor, all in hex. `signatures`: each with whether it is valid; the twisted ones fulfil the equation with the cofactor, on which implementations differ. `weakKeys`: public keys that are no devices.',
  signatures: [
    ...PUBLISHED.map(([publicKey, message, signature], i) =>
      verdict({ comment: `RFC 8032, section 7.1, test ${i + 1}`, publicKey, message, signature }),
    ),
    verdict(twisted('a plain key and nonce', 0n, 0n, 0)),
    verdict(twisted('R twisted by a point of order 8', 0n, 1n, 0)),
    verdict(twisted('R twisted by a point of order 2', 0n, 4n, 0)),
    ...[0, 1, 2, 3, 4, 5, 6, 7].map((number) =>
      verdict(twisted('the key twisted by a point of order 4', 2n, 0n, number)),
    ),
    verdict(twisted('key and R twisted', 1n, 1n, 0)),
    ...altered().map(verdict),
  ],
  weakKeys: weakKeys(),
});
