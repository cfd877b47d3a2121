import type { DeviceId } from '../crypto/index.ts';
import { ByteCursor } from './byte-cursor.ts';
import { decodeEntry } from './entry-codec.ts';
import type { FieldReader } from './field-reader.ts';
import {
  type Cursor,
  creditOf,
  type LogAlias,
  type LogName,
  type RangeFollows,
  type SyncFault,
  type SyncFrame,
  type ToldEntry,
} from './frame.ts';
import { SHOWN_HASH_BYTES } from './frontier-tree.ts';
import { readAnswer, readAsk } from './inquiry-codec.ts';
import { SYNC_LIMITS } from './limits.ts';
import { readLogAlias, readLogName } from './log-name-codec.ts';
import { decodeRecords } from './record-list.ts';

/** Bytes of a space tag. */
export const SPACE_TAG_BYTES = 8;

/** Children of a node of the frontier tree. */
const CHILDREN = 16;

/** Path of a node of the frontier tree: up to the 64 hexadecimal digits of a hash. */
const PATH = /^[0-9a-f]{0,64}$/;

const FAULTS: readonly string[] = [
  'bad_frame',
  'hello_due',
  'out_of_turn',
  'wrong_version',
  'wrong_space',
  'not_member',
  'bad_range',
  'credit_exceeded',
  'past_limit',
] satisfies SyncFault[];

const FOLLOWS: readonly RangeFollows[] = ['nothing', 'segment', 'records'];

/** What a frame's fields say; undefined when one is missing, malformed or past a limit. */
type FrameReader<Type extends SyncFrame['type']> = (
  reader: FieldReader,
) => Extract<SyncFrame, { type: Type }> | undefined;

/** Readers of the fields of each type of frame; the layouts stand in frame-codec.ts. */
export const FRAME_READERS: { readonly [Type in SyncFrame['type']]: FrameReader<Type> } = {
  hello: (reader) => {
    const [version, spaceTag, storeId] = [
      reader.number(2),
      reader.bytes(3, SPACE_TAG_BYTES),
      storeIdIn(reader, 4),
    ];
    const [arrivals, frontierDigest, cursor] = [
      reader.number(5),
      reader.bytes(6, SHOWN_HASH_BYTES),
      cursorIn(reader),
    ];
    if (version === undefined || !spaceTag || storeId === undefined) return undefined;
    if (arrivals === undefined || !frontierDigest) return undefined;
    return { type: 'hello', version, spaceTag, storeId, arrivals, frontierDigest, ...(cursor && { cursor }) };
  },
  compare: (reader) => {
    const [frontierDigest, arrivals] = [reader.bytes(2), reader.number(3)];
    if (arrivals === undefined) return undefined;
    if (frontierDigest === undefined) return { type: 'compare', arrivals };
    return frontierDigest.length === SHOWN_HASH_BYTES
      ? { type: 'compare', frontierDigest, arrivals }
      : undefined;
  },
  frontier: (reader) => {
    const entries = entriesIn(reader, 2, SYNC_LIMITS.frontierEntriesMax);
    const [arrivals, heldArrivals] = [reader.number(3), reader.number(5)];
    const missing = namesIn(reader.bytes(6), readLogAlias, SYNC_LIMITS.missingMax);
    if (entries === undefined || arrivals === undefined || missing === undefined) return undefined;
    const held = heldArrivals === undefined ? {} : { held: { arrivals: heldArrivals, missing } };
    const frame = { type: 'frontier', entries, arrivals, last: reader.flag(4), ...held } as const;
    const [manifest, packed] = [reader.bytes(7), reader.bytes(8)];
    if (manifest === undefined) return packed === undefined ? frame : undefined;
    const records = packed === undefined ? [] : decodeRecords(packed);
    if (records === undefined || frame.last) return undefined;
    return isBrought(entries, records) ? { ...frame, brought: { manifest, records } } : undefined;
  },
  look: (reader) => {
    const paths = reader.texts(2);
    if (paths === undefined || paths.length > SYNC_LIMITS.looksMax) return undefined;
    return paths.every((path) => PATH.test(path)) ? { type: 'look', paths } : undefined;
  },
  node: (reader) => {
    const [path, children] = [reader.text(2), reader.bytes(3)];
    if (path === undefined || !PATH.test(path)) return undefined;
    if (children === undefined) {
      const entries = entriesIn(reader, 4, SYNC_LIMITS.treeLeafEntries);
      return entries && { type: 'node', path, content: { type: 'entries', entries } };
    }
    if (children.length !== CHILDREN * SHOWN_HASH_BYTES) return undefined;
    const hashes = Array.from({ length: CHILDREN }, (_, i) =>
      children.subarray(i * SHOWN_HASH_BYTES, (i + 1) * SHOWN_HASH_BYTES),
    );
    return { type: 'node', path, content: { type: 'children', hashes } };
  },
  want: (reader) => {
    const [want, names] = [reader.number(2), namesIn(reader.bytes(3), (name) => readLogName(name, []), 1)];
    const [segment, events, until] = [reader.number(4), reader.number(5), reader.number(6)];
    const log = names?.[0];
    if (want === undefined || log === undefined) return undefined;
    if (segment === undefined || events === undefined) return undefined;
    return { type: 'want', want, log, segment, events, until: until ?? segment };
  },
  range: (reader) => {
    const [want, manifest, packed] = [reader.number(2), reader.bytes(3), reader.bytes(4)];
    const records = packed === undefined ? [] : decodeRecords(packed);
    const follows = FOLLOWS[reader.number(5) ?? 0];
    if (want === undefined || records === undefined || follows === undefined) return undefined;
    return { type: 'range', want, ...(manifest && { manifest }), records, follows };
  },
  'want-end': (reader) => {
    const want = reader.number(2);
    return want === undefined ? undefined : { type: 'want-end', want };
  },
  credit: (reader) => {
    const bytes = reader.number(2);
    return bytes === undefined ? undefined : { type: 'credit', bytes };
  },
  evidence: (reader) => {
    const evidence = reader.bytes(2);
    if (evidence === undefined || evidence.length > SYNC_LIMITS.evidenceBytesMax) return undefined;
    return { type: 'evidence', evidence };
  },
  ask: readAsk,
  answer: readAnswer,
  fault: (reader) => {
    const [code, message] = [reader.text(2), reader.text(3)];
    if (code === undefined || message === undefined || !FAULTS.includes(code)) return undefined;
    return { type: 'fault', code: code as SyncFault, message };
  },
};

/** Whether records can be the last ones that lead to what is told first. */
const isBrought = ([entry]: readonly ToldEntry[], records: readonly Uint8Array[]): boolean =>
  entry !== undefined &&
  !entry.frozen &&
  (records.length > 0 || entry.sealed) &&
  records.length <= entry.events &&
  creditOf(records) <= SYNC_LIMITS.broughtBytesMax;

const storeIdIn = (reader: FieldReader, tag: number): string | undefined => {
  const bytes = reader.bytes(tag);
  if (bytes === undefined || bytes.length === 0 || bytes.length > SYNC_LIMITS.storeIdBytesMax)
    return undefined;
  return reader.text(tag);
};

const cursorIn = (reader: FieldReader): Cursor | undefined => {
  const [storeId, arrivals] = [storeIdIn(reader, 7), reader.number(8)];
  return storeId === undefined || arrivals === undefined ? undefined : { storeId, arrivals };
};

/** Entries, up to `max` of them: they are counted first, as reading the name of a device takes its time. */
const entriesIn = (reader: FieldReader, tag: number, max: number): readonly ToldEntry[] | undefined => {
  const packed = reader.list(tag);
  if (packed.length > max) return undefined;
  const devices: DeviceId[] = [];
  const entries = packed.map((entry) => decodeEntry(entry, devices));
  return entries.every((entry) => entry !== undefined) ? entries : undefined;
};

/** Packed names, up to `max` of them; none when the field is absent. */
const namesIn = <Name extends LogName | LogAlias>(
  bytes: Uint8Array | undefined,
  read: (cursor: ByteCursor) => Name | undefined,
  max: number,
): readonly Name[] | undefined => {
  const cursor = new ByteCursor(bytes ?? new Uint8Array());
  const names: Name[] = [];
  while (cursor.more) {
    const name = read(cursor);
    if (name === undefined || names.length === max) return undefined;
    names.push(name);
  }
  return cursor.done ? names : undefined;
};
