import type { JsonObject } from '../../protocol/bytes/index.ts';
import { type EventBody, encodeRecord, eventIdFromLeaf, leafHash } from '../../protocol/event/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';
import { testLog } from '../../test/support/test-log.ts';
import { hex } from './hex.ts';

const { origin } = testLog(1);
const other = testLog(2).origin;

const BODY = {
  type: 'plos.core/StateUpdated',
  entityId: 'note-1',
  payload: { title: 'Milk' },
  timestamp: 1_750_000_000_000,
} satisfies EventBody;

const VALID: readonly { readonly comment: string; readonly seq: number; readonly body: EventBody }[] = [
  { comment: 'a state update', seq: 1, body: BODY },
  { comment: 'the same body in another place has another id', seq: 2, body: BODY },
  {
    comment: 'all members, and a seq beyond 32 bits',
    seq: 2 ** 32 + 1,
    body: {
      ...BODY,
      actor: 'thermostat',
      seen: { [other]: 7 },
      source: { id: 'old-17', origin: 'legacy', seq: 0, seen: {} },
    },
  },
  {
    comment: 'the highest seq and the latest timestamp',
    seq: Number.MAX_SAFE_INTEGER,
    body: { ...BODY, timestamp: 8.64e15 },
  },
  {
    comment: 'a foreign type is carried whatever its payload says',
    seq: 3,
    body: {
      ...BODY,
      type: 'shop/Ordered',
      payload: JSON.parse('{"__proto__":[null,0.1,"€"],"10":1,"9":{}}'),
    },
  },
  {
    comment: 'a relation',
    seq: 4,
    body: { ...BODY, type: 'plos.core/RelationAdded', payload: { id: 'r-1', to: 'note-2' } },
  },
];

/** Members that replace those of the body, and the code they lead to. */
const INVALID_BODIES: readonly (readonly [comment: string, members: JsonObject, code: string])[] = [
  ['an unknown member', { origin }, 'record_malformed'],
  ['a type without a namespace', { type: 'StateUpdated' }, 'record_malformed'],
  ['an empty entity id', { entityId: '' }, 'record_malformed'],
  ['a payload that is an array', { payload: [] }, 'record_malformed'],
  ['a timestamp before 1970', { timestamp: -1 }, 'record_malformed'],
  ['a timestamp with a fraction', { timestamp: 0.5 }, 'record_malformed'],
  ['a timestamp beyond the calendar', { timestamp: 8.64e15 + 1 }, 'record_malformed'],
  ['a null actor', { actor: null }, 'record_malformed'],
  ['an empty seen', { seen: {} }, 'record_malformed'],
  ['a seen seq of 0', { seen: { [other]: 0 } }, 'record_malformed'],
  ['seen of something that is no log', { seen: { legacy: 1 } }, 'record_malformed'],
  ['a source without an id', { source: { seq: 1 } }, 'record_malformed'],
  ['an entity id of 513 bytes', { entityId: 'x'.repeat(513) }, 'record_past_limit'],
  ['a field name of 513 bytes', { payload: { ['x'.repeat(513)]: 1 } }, 'record_past_limit'],
  ['a payload of 65 levels', { payload: nested(65) }, 'record_past_limit'],
  ['a relation without an id', { type: 'plos.core/RelationAdded', payload: {} }, 'record_bad_payload'],
  [
    'a resolution without a chosen event',
    { type: 'plos.core/ConflictResolved', payload: { field: 'title' } },
    'record_bad_payload',
  ],
];

function nested(levels: number): JsonObject {
  return levels === 1 ? {} : { a: nested(levels - 1) };
}

const canonicalOf = (body: JsonObject): string => {
  const sorted = Object.keys(body).sort();
  return JSON.stringify(Object.fromEntries(sorted.map((key) => [key, body[key]])));
};

export const recordVectors = () => ({
  comment:
    'Records: codec byte 00 and the canonical JSON of a body. `valid`: a body and its place, the record (hex), its leaf hash SHA-256(0x00 || uint16be(length of origin) || origin || uint64be(seq) || record) and its id. `invalid`: bytes given as runs of hex, each repeated `times` times, and the code.',
  valid: VALID.map(({ comment, seq, body }) => {
    const record = encodeRecord(body);
    const leaf = leafHash(portableCrypto, origin, seq, record);
    return { comment, origin, seq, body, record: hex(record), leaf: hex(leaf), id: eventIdFromLeaf(leaf) };
  }),
  invalid: [
    { comment: 'no bytes', runs: [], code: 'record_empty' },
    { comment: 'a reserved codec', runs: [{ hex: '01', times: 1 }], code: 'record_unknown_codec' },
    { comment: 'no body', runs: [{ hex: '00', times: 1 }], code: 'record_not_canonical' },
    {
      comment: 'one byte past 256 KiB',
      runs: [{ hex: '00', times: 262_145 }],
      code: 'record_too_large',
    },
    {
      comment: 'a body that is not canonical: white space',
      runs: [{ hex: `00${hex(JSON.stringify(BODY, null, 1))}`, times: 1 }],
      code: 'record_not_canonical',
    },
    {
      comment: 'a body that is no object',
      runs: [{ hex: `00${hex('[]')}`, times: 1 }],
      code: 'record_malformed',
    },
    ...INVALID_BODIES.map(([comment, members, code]) => ({
      comment,
      runs: [{ hex: `00${hex(canonicalOf({ ...BODY, ...members }))}`, times: 1 }],
      code,
    })),
  ],
});
