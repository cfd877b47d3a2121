import { CANONICAL_DEPTH_MAX, compareStrings, isJsonObject, type JsonValue } from '../bytes/index.ts';

/** Largest integer that ECMAScript treats as an array index: 2^32 - 2. */
const ARRAY_INDEX_MAX = 4_294_967_294;

/**
 * The encoding `json-stable-v1` of Smo.OS 0.2.1: no white space, scalars as ECMAScript writes them, keys sorted
 * by UTF-16 code units, except that keys which are array indexes (`0` to `4294967294`, without leading
 * zeros) come before all others in ascending order of number. Smo.OS rebuilds every object key by key before
 * it prints it, and ECMAScript lists array indexes first; folders whose devices are called 1, 2 and 10 hold
 * hashes of that order.
 *
 * `__proto__` is encoded like any key. Smo.OS drops it, so that such a member could be added to a sealed event
 * without changing its hash there; here it does.
 *
 * Undefined for a value that the encoding could not tell from another one or that no folder can hold:
 * infinities, and nesting past {@link CANONICAL_DEPTH_MAX} levels.
 */
export const encodeStableJson = (value: JsonValue): string | undefined => {
  const parts: string[] = [];
  return write(parts, value, 1) ? parts.join('') : undefined;
};

/** Appends the encoding of a value; false when it has none. */
const write = (parts: string[], value: JsonValue, depth: number): boolean => {
  if (typeof value !== 'object' || value === null) {
    parts.push(JSON.stringify(value));
    return typeof value !== 'number' || Number.isFinite(value);
  }
  if (depth > CANONICAL_DEPTH_MAX) return false;
  if (!isJsonObject(value)) {
    parts.push('[');
    for (const [at, item] of value.entries()) {
      if (at > 0) parts.push(',');
      if (!write(parts, item, depth + 1)) return false;
    }
    parts.push(']');
    return true;
  }
  parts.push('{');
  for (const [at, key] of Object.keys(value).sort(compareKeys).entries()) {
    parts.push(at > 0 ? ',' : '', JSON.stringify(key), ':');
    if (!write(parts, value[key] ?? null, depth + 1)) return false;
  }
  parts.push('}');
  return true;
};

const compareKeys = (a: string, b: string): number => {
  const [indexA, indexB] = [arrayIndex(a), arrayIndex(b)];
  return indexA === indexB ? compareStrings(a, b) : indexA - indexB;
};

/** The index that a key stands for; Infinity, after all of them, when it is none. */
const arrayIndex = (key: string): number => {
  const index = /^(?:0|[1-9]\d*)$/.test(key) ? Number(key) : Number.POSITIVE_INFINITY;
  return index <= ARRAY_INDEX_MAX ? index : Number.POSITIVE_INFINITY;
};
