import { SmoError } from '../../protocol/fault/index.ts';
import { knownFault } from '../files/index.ts';

/**
 * The control protocol: HTTP/1.1 over a local socket.
 *
 * | what     | form                                                                                        |
 * |----------|---------------------------------------------------------------------------------------------|
 * | request  | `POST /v1/<method>`, the method's input as a JSON object                                    |
 * | result   | 200, `application/json`: the result                                                         |
 * | stream   | 200, `application/x-ndjson`: one item a line; a line `{"error": ...}` ends a failed stream  |
 * | failure  | a status of {@link statusOf}, `application/json`: {@link ErrorBody}                         |
 */
export const PATH_PREFIX = '/v1/';

/** Media type of results and failures. */
export const JSON_TYPE = 'application/json';

/** Media type of streams. */
export const NDJSON_TYPE = 'application/x-ndjson';

/** A failure as it travels. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly hint: string };
}

/** Statuses of the failures that HTTP has a word for; every other refusal of the node is 422. */
const STATUS: ReadonlyMap<string, number> = new Map([
  ['bad_request', 400],
  ['unknown_method', 404],
  ['method_not_allowed', 405],
  ['request_too_large', 413],
  ['internal', 500],
  ['device_stopped', 503],
]);

/** HTTP status of a failure. */
export const statusOf = (body: ErrorBody): number => STATUS.get(body.error.code) ?? 422;

/** A failure of the node as it travels; what is neither a SmoError nor the system's is a bug and says so. */
export const encodeError = (error: unknown): ErrorBody => {
  const fault = knownFault(error);
  if (fault !== undefined) {
    return { error: { code: fault.code, message: fault.message, hint: fault.hint } };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { error: { code: 'internal', message: `internal error: ${message}`, hint: '' } };
};

/** The failure inside a received value, or undefined when it holds none. */
export const decodeError = (value: unknown): SmoError | undefined => {
  if (!isRecord(value) || !isRecord(value.error)) return undefined;
  const { code, message, hint } = value.error;
  return new SmoError(String(code), String(message), typeof hint === 'string' ? hint : '');
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
