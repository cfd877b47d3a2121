import { decodeProtobuf, encodeProtobuf, type ProtobufField, utf8Encode } from '../bytes/index.ts';
import { HASH_BYTES } from '../crypto/index.ts';
import { type Origin, parseOrigin } from '../event/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import { FieldReader } from './field-reader.ts';
import type { SyncFault, SyncFrame } from './frame.ts';
import type { FrontierEntry } from './frontier.ts';
import { answerFields, askFields, readAnswer, readAsk } from './inquiry-codec.ts';
import { SYNC_LIMITS } from './limits.ts';

/** Bytes of a space tag. */
export const SPACE_TAG_BYTES = 16;

/**
 * Frames are protobuf messages; tag 1 is the number of the type. Fields by tag:
 *
 * | type (number) | fields                                                                                  |
 * |---------------|-----------------------------------------------------------------------------------------|
 * | hello (1)     | 2 version, 3 spaceTag (16), 4 frontierDigest (32)                                       |
 * | frontier (2)  | 2 entry, repeated: message {1 origin, 2 segment, 3 events, 4 seq, 5 sealed, 6 commitment (32)}; 3 last |
 * | heads (3)     | 2 manifest, repeated                                                                    |
 * | want (4)      | 2 want, 3 origin, 4 segment, 5 events, 6 sealed                                         |
 * | range (5)     | 2 want, 3 manifest (optional), 4 firstSeq, 5 record, repeated, 6 segmentEnd             |
 * | want-end (6)  | 2 want                                                                                  |
 * | credit (7)    | 2 bytes                                                                                 |
 * | fault (8)     | 2 code, 3 message                                                                       |
 * | ask (16)      | see `askFields` in inquiry-codec.ts                                                     |
 * | answer (17)   | see `answerFields` in inquiry-codec.ts                                                  |
 */
const TYPE_NUMBER = {
  hello: 1,
  frontier: 2,
  heads: 3,
  want: 4,
  range: 5,
  'want-end': 6,
  credit: 7,
  fault: 8,
  ask: 16,
  answer: 17,
} as const satisfies Record<SyncFrame['type'], number>;

const FAULTS: readonly string[] = [
  'bad_frame',
  'wrong_version',
  'wrong_space',
  'not_member',
  'bad_range',
  'credit_exceeded',
  'past_limit',
] satisfies SyncFault[];

/** Encodes a frame, its length prefix not included. */
export const encodeFrame = (frame: SyncFrame): Uint8Array =>
  encodeProtobuf([number(1, TYPE_NUMBER[frame.type]), ...fieldsOf(frame)]);

/** Reads a frame. Byte values are views of the input. */
export const decodeFrame = (bytes: Uint8Array): Verdict<SyncFrame, 'bad_frame'> => {
  if (bytes.length > SYNC_LIMITS.frameBytesMax)
    return refuse('bad_frame', `a frame of ${bytes.length} bytes`);
  const fields = decodeProtobuf(bytes);
  const frame = fields && readFrame(new FieldReader(fields));
  return frame === undefined ? refuse('bad_frame', 'a frame that cannot be read') : accept(frame);
};

const number = (tag: number, value: number): ProtobufField => ({ tag, type: 'varint', value });
const bytes = (tag: number, value: Uint8Array): ProtobufField => ({ tag, type: 'bytes', value });
const flag = (tag: number, value: boolean): readonly ProtobufField[] => (value ? [number(tag, 1)] : []);

const fieldsOf = (frame: SyncFrame): readonly ProtobufField[] => {
  switch (frame.type) {
    case 'hello':
      return [number(2, frame.version), bytes(3, frame.spaceTag), bytes(4, frame.frontierDigest)];
    case 'frontier':
      return [...frame.entries.map((entry) => bytes(2, encodeEntry(entry))), ...flag(3, frame.last)];
    case 'heads':
      return frame.manifests.map((manifest) => bytes(2, manifest));
    case 'want':
      return [
        number(2, frame.want),
        bytes(3, utf8Encode(frame.origin)),
        number(4, frame.segment),
        number(5, frame.events),
        ...flag(6, frame.sealed),
      ];
    case 'range':
      return [
        number(2, frame.want),
        ...(frame.manifest === undefined ? [] : [bytes(3, frame.manifest)]),
        number(4, frame.firstSeq),
        ...frame.records.map((record) => bytes(5, record)),
        ...flag(6, frame.segmentEnd),
      ];
    case 'want-end':
      return [number(2, frame.want)];
    case 'credit':
      return [number(2, frame.bytes)];
    case 'fault':
      return [bytes(2, utf8Encode(frame.code)), bytes(3, utf8Encode(frame.message))];
    case 'ask':
      return askFields(frame);
    case 'answer':
      return answerFields(frame);
  }
};

const encodeEntry = (entry: FrontierEntry): Uint8Array =>
  encodeProtobuf([
    bytes(1, utf8Encode(entry.origin)),
    number(2, entry.segment),
    number(3, entry.events),
    number(4, entry.seq),
    ...flag(5, entry.sealed),
    bytes(6, entry.commitment),
  ]);

const readFrame = (reader: FieldReader): SyncFrame | undefined => {
  switch (reader.number(1)) {
    case TYPE_NUMBER.hello: {
      const [version, spaceTag, frontierDigest] = [
        reader.number(2),
        reader.bytes(3, SPACE_TAG_BYTES),
        reader.bytes(4, HASH_BYTES),
      ];
      if (version === undefined || !spaceTag || !frontierDigest) return undefined;
      return { type: 'hello', version, spaceTag, frontierDigest };
    }
    case TYPE_NUMBER.frontier: {
      const entries = reader.list(2).map(readEntry);
      if (entries.length > SYNC_LIMITS.frontierEntriesMax || entries.includes(undefined)) return undefined;
      return {
        type: 'frontier',
        entries: entries.filter((entry) => entry !== undefined),
        last: reader.flag(3),
      };
    }
    case TYPE_NUMBER.heads: {
      const manifests = reader.list(2);
      return manifests.length > SYNC_LIMITS.headsMax ? undefined : { type: 'heads', manifests };
    }
    case TYPE_NUMBER.want:
      return readWant(reader);
    case TYPE_NUMBER.range: {
      const [want, manifest, firstSeq] = [reader.number(2), reader.bytes(3), reader.number(4)];
      if (want === undefined || firstSeq === undefined) return undefined;
      const records = reader.list(5);
      return {
        type: 'range',
        want,
        ...(manifest && { manifest }),
        firstSeq,
        records,
        segmentEnd: reader.flag(6),
      };
    }
    case TYPE_NUMBER['want-end']: {
      const want = reader.number(2);
      return want === undefined ? undefined : { type: 'want-end', want };
    }
    case TYPE_NUMBER.credit: {
      const credit = reader.number(2);
      return credit === undefined ? undefined : { type: 'credit', bytes: credit };
    }
    case TYPE_NUMBER.fault: {
      const [code, message] = [reader.text(2), reader.text(3)];
      if (code === undefined || message === undefined || !FAULTS.includes(code)) return undefined;
      return { type: 'fault', code: code as SyncFault, message };
    }
    case TYPE_NUMBER.ask:
      return readAsk(reader);
    case TYPE_NUMBER.answer:
      return readAnswer(reader);
    default:
      return undefined;
  }
};

const readWant = (reader: FieldReader): SyncFrame | undefined => {
  const [want, origin, segment, events] = [
    reader.number(2),
    readOrigin(reader.text(3)),
    reader.number(4),
    reader.number(5),
  ];
  if (want === undefined || origin === undefined || segment === undefined || events === undefined)
    return undefined;
  return { type: 'want', want, origin, segment, events, sealed: reader.flag(6) };
};

const readEntry = (message: Uint8Array): FrontierEntry | undefined => {
  const fields = decodeProtobuf(message);
  if (fields === undefined) return undefined;
  const reader = new FieldReader(fields);
  const [origin, segment, events, seq, commitment] = [
    readOrigin(reader.text(1)),
    reader.number(2),
    reader.number(3),
    reader.number(4),
    reader.bytes(6, HASH_BYTES),
  ];
  if (
    origin === undefined ||
    segment === undefined ||
    events === undefined ||
    seq === undefined ||
    !commitment
  ) {
    return undefined;
  }
  return { origin, segment, events, seq, sealed: reader.flag(5), commitment };
};

const readOrigin = (text: string | undefined): Origin | undefined => {
  const origin = parseOrigin(text ?? '');
  return origin.ok ? origin.value : undefined;
};
