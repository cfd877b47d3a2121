/** A JSON value as this project holds it: immutable once made. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A JSON object; `__proto__` is an ordinary key, so objects are built with {@link jsonObject}. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** True for a JSON object: neither null nor an array. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Builds an object from entries so that every key, `__proto__` included, becomes an own property.
 */
export const jsonObject = (entries: Iterable<readonly [string, JsonValue]>): JsonObject =>
  Object.fromEntries(entries);
