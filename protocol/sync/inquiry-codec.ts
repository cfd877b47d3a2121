import { decodeProtobuf, encodeProtobuf, type ProtobufField, utf8Encode } from '../bytes/index.ts';
import { HASH_BYTES } from '../crypto/index.ts';
import { parseOrigin } from '../event/index.ts';
import { FieldReader } from './field-reader.ts';
import type { AnswerFrame, AskFrame } from './frame.ts';
import type { Answer, Question, SegmentCommitment } from './inquiry.ts';
import { SYNC_LIMITS } from './limits.ts';

/** Numbers of the types of questions and of their answers. */
const WHAT_NUMBER = { commitments: 1, manifest: 2, nodes: 3, records: 4 } as const satisfies Record<
  Question['type'],
  number
>;

/**
 * Fields of an ask, after the type of the frame:
 *
 * | tag | field    | of what                                     |
 * |-----|----------|---------------------------------------------|
 * | 2   | ask      | all: number of the ask                      |
 * | 3   | origin   | all                                         |
 * | 4   | what     | all: 1 commitments, 2 manifest, 3 nodes, 4 records |
 * | 5   | segment  | all; repeated for commitments               |
 * | 6   | events   | nodes                                       |
 * | 7   | level    | nodes                                       |
 * | 8   | index    | nodes                                       |
 * | 9   | seq      | records; repeated                           |
 */
export const askFields = ({ ask, question }: AskFrame): readonly ProtobufField[] => [
  number(2, ask),
  bytes(3, utf8Encode(question.origin)),
  number(4, WHAT_NUMBER[question.type]),
  ...(question.type === 'commitments' ? question.segments : [question.segment]).map((k) => number(5, k)),
  ...(question.type === 'nodes'
    ? [number(6, question.events), number(7, question.node.level), number(8, question.node.index)]
    : []),
  ...(question.type === 'records' ? question.seqs.map((seq) => number(9, seq)) : []),
];

/**
 * Fields of an answer, after the type of the frame:
 *
 * | tag | field      | of what                                                                   |
 * |-----|------------|---------------------------------------------------------------------------|
 * | 2   | ask        | all: number of the ask                                                    |
 * | 3   | what       | all: as in the ask                                                        |
 * | 4   | commitment | commitments; repeated: message {1 segment, 2 commitment (32)}             |
 * | 5   | manifest   | manifest; optional                                                        |
 * | 6   | hash       | nodes; repeated (32)                                                      |
 * | 7   | record     | records; repeated                                                         |
 */
export const answerFields = ({ ask, answer }: AnswerFrame): readonly ProtobufField[] => [
  number(2, ask),
  number(3, WHAT_NUMBER[answer.type]),
  ...contentFields(answer),
];

/** Reads the fields of an ask; undefined when they are malformed or past a limit. */
export const readAsk = (reader: FieldReader): AskFrame | undefined => {
  const ask = reader.number(2);
  const question = readQuestion(reader);
  return ask === undefined || question === undefined ? undefined : { type: 'ask', ask, question };
};

/** Reads the fields of an answer; undefined when they are malformed or past a limit. */
export const readAnswer = (reader: FieldReader): AnswerFrame | undefined => {
  const ask = reader.number(2);
  const answer = readContent(reader);
  return ask === undefined || answer === undefined ? undefined : { type: 'answer', ask, answer };
};

const number = (tag: number, value: number): ProtobufField => ({ tag, type: 'varint', value });
const bytes = (tag: number, value: Uint8Array): ProtobufField => ({ tag, type: 'bytes', value });

const contentFields = (answer: Answer): readonly ProtobufField[] => {
  switch (answer.type) {
    case 'commitments':
      return answer.commitments.map(({ segment, commitment }) =>
        bytes(4, encodeProtobuf([number(1, segment), bytes(2, commitment)])),
      );
    case 'manifest':
      return answer.manifest === undefined ? [] : [bytes(5, answer.manifest)];
    case 'nodes':
      return answer.hashes.map((hash) => bytes(6, hash));
    case 'records':
      return answer.records.map((record) => bytes(7, record));
  }
};

const readQuestion = (reader: FieldReader): Question | undefined => {
  const origin = parseOrigin(reader.text(3) ?? '');
  const segments = reader.numbers(5);
  const [segment] = segments;
  if (!origin.ok || segment === undefined || segments.length > SYNC_LIMITS.askSegmentsMax) return undefined;
  const about = { origin: origin.value, segment };
  switch (reader.number(4)) {
    case WHAT_NUMBER.commitments:
      return isAscending(segments) ? { type: 'commitments', origin: origin.value, segments } : undefined;
    case WHAT_NUMBER.manifest:
      return { type: 'manifest', ...about };
    case WHAT_NUMBER.nodes: {
      const [events, level, index] = [reader.number(6), reader.number(7), reader.number(8)];
      if (events === undefined || level === undefined || index === undefined) return undefined;
      return { type: 'nodes', ...about, events, node: { level, index } };
    }
    case WHAT_NUMBER.records: {
      const seqs = reader.numbers(9);
      if (seqs.length === 0 || seqs.length > SYNC_LIMITS.askRecordsMax || !isAscending(seqs))
        return undefined;
      return { type: 'records', ...about, seqs };
    }
    default:
      return undefined;
  }
};

const readContent = (reader: FieldReader): Answer | undefined => {
  switch (reader.number(3)) {
    case WHAT_NUMBER.commitments: {
      const commitments = reader.list(4).map(readCommitment);
      const whole = commitments.filter((entry) => entry !== undefined);
      if (whole.length < commitments.length || whole.length > SYNC_LIMITS.askSegmentsMax) return undefined;
      return { type: 'commitments', commitments: whole };
    }
    case WHAT_NUMBER.manifest:
      return { type: 'manifest', manifest: reader.bytes(5) };
    case WHAT_NUMBER.nodes: {
      const hashes = reader.list(6);
      const areHashes = hashes.every(({ length }) => length === HASH_BYTES);
      return areHashes && hashes.length <= SYNC_LIMITS.answerNodesMax ? { type: 'nodes', hashes } : undefined;
    }
    case WHAT_NUMBER.records: {
      const records = reader.list(7);
      return records.length <= SYNC_LIMITS.askRecordsMax ? { type: 'records', records } : undefined;
    }
    default:
      return undefined;
  }
};

const readCommitment = (message: Uint8Array): SegmentCommitment | undefined => {
  const fields = decodeProtobuf(message);
  const reader = fields && new FieldReader(fields);
  const [segment, commitment] = [reader?.number(1), reader?.bytes(2, HASH_BYTES)];
  return segment === undefined || commitment === undefined ? undefined : { segment, commitment };
};

const isAscending = (numbers: readonly number[]): boolean =>
  numbers.every((value, i) => i === 0 || value > (numbers[i - 1] ?? 0));
