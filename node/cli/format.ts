import type { JsonObject, JsonValue } from '../../protocol/bytes/index.ts';

/**
 * Characters that could move the cursor, colour or reorder what a terminal shows: C0 and C1 controls, line and
 * paragraph separators, and the marks that turn the direction of text.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text that stays on its line and does nothing to the terminal, whoever wrote it. */
export const printable = (text: string): string =>
  text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A JSON value on one line. */
export const valueText = (value: JsonValue | undefined): string =>
  value === undefined ? '-' : printable(JSON.stringify(value));

/** Longest text of a value in a table, in characters. */
const CELL_CHARS_MAX = 72;

/** A text cut to fit a table; what was cut shows as an ellipsis. */
export const cellText = (text: string, charsMax: number = CELL_CHARS_MAX): string =>
  text.length <= charsMax ? text : `${text.slice(0, charsMax - 1).toWellFormed()}…`;

/** `name=value` for each member, cut to fit a table. */
export const membersText = (members: JsonObject): string =>
  cellText(
    Object.entries(members)
      .map(([name, value]) => `${printable(name)}=${valueText(value)}`)
      .join(' '),
  );

/** Local time with its offset, in seconds: `2026-03-01T09:30:00+01:00`. */
export const timeText = (timeMs: number): string => {
  const offsetMin = -new Date(timeMs).getTimezoneOffset();
  const shifted = new Date(timeMs + offsetMin * 60_000);
  // Not a time that ECMAScript can name.
  if (Number.isNaN(shifted.getTime())) return String(timeMs);
  const offset = Math.abs(offsetMin);
  const two = (value: number) => String(Math.trunc(value)).padStart(2, '0');
  return `${shifted.toISOString().slice(0, -5)}${offsetMin < 0 ? '-' : '+'}${two(offset / 60)}:${two(offset % 60)}`;
};

/** A length of time in its largest unit: `40 s`, `5 min`, `3 h`, `12 days`. */
export const agoText = (timeMs: number): string => {
  const seconds = Math.max(0, Math.floor(timeMs / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
};

/** A number with its noun: `1 event`, `2 events`. */
export const countText = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;

/** Bytes in the unit that keeps the number short. */
export const bytesText = (bytes: number): string => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
};

/** A word as a POSIX shell takes it back. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
