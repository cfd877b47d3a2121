import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  base32,
  base58Decode,
  base58Encode,
  base64,
  canonicalBytes,
  canonicalText,
  decodeCanonical,
  decodeProtobuf,
  encodeProtobuf,
  hexDecode,
  hexEncode,
  type JsonValue,
  type ProtobufField,
  readVarint,
  writeVarint,
} from '../../protocol/bytes/index.ts';
import { referenceBase32 } from '../support/reference.ts';

const BASES = [
  ['base32', base32.encode, base32.decode],
  ['base58', base58Encode, base58Decode],
  ['base64', base64.encode, base64.decode],
  ['hexadecimal', hexEncode, hexDecode],
] as const;

describe.each(BASES)('%s', (_, encode, decode) => {
  test('every byte string comes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(decode(encode(bytes))).toEqual(bytes);
      }),
    );
  });

  test('every text is either refused or the one text of its bytes', () => {
    const alphabet = fc.constantFrom(...'abyzABYZ0123456789+/=-_ \n');
    const texts = fc.oneof(fc.string(), fc.string({ unit: alphabet }), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(texts, (text) => {
        const bytes = decode(text);
        expect(bytes === undefined || encode(bytes)).toBe(bytes === undefined || text);
      }),
    );
  });
});

test('base32 and base64 agree with others', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      expect(base32.encode(bytes)).toBe(referenceBase32(bytes));
      expect(base64.encode(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    }),
  );
});

/** JSON values that have a canonical form, awkward keys included. */
const jsonValues = (): fc.Arbitrary<JsonValue> =>
  fc.letrec<{ value: JsonValue }>((tie) => {
    const text = fc.string({ unit: 'binary' });
    const key = fc.oneof(text, fc.constantFrom('__proto__', 'constructor', '', '10', '9', '-1'));
    return {
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constant(null),
        fc.boolean(),
        fc.maxSafeInteger(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Number.isInteger(n)),
        text,
        fc.array(tie('value')),
        fc.array(fc.tuple(key, tie('value'))).map((entries) => Object.fromEntries(entries)),
      ),
    };
  }).value;

describe('canonical JSON', () => {
  test('is JSON of the same value, and decodes to itself', () => {
    fc.assert(
      fc.property(jsonValues(), (value) => {
        const text = canonicalText(value);
        expect(canonicalText(JSON.parse(text))).toBe(text);
        const decoded = decodeCanonical(canonicalBytes(value));
        expect(decoded.ok && canonicalText(decoded.value)).toBe(text);
      }),
    );
  });

  test('does not depend on the order in which members were set', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.string(), fc.integer()), { selector: ([key]) => key }),
        (entries) => {
          const there = canonicalText(Object.fromEntries(entries));
          expect(canonicalText(Object.fromEntries([...entries].reverse()))).toBe(there);
        },
      ),
    );
  });

  test('decoding gives a verdict on any bytes', () => {
    const nearly = jsonValues().map((value) => new TextEncoder().encode(JSON.stringify(value)));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), nearly), (bytes) => {
        const verdict = decodeCanonical(bytes);
        if (verdict.ok) expect(canonicalBytes(verdict.value)).toEqual(bytes);
        else expect(['not_json', 'not_canonical']).toContain(verdict.fault.code);
      }),
    );
  });
});

const unsigned = () => fc.oneof(fc.maxSafeNat(), fc.nat(300), fc.constantFrom(2 ** 31, 2 ** 32, 2 ** 53 - 1));

describe('varints', () => {
  test('every unsigned safe integer comes back', () => {
    fc.assert(
      fc.property(unsigned(), fc.uint8Array({ maxLength: 4 }), (value, before) => {
        const out = [...before];
        writeVarint(out, value);
        expect(readVarint(Uint8Array.from(out), before.length)).toEqual({ value, next: out.length });
      }),
    );
  });

  test('what can be read is the one spelling of its value', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const read = readVarint(bytes, 0);
        if (read === undefined) return;
        const out: number[] = [];
        writeVarint(out, read.value);
        expect(out).toEqual([...bytes.subarray(0, read.next)]);
      }),
    );
  });
});

describe('protobuf', () => {
  const tag = fc.integer({ min: 1, max: 2 ** 29 - 1 });
  const fields = fc.array(
    fc.oneof(
      fc.record({ tag, type: fc.constant('varint' as const), value: unsigned() }),
      fc.record({ tag, type: fc.constant('bytes' as const), value: fc.uint8Array() }),
    ) satisfies fc.Arbitrary<ProtobufField>,
  );

  test('every list of fields comes back', () => {
    fc.assert(
      fc.property(fields, (list) => {
        expect(decodeProtobuf(encodeProtobuf(list))).toEqual(list);
      }),
    );
  });

  test('what can be decoded is the one spelling of its fields', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const list = decodeProtobuf(bytes);
        if (list !== undefined) expect(encodeProtobuf(list)).toEqual(bytes);
      }),
    );
  });
});
