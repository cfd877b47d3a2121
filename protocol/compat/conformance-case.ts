import { encodeCanonical, isJsonObject } from '../bytes/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import { type ConformanceView, conformanceView } from './conformance-view.ts';
import { parseSmoOsLines, type SmoOsLinesFault } from './smo-os-lines.ts';
import { mergeSmoOsEvents, type SmoOsSource } from './smo-os-merge.ts';

/** One place where two JSON values differ, for people. */
export interface ViewDifference {
  /** Path from the root, such as `entities["task 1"].status`; `.` is the root itself. */
  readonly path: string;
  /** What should be there: canonical JSON, cut short where it is long, or `nothing`. */
  readonly expected: string;
  /** What is there, in the same way. */
  readonly got: string;
}

/** What one conformance case consists of; the values are parsed JSON. */
export interface ConformanceCase {
  /** The files of events, with their names and whole texts. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** Content of `expected.state.json`. */
  readonly expectedState: unknown;
  /** Content of `expected.merged.count.json`, where the case has one. */
  readonly expectedCount?: unknown;
}

/**
 * Runs a conformance case: merges its files and compares view and count with what is expected. No difference
 * means that it holds. A file that cannot be read or merged refuses the case, naming file and line.
 */
export const runConformanceCase = (
  given: ConformanceCase,
): Verdict<readonly ViewDifference[], SmoOsLinesFault> => {
  const sources: SmoOsSource[] = [];
  for (const { name, text } of given.files) {
    const lines = parseSmoOsLines(text);
    if (!lines.ok) return refuse(lines.fault.code, `${name} ${lines.fault.message}`);
    sources.push({ name, events: lines.value.events });
  }
  const merged = mergeSmoOsEvents(sources);
  if (!merged.ok) return merged;
  const found = [...compareConformance(conformanceView(merged.value), given.expectedState)];
  if (given.expectedCount !== undefined) {
    compareAt('merged', { count: merged.value.length }, given.expectedCount, found);
  }
  return accept(found);
};

/**
 * Compares a view with the expected JSON by structure: the order of keys is irrelevant, that of lists is not.
 * Differences come in the order of the view, then of what it lacks; an empty list means that both are equal.
 */
export const compareConformance = (actual: ConformanceView, expected: unknown): readonly ViewDifference[] => {
  const found: ViewDifference[] = [];
  compareAt('', actual, expected, found);
  return found;
};

/** A word that needs no quotes in a path. */
const PLAIN_KEY = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;

/** Longest value in a difference, in characters. */
const VALUE_CHARS_MAX = 200;

const compareAt = (path: string, actual: unknown, expected: unknown, found: ViewDifference[]): void => {
  if (Array.isArray(actual) && Array.isArray(expected)) {
    for (let i = 0; i < Math.max(actual.length, expected.length); i += 1) {
      compareAt(`${path}[${i}]`, actual[i], expected[i], found);
    }
  } else if (isJsonObject(actual) && isJsonObject(expected)) {
    for (const key of new Set([...Object.keys(actual), ...Object.keys(expected)])) {
      compareAt(memberPath(path, key), memberOf(actual, key), memberOf(expected, key), found);
    }
  } else if (actual !== expected) {
    found.push({ path: path || '.', expected: inWords(expected), got: inWords(actual) });
  }
};

const memberOf = (object: object, key: string): unknown =>
  Object.getOwnPropertyDescriptor(object, key)?.value;

const memberPath = (path: string, key: string): string => {
  if (!PLAIN_KEY.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
};

const inWords = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  const text = encodeCanonical(value);
  if (!text.ok) return 'a value without canonical JSON';
  return text.value.length > VALUE_CHARS_MAX ? `${text.value.slice(0, VALUE_CHARS_MAX)}…` : text.value;
};
