import { decodeProtobuf, encodeProtobuf, type ProtobufField, utf8Encode } from '../bytes/index.ts';
import type { DeviceId } from '../crypto/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import { encodeEntry } from './entry-codec.ts';
import { FieldReader } from './field-reader.ts';
import type { BroughtRecords, Cursor, LogName, RangeFollows, SyncFrame, ToldEntry } from './frame.ts';
import { FRAME_READERS } from './frame-readers.ts';
import { answerFields, askFields } from './inquiry-codec.ts';
import { SYNC_LIMITS } from './limits.ts';
import { writeLogName } from './log-name-codec.ts';
import { encodeRecords } from './record-list.ts';

/**
 * Frames are protobuf messages; tag 1 is the number of the type. Fields by tag:
 *
 * | type (number) | fields                                                                                     |
 * |---------------|--------------------------------------------------------------------------------------------|
 * | hello (1)     | 2 version, 3 spaceTag (8), 4 storeId, 5 arrivals, 6 frontierDigest (16), 7 cursor's storeId and 8 its arrivals (both optional) |
 * | frontier (2)  | 2 entry, repeated (entry-codec.ts), 3 arrivals, 4 last, 5 held arrivals (optional), 6 missing: aliases, packed (left out when none), 7 manifest (optional) and 8 records that lead to the one entry (left out when none) |
 * | compare (3)   | 2 frontierDigest (16, optional), 3 arrivals                                                |
 * | want (4)      | 2 want, 3 log name, 4 segment, 5 events, 6 until (left out: segment)                       |
 * | range (5)     | 2 want, 3 manifest (optional), 4 records (record-list.ts; left out when none), 5 follows: 1 segment, 2 records (left out: nothing) |
 * | want-end (6)  | 2 want                                                                                     |
 * | credit (7)    | 2 bytes                                                                                    |
 * | fault (8)     | 2 code, 3 message                                                                          |
 * | evidence (9)  | 2 evidence                                                                                 |
 * | look (10)     | 2 path, repeated                                                                           |
 * | node (11)     | 2 path, 3 hashes of the children (16 * 16), or else 4 entry, repeated                       |
 * | ask (16)      | see `askFields` in inquiry-codec.ts                                                        |
 * | answer (17)   | see `answerFields` in inquiry-codec.ts                                                     |
 */
const TYPE_NUMBER = {
  hello: 1,
  frontier: 2,
  compare: 3,
  want: 4,
  range: 5,
  'want-end': 6,
  credit: 7,
  fault: 8,
  evidence: 9,
  look: 10,
  node: 11,
  ask: 16,
  answer: 17,
} as const satisfies Record<SyncFrame['type'], number>;

const TYPE_OF: ReadonlyMap<number, SyncFrame['type']> = new Map(
  Object.entries(TYPE_NUMBER).map(([type, number]) => [number, type as SyncFrame['type']]),
);

/** Encodes a frame, its length prefix not included. */
export const encodeFrame = (frame: SyncFrame): Uint8Array =>
  encodeProtobuf([number(1, TYPE_NUMBER[frame.type]), ...fieldsOf(frame)]);

/** Reads a frame. Byte values are views of the input. */
export const decodeFrame = (bytes: Uint8Array): Verdict<SyncFrame, 'bad_frame'> => {
  if (bytes.length > SYNC_LIMITS.frameBytesMax)
    return refuse('bad_frame', `a frame of ${bytes.length} bytes`);
  const fields = decodeProtobuf(bytes);
  const reader = fields && new FieldReader(fields);
  const type = TYPE_OF.get(reader?.number(1) ?? 0);
  const frame = reader && type && FRAME_READERS[type](reader);
  return frame === undefined ? refuse('bad_frame', 'a frame that cannot be read') : accept(frame);
};

const number = (tag: number, value: number): ProtobufField => ({ tag, type: 'varint', value });
const bytes = (tag: number, value: Uint8Array): ProtobufField => ({ tag, type: 'bytes', value });
const text = (tag: number, value: string): ProtobufField => bytes(tag, utf8Encode(value));
const flag = (tag: number, value: boolean): readonly ProtobufField[] => (value ? [number(tag, 1)] : []);
const given = <T>(value: T | undefined, field: (value: T) => ProtobufField): readonly ProtobufField[] =>
  value === undefined ? [] : [field(value)];

const FOLLOWS_NUMBER = { nothing: 0, segment: 1, records: 2 } as const satisfies Record<RangeFollows, number>;

const fieldsOf = (frame: SyncFrame): readonly ProtobufField[] => {
  switch (frame.type) {
    case 'hello':
      return [
        number(2, frame.version),
        bytes(3, frame.spaceTag),
        text(4, frame.storeId),
        number(5, frame.arrivals),
        bytes(6, frame.frontierDigest),
        ...cursorFields(frame.cursor),
      ];
    case 'compare':
      return [...given(frame.frontierDigest, (digest) => bytes(2, digest)), number(3, frame.arrivals)];
    case 'frontier':
      return [
        ...entryFields(2, frame.entries),
        number(3, frame.arrivals),
        ...flag(4, frame.last),
        ...given(frame.held, ({ arrivals }) => number(5, arrivals)),
        ...(frame.held === undefined || frame.held.missing.length === 0
          ? []
          : [bytes(6, packNames(frame.held.missing))]),
        ...broughtFields(frame.brought),
      ];
    case 'look':
      return frame.paths.map((path) => text(2, path));
    case 'node':
      return [
        text(2, frame.path),
        ...(frame.content.type === 'children'
          ? [bytes(3, joined(frame.content.hashes))]
          : entryFields(4, frame.content.entries)),
      ];
    case 'want':
      return [
        number(2, frame.want),
        bytes(3, packNames([frame.log])),
        number(4, frame.segment),
        number(5, frame.events),
        ...(frame.until === frame.segment ? [] : [number(6, frame.until)]),
      ];
    case 'range':
      return [
        number(2, frame.want),
        ...given(frame.manifest, (manifest) => bytes(3, manifest)),
        ...recordsField(4, frame.records),
        ...(frame.follows === 'nothing' ? [] : [number(5, FOLLOWS_NUMBER[frame.follows])]),
      ];
    case 'want-end':
      return [number(2, frame.want)];
    case 'credit':
      return [number(2, frame.bytes)];
    case 'evidence':
      return [bytes(2, frame.evidence)];
    case 'fault':
      return [text(2, frame.code), text(3, frame.message)];
    case 'ask':
      return askFields(frame);
    case 'answer':
      return answerFields(frame);
  }
};

const cursorFields = (cursor: Cursor | undefined): readonly ProtobufField[] =>
  cursor === undefined ? [] : [text(7, cursor.storeId), number(8, cursor.arrivals)];

const broughtFields = (brought: BroughtRecords | undefined): readonly ProtobufField[] =>
  brought === undefined ? [] : [bytes(7, brought.manifest), ...recordsField(8, brought.records)];

const recordsField = (tag: number, records: readonly Uint8Array[]): readonly ProtobufField[] =>
  records.length === 0 ? [] : [bytes(tag, encodeRecords(records))];

const entryFields = (tag: number, entries: readonly ToldEntry[]): readonly ProtobufField[] => {
  const devices: DeviceId[] = [];
  return entries.map((entry) => bytes(tag, encodeEntry(entry, devices)));
};

const packNames = (names: readonly LogName[]): Uint8Array => {
  const out: number[] = [];
  const devices: DeviceId[] = [];
  for (const name of names) writeLogName(out, name, devices);
  return Uint8Array.from(out);
};

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const out = new Uint8Array(parts.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};
