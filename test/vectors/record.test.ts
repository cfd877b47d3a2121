import { expect, test } from 'vitest';
import {
  decodeRecord,
  type EventBody,
  encodeRecord,
  eventIdFromLeaf,
  leafFromEventId,
  leafHash,
  type Origin,
} from '../../protocol/event/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';
import { fromHex, readVectors, toHex, type Vector } from '../support/read-vectors.ts';
import { referenceBase32, referenceLeaf } from '../support/reference.ts';

interface RecordVectors {
  readonly valid: readonly (Vector & {
    readonly origin: Origin;
    readonly seq: number;
    readonly body: EventBody;
    readonly record: string;
    readonly leaf: string;
    readonly id: string;
  })[];
  readonly invalid: readonly (Vector & {
    readonly runs: readonly { readonly hex: string; readonly times: number }[];
    readonly code: string;
  })[];
}

const vectors = readVectors<RecordVectors>('record');

test.each(vectors.valid)('a record: $comment', ({ origin, seq, body, record, leaf, id }) => {
  expect(toHex(encodeRecord(body))).toBe(record);
  expect(decodeRecord(fromHex(record))).toEqual({ ok: true, value: body });
  const hash = leafHash(portableCrypto, origin, seq, fromHex(record));
  expect(toHex(hash)).toBe(leaf);
  expect(eventIdFromLeaf(hash)).toBe(id);
  expect(leafFromEventId(id)).toEqual(hash);
});

test.each(vectors.valid)('an independent hash of a record: $comment', ({ origin, seq, record, leaf, id }) => {
  const hash = referenceLeaf(origin, seq, fromHex(record));
  expect(toHex(hash)).toBe(leaf);
  expect(`ev1${referenceBase32(hash)}`).toBe(id);
});

test.each(vectors.invalid)('a record is refused: $comment', ({ runs, code }) => {
  const bytes = fromHex(runs.map(({ hex, times }) => hex.repeat(times)).join(''));
  expect(decodeRecord(bytes)).toMatchObject({ ok: false, fault: { code } });
});
