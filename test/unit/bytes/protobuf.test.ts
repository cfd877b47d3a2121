import { expect, test } from 'vitest';
import { decodeProtobuf, encodeProtobuf, type ProtobufField } from '../../../protocol/bytes/index.ts';
import { fromHex, toHex } from '../../support/read-vectors.ts';

const FIELDS: readonly ProtobufField[] = [
  { tag: 1, type: 'varint', value: 150 },
  { tag: 2, type: 'bytes', value: Uint8Array.from(Buffer.from('testing')) },
  { tag: 16, type: 'varint', value: 2 ** 32 },
  { tag: 16, type: 'bytes', value: new Uint8Array() },
];

/** The first two fields are the samples of the Protocol Buffers encoding guide. */
const BYTES = '089601120774657374696e67800180808080108201' + '00';

test('fields are written in their order and read back', () => {
  expect(toHex(encodeProtobuf(FIELDS))).toBe(BYTES);
  expect(decodeProtobuf(fromHex(BYTES))).toEqual(FIELDS);
  expect(decodeProtobuf(new Uint8Array())).toEqual([]);
});

test.each([
  ['a key without a value', '08'],
  ['bytes that are cut short', '12026f'],
  ['a length beyond the message', '12ffffffffffffff0f'],
  ['tag 0', '0001'],
  ['a fixed 64-bit value', '090000000000000000'],
  ['a fixed 32-bit value', '0d00000000'],
  ['a group', '0b0c'],
  ['a key not in its shortest form', '880001'],
])('decoding refuses %s', (_, bytes) => {
  expect(decodeProtobuf(fromHex(bytes))).toBeUndefined();
});

test('a message has up to 65,536 fields', () => {
  const field = { tag: 1, type: 'varint', value: 0 } as const;
  const most = new Array<ProtobufField>(65_536).fill(field);
  expect(decodeProtobuf(encodeProtobuf(most))).toHaveLength(65_536);
  expect(decodeProtobuf(encodeProtobuf([...most, field]))).toBeUndefined();
});
