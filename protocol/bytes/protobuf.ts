import { readVarint, writeVarint } from './varint.ts';

/** Wire types of Protocol Buffers that the project's messages use; any other is malformed. */
const WIRE_VARINT = 0;
const WIRE_BYTES = 2;

/** One field of a message: a number (varint) or bytes (length-delimited). */
export type ProtobufField =
  | { readonly tag: number; readonly type: 'varint'; readonly value: number }
  | { readonly tag: number; readonly type: 'bytes'; readonly value: Uint8Array };

/** Most fields a message may have before decoding gives up. */
const FIELDS_MAX = 65_536;

/**
 * Encodes fields in the given order (Protocol Buffers wire format). Protocol codecs write them by ascending
 * tag, and of flags only those that are set, so that equal messages have equal bytes.
 */
export const encodeProtobuf = (fields: readonly ProtobufField[]): Uint8Array => {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const field of fields) {
    const head: number[] = [];
    if (field.type === 'varint') {
      writeVarint(head, field.tag * 8 + WIRE_VARINT);
      writeVarint(head, field.value);
    } else {
      writeVarint(head, field.tag * 8 + WIRE_BYTES);
      writeVarint(head, field.value.length);
    }
    const prefix = Uint8Array.from(head);
    parts.push(prefix);
    size += prefix.length;
    if (field.type === 'bytes') {
      parts.push(field.value);
      size += field.value.length;
    }
  }
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};

/**
 * Decodes a message into its fields; undefined when the bytes are malformed. Byte values are views of the
 * input, not copies.
 */
export const decodeProtobuf = (bytes: Uint8Array): readonly ProtobufField[] | undefined => {
  const fields: ProtobufField[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (fields.length >= FIELDS_MAX) return undefined;
    const key = readVarint(bytes, at);
    const number = key && readVarint(bytes, key.next);
    if (key === undefined || number === undefined) return undefined;
    const tag = Math.floor(key.value / 8);
    const wireType = key.value % 8;
    if (tag === 0) return undefined;
    if (wireType === WIRE_VARINT) {
      fields.push({ tag, type: 'varint', value: number.value });
      at = number.next;
    } else if (wireType === WIRE_BYTES) {
      const end = number.next + number.value;
      if (end > bytes.length) return undefined;
      fields.push({ tag, type: 'bytes', value: bytes.subarray(number.next, end) });
      at = end;
    } else return undefined;
  }
  return fields;
};
