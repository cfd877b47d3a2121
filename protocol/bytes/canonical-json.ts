import { accept, refuse, type Verdict } from '../fault/index.ts';
import { compareStrings } from './compare.ts';
import { isJsonObject, type JsonValue } from './json.ts';
import { utf8Decode, utf8Encode } from './utf8.ts';

/** Why a value has no canonical JSON. */
export type CanonicalFault = 'not_json' | 'not_canonical';

/** Deepest nesting of arrays and objects that the codec handles, the outermost being 1. */
export const CANONICAL_DEPTH_MAX = 128;

/**
 * Canonical JSON of a value (RFC 8785): keys sorted by UTF-16 code units, numbers and strings as
 * ECMAScript writes them, no white space.
 *
 * Refused as `not_json`: undefined, functions, bigints, NaN and infinities, lone surrogates, integers beyond
 * 2^53 - 1 (they cannot be told from their neighbours), and nesting deeper than {@link CANONICAL_DEPTH_MAX}.
 */
export const encodeCanonical = (value: unknown): Verdict<string, CanonicalFault> => {
  try {
    return accept(checkOrder(value, 1) ? JSON.stringify(value) : writeSorted(value as JsonValue));
  } catch (error) {
    if (error instanceof NotJson) return refuse('not_json', error.message);
    throw error;
  }
};

/** Canonical JSON of a value that is known to have one; a failure is a bug of the caller and throws. */
export const canonicalText = (value: JsonValue): string => {
  const verdict = encodeCanonical(value);
  if (!verdict.ok) throw new TypeError(verdict.fault.message);
  return verdict.value;
};

/** Parses bytes that must be the canonical JSON of their own value; anything else is refused. */
export const decodeCanonical = (bytes: Uint8Array): Verdict<JsonValue, CanonicalFault> => {
  const text = utf8Decode(bytes);
  if (text === undefined) return refuse('not_json', 'the bytes are not valid UTF-8');
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('not_json', 'the text is not valid JSON');
  }
  const again = encodeCanonical(value);
  if (!again.ok) return again;
  if (again.value !== text)
    return refuse('not_canonical', 'the JSON is not in its canonical form (RFC 8785)');
  return accept(value);
};

/** True when both values have the same canonical JSON: the project's equality of values. */
export const equalJson = (a: JsonValue, b: JsonValue): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && canonicalText(a) === canonicalText(b));

/** UTF-8 bytes of {@link canonicalText}. */
export const canonicalBytes = (value: JsonValue): Uint8Array => utf8Encode(canonicalText(value));

class NotJson extends Error {}

/**
 * Whether all members of a value, at any depth, come in canonical order, as they do in what was read from canonical
 * JSON: then the native writer gives the canonical text, several times faster than one of our own.
 * @throws NotJson when the value has no canonical JSON
 */
const checkOrder = (value: unknown, depth: number): boolean => {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new NotJson('a string holds a lone surrogate');
      return true;
    case 'number':
      checkNumber(value);
      return true;
    case 'boolean':
      return true;
    case 'object':
      if (value === null) return true;
      if (depth > CANONICAL_DEPTH_MAX) throw new NotJson(`nested deeper than ${CANONICAL_DEPTH_MAX} levels`);
      return Array.isArray(value) ? checkItems(value, depth) : checkMembers(value, depth);
    default:
      throw new NotJson(`a ${typeof value} is not a JSON value`);
  }
};

const checkNumber = (value: number): void => {
  if (!Number.isFinite(value)) throw new NotJson(`${value} is not a JSON number`);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new NotJson(`the integer ${value} lies beyond 2^53 - 1 and would not survive as it is`);
  }
};

const checkItems = (items: readonly unknown[], depth: number): boolean => {
  let isOrdered = true;
  // By index, which meets the holes of a sparse array as well.
  for (let i = 0; i < items.length; i += 1) isOrdered = checkOrder(items[i], depth + 1) && isOrdered;
  return isOrdered;
};

const checkMembers = (value: object, depth: number): boolean => {
  const prototype = Object.getPrototypeOf(value);
  if (!isJsonObject(value) || (prototype !== Object.prototype && prototype !== null)) {
    throw new NotJson('only plain objects are JSON objects');
  }
  let isOrdered = true;
  let previous = '';
  for (const key of Object.keys(value)) {
    if (!key.isWellFormed()) throw new NotJson('a string holds a lone surrogate');
    isOrdered = checkOrder(value[key], depth + 1) && isOrdered && previous <= key;
    previous = key;
  }
  return isOrdered;
};

/** Also for keys that look like array indexes: whatever order they were given in, an object lists these first. */
const writeSorted = (value: JsonValue): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (!isJsonObject(value)) return `[${value.map(writeSorted).join(',')}]`;
  const keys = Object.keys(value).sort(compareStrings);
  const members = keys.map((key) => `${JSON.stringify(key)}:${writeSorted(value[key] ?? null)}`);
  return `{${members.join(',')}}`;
};
