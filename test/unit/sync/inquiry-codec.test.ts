import { describe, expect, it } from 'vitest';
import { encodeProtobuf, type ProtobufField, utf8Encode } from '../../../protocol/bytes/index.ts';
import {
  type Answer,
  decodeFrame,
  encodeFrame,
  type Question,
  SYNC_LIMITS,
  type SyncFrame,
} from '../../../protocol/sync/index.ts';
import { bytes, number } from '../../support/protobuf-fields.ts';
import { testLog } from '../../support/test-log.ts';

const { origin } = testLog(1);
const HASH = new Uint8Array(32).fill(3);

const ask = (question: Question): SyncFrame => ({ type: 'ask', ask: 300, question });
const answer = (content: Answer): SyncFrame => ({ type: 'answer', ask: 300, answer: content });

const ASK = [number(1, 16), number(2, 300), bytes(3, utf8Encode(origin))];
const ANSWER = [number(1, 17), number(2, 300)];

describe('asks and answers have the layout that their tables say', () => {
  it.each<[string, SyncFrame, readonly ProtobufField[]]>([
    [
      'commitments',
      ask({ type: 'commitments', origin, segments: [2, 5] }),
      [...ASK, number(4, 1), number(5, 2), number(5, 5)],
    ],
    ['a manifest', ask({ type: 'manifest', origin, segment: 2 }), [...ASK, number(4, 2), number(5, 2)]],
    [
      'nodes',
      ask({ type: 'nodes', origin, segment: 2, events: 9, node: { level: 4, index: 0 } }),
      [...ASK, number(4, 3), number(5, 2), number(6, 9), number(7, 4), number(8, 0)],
    ],
    [
      'records',
      ask({ type: 'records', origin, segment: 2, seqs: [7, 8] }),
      [...ASK, number(4, 4), number(5, 2), number(9, 7), number(9, 8)],
    ],
    [
      'commitments, answered',
      answer({ type: 'commitments', commitments: [{ segment: 2, commitment: HASH }] }),
      [...ANSWER, number(3, 1), bytes(4, encodeProtobuf([number(1, 2), bytes(2, HASH)]))],
    ],
    [
      'a manifest, answered',
      answer({ type: 'manifest', manifest: HASH }),
      [...ANSWER, number(3, 2), bytes(5, HASH)],
    ],
    ['no manifest', answer({ type: 'manifest', manifest: undefined }), [...ANSWER, number(3, 2)]],
    [
      'nodes, answered',
      answer({ type: 'nodes', hashes: [HASH, HASH] }),
      [...ANSWER, number(3, 3), bytes(6, HASH), bytes(6, HASH)],
    ],
    [
      'records, answered',
      answer({ type: 'records', records: [HASH, new Uint8Array()] }),
      [...ANSWER, number(3, 4), bytes(7, HASH), bytes(7, new Uint8Array())],
    ],
  ])('%s', (_, frame, fields) => {
    expect(encodeFrame(frame)).toEqual(encodeProtobuf(fields));
    expect(decodeFrame(encodeFrame(frame))).toEqual({ ok: true, value: frame });
  });
});

describe('a frame is refused', () => {
  it.each<[string, readonly ProtobufField[]]>([
    ['an ask without a number', [number(1, 16), bytes(3, utf8Encode(origin)), number(4, 2), number(5, 0)]],
    ['an ask about no log', [number(1, 16), number(2, 1), number(4, 2), number(5, 0)]],
    ['an ask for what is unknown', [...ASK, number(4, 5), number(5, 0)]],
    ['an ask about no segment', [...ASK, number(4, 2)]],
    ['commitments in descending order', [...ASK, number(4, 1), number(5, 3), number(5, 2)]],
    ['commitments of one segment twice', [...ASK, number(4, 1), number(5, 3), number(5, 3)]],
    ['nodes without a size', [...ASK, number(4, 3), number(5, 0), number(7, 1), number(8, 0)]],
    ['nodes without a place', [...ASK, number(4, 3), number(5, 0), number(6, 9), number(7, 1)]],
    ['no records', [...ASK, number(4, 4), number(5, 0)]],
    ['records in descending order', [...ASK, number(4, 4), number(5, 0), number(9, 3), number(9, 2)]],
    ['an answer without a number', [number(1, 17), number(3, 2)]],
    ['an answer to what is unknown', [...ANSWER, number(3, 9)]],
    [
      'a commitment of 31 bytes',
      [...ANSWER, number(3, 1), bytes(4, encodeProtobuf([number(1, 0), bytes(2, HASH.subarray(1))]))],
    ],
    ['a commitment of rubbish', [...ANSWER, number(3, 1), bytes(4, Uint8Array.of(7))]],
    ['a hash of 33 bytes', [...ANSWER, number(3, 3), bytes(6, new Uint8Array(33))]],
  ])('%s', (_, fields) => {
    expect(decodeFrame(encodeProtobuf(fields))).toMatchObject({ fault: { code: 'bad_frame' } });
  });

  const list = <T>(length: number, item: (i: number) => T): T[] => Array.from({ length }, (__, i) => item(i));

  it.each<[string, number, (count: number) => SyncFrame]>([
    [
      'segments asked for',
      SYNC_LIMITS.askSegmentsMax,
      (count) => ask({ type: 'commitments', origin, segments: list(count, (i) => i) }),
    ],
    [
      'records asked for',
      SYNC_LIMITS.askRecordsMax,
      (count) => ask({ type: 'records', origin, segment: 0, seqs: list(count, (i) => i + 1) }),
    ],
    [
      'commitments',
      SYNC_LIMITS.askSegmentsMax,
      (count) =>
        answer({
          type: 'commitments',
          commitments: list(count, (segment) => ({ segment, commitment: HASH })),
        }),
    ],
    [
      'hashes',
      SYNC_LIMITS.answerNodesMax,
      (count) => answer({ type: 'nodes', hashes: list(count, () => HASH) }),
    ],
    [
      'records',
      SYNC_LIMITS.askRecordsMax,
      (count) => answer({ type: 'records', records: list(count, () => HASH) }),
    ],
  ])('one past the limit of %s, and not at it', (_, limit, frame) => {
    expect(decodeFrame(encodeFrame(frame(limit)))).toEqual({ ok: true, value: frame(limit) });
    expect(decodeFrame(encodeFrame(frame(limit + 1)))).toMatchObject({ fault: { code: 'bad_frame' } });
  });
});
