import { type JsonObject, type JsonValue, jsonObject } from '../../protocol/bytes/index.ts';
import { usageError } from './session.ts';

/**
 * Fields of the command line, each `field=value`.
 *
 * @throws SmoError `usage` for a word without `=`, an empty field name, or a field that is given twice.
 */
export const parseFields = (words: readonly string[], given: JsonObject = {}): JsonObject => {
  const fields = new Map<string, JsonValue>(Object.entries(given));
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals === -1) throw usageError(`"${word}" is no field=value`, 'Write it as in title="Buy milk".');
    if (equals === 0) throw usageError(`"${word}" lacks the name of the field before the "="`);
    const name = word.slice(0, equals);
    if (fields.has(name)) throw usageError(`the field "${name}" is given twice`, 'Give each field once.');
    fields.set(name, parseValue(word.slice(equals + 1)));
  }
  return jsonObject(fields);
};

/** A value of the command line: what parses as JSON is that JSON, all else is a string. */
const parseValue = (text: string): JsonValue => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
