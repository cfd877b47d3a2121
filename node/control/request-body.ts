import { constants } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { isJsonObject, type JsonObject, utf8Decode } from '../../protocol/bytes/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';

/**
 * Most bytes of a request's body. An import carries the whole text of a file, and no JavaScript string holds
 * more than this.
 */
export const BODY_BYTES_MAX = constants.MAX_STRING_LENGTH;

/**
 * Reads the JSON body of a request; an empty body stands for `{}`.
 *
 * @throws SmoError `bad_request` or `request_too_large`.
 */
export const readBody = async (request: IncomingMessage): Promise<JsonObject> => {
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) throw requestTooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw requestTooLarge();
    chunks.push(chunk);
  }
  if (bytes === 0) return {};
  const text = utf8Decode(Buffer.concat(chunks, bytes));
  if (text === undefined) throw new SmoError('bad_request', 'the body is not valid UTF-8');
  const value = parseJson(text);
  if (!isJsonObject(value)) throw new SmoError('bad_request', 'the body is not a JSON object');
  return value;
};

/** The refusal of a body past {@link BODY_BYTES_MAX}. */
export const requestTooLarge = (): SmoError =>
  new SmoError(
    'request_too_large',
    `the input has more than ${BODY_BYTES_MAX} bytes`,
    'Split it into smaller files, or stop the running device and try again.',
  );

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new SmoError('bad_request', 'the body is not JSON');
  }
};
