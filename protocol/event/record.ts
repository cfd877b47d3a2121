import { decodeCanonical, encodeCanonical, utf8Encode } from '../bytes/index.ts';
import { refuse, SmoError, type Verdict } from '../fault/index.ts';
import type { EventBody } from './event.ts';
import { EVENT_LIMITS } from './limits.ts';
import { type BodyFault, checkBody } from './validation.ts';

/**
 * A record is what a log holds and what is hashed, stored and sent: one codec byte, then the body.
 *
 * | codec | body                                                                                |
 * |-------|-------------------------------------------------------------------------------------|
 * | 0x00  | RFC 8785 canonical JSON of {@link EventBody}                                         |
 * | other | reserved (0x01: encrypted); refused by this version                                 |
 */
export const CODEC_CANONICAL_JSON = 0x00;

/** Why bytes are not a readable record. */
export type RecordFault =
  | 'record_too_large'
  | 'record_empty'
  | 'record_unknown_codec'
  | 'record_not_canonical'
  | BodyFault;

/** The character whose UTF-8 is the codec's byte. */
const CODEC_CHARACTER = String.fromCharCode(CODEC_CANONICAL_JSON);

/** Encodes an event body as a record; a body that no replica would accept is refused with what is wrong. */
export const encodeRecord = (body: EventBody): Uint8Array => {
  const shape = checkBody(body);
  if (!shape.ok) throw new SmoError(shape.fault.code, shape.fault.message);
  const text = encodeCanonical(body);
  if (!text.ok) throw new SmoError('record_not_json', `the event cannot be written: ${text.fault.message}`);
  const record = utf8Encode(CODEC_CHARACTER + text.value);
  if (record.length > EVENT_LIMITS.recordBytesMax) {
    throw new SmoError('record_too_large', tooLarge(record.length), 'Split it into several events.');
  }
  return record;
};

/** Reads a record that came from elsewhere. */
export const decodeRecord = (record: Uint8Array): Verdict<EventBody, RecordFault> => {
  if (record.length > EVENT_LIMITS.recordBytesMax) return refuse('record_too_large', tooLarge(record.length));
  const codec = record[0];
  if (codec === undefined) return refuse('record_empty', 'a record of no bytes');
  if (codec !== CODEC_CANONICAL_JSON)
    return refuse('record_unknown_codec', `record codec ${codec} is not known`);
  const json = decodeCanonical(record.subarray(1));
  if (!json.ok) return refuse('record_not_canonical', json.fault.message);
  return checkBody(json.value);
};

const tooLarge = (bytes: number): string =>
  `the record has ${bytes} bytes, the limit is ${EVENT_LIMITS.recordBytesMax}`;
