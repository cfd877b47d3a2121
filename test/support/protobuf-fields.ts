import { base32, encodeProtobuf, type ProtobufField, utf8Encode } from '../../protocol/bytes/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';

/** A field that holds a number. */
export const number = (tag: number, value: number): ProtobufField => ({ tag, type: 'varint', value });

/** A field that holds bytes. */
export const bytes = (tag: number, value: Uint8Array): ProtobufField => ({ tag, type: 'bytes', value });

/** A field that holds a text. */
export const text = (tag: number, value: string): ProtobufField => bytes(tag, utf8Encode(value));

/** A ticket of these fields, its checksum right. */
export const ticketOf = (fields: readonly ProtobufField[]): string => {
  const message = encodeProtobuf(fields);
  const checksum = portableCrypto.sha256(message).subarray(0, 4);
  return `smo1${base32.encode(Uint8Array.of(...message, ...checksum))}`;
};
