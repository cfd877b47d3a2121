import { isJsonObject, type JsonObject } from '../bytes/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import { collision, preferredCopy } from './smo-os-copies.ts';
import { parseSmoOsEvent, type SmoOsEvent, type SmoOsEventFault } from './smo-os-event.ts';

/** Version of the bundles that are read and written. */
export const BUNDLE_VERSION = '0.3.0';

/** Values of `kind` in the lines of a bundle. */
export const BUNDLE_KIND = { header: 'plos.bundle/header', event: 'plos.bundle/event' } as const;

/** An event, and the line of its file that holds it, counted from 1. */
export interface SmoOsLine {
  readonly line: number;
  readonly event: SmoOsEvent;
}

/** What a file of 0.1 events or a 0.3.0 bundle holds. */
export interface SmoOsLines {
  /** The header of a bundle as it was read; absent for plain 0.1 lines. */
  readonly header?: JsonObject;
  /** Each event once, at its first line, in the order of the lines. */
  readonly events: readonly SmoOsLine[];
}

/** What can be wrong with a file of events. */
export type SmoOsLinesFault =
  | SmoOsEventFault
  | 'not_json'
  | 'bad_bundle'
  | 'unsupported_bundle_version'
  | 'unknown_bundle_kind'
  | 'id_collision';

/**
 * Parses the text of a file: either one 0.1 event a line, or a 0.3.0 bundle, whose first line is its header.
 * Blank lines, CRLF and a byte order mark are tolerated; anything else that is not understood refuses the
 * whole file, and the message starts with the number of the line. Of the header only kind and version are
 * judged. An event repeated with equal canonical JSON counts once.
 */
export const parseSmoOsLines = (text: string): Verdict<SmoOsLines, SmoOsLinesFault> => {
  let header: JsonObject | undefined;
  let first = true;
  const events = new Map<string, SmoOsLine>();
  for (const { line, text: lineText } of jsonLines(text)) {
    const value = parseJson(lineText);
    if (!value.ok) return atLine(line, value.fault);
    if (first && isBundleLine(value.value) && value.value.kind === BUNDLE_KIND.header) {
      const checked = checkHeader(value.value);
      if (!checked.ok) return atLine(line, checked.fault);
      header = checked.value;
    } else {
      const unwrapped = unwrap(value.value, header !== undefined);
      if (!unwrapped.ok) return atLine(line, unwrapped.fault);
      const event = parseSmoOsEvent(unwrapped.value);
      if (!event.ok) return atLine(line, event.fault);
      const earlier = events.get(event.value.id);
      const kept = preferredCopy(earlier?.event, event.value);
      if (kept === undefined) return collision(event.value.id, `line ${earlier?.line}`, `line ${line}`);
      events.set(kept.id, { line: earlier?.line ?? line, event: kept });
    }
    first = false;
  }
  return accept({ ...(header && { header }), events: [...events.values()] });
};

/** The lines of a JSONL text that hold something, with their numbers from 1. */
export function* jsonLines(text: string): Generator<{ readonly line: number; readonly text: string }> {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  for (const [at, lineText] of lines.entries()) {
    if (lineText.trim() !== '') yield { line: at + 1, text: lineText };
  }
}

/** Parses JSON that may be anything. */
export const parseJson = (text: string): Verdict<unknown, 'not_json'> => {
  try {
    return accept(JSON.parse(text));
  } catch {
    return refuse('not_json', 'this is not valid JSON');
  }
};

/** An event has a type; what has a kind instead belongs to a bundle. */
const isBundleLine = (value: unknown): value is JsonObject =>
  isJsonObject(value) && Object.hasOwn(value, 'kind') && !Object.hasOwn(value, 'type');

const checkHeader = (header: JsonObject): Verdict<JsonObject, SmoOsLinesFault> =>
  header.bundleVersion === BUNDLE_VERSION
    ? accept(header)
    : refuse(
        'unsupported_bundle_version',
        `bundle version ${JSON.stringify(header.bundleVersion ?? null)} is unknown, ${BUNDLE_VERSION} is understood`,
      );

/** The event that a line holds, out of its wrapping where the file is a bundle. */
const unwrap = (value: unknown, inBundle: boolean): Verdict<unknown, SmoOsLinesFault> => {
  if (!isBundleLine(value)) {
    return inBundle ? refuse('bad_bundle', 'a bundle holds no bare events') : accept(value);
  }
  if (value.kind === BUNDLE_KIND.header) {
    return refuse('bad_bundle', 'the header of a bundle is its first line and the only one');
  }
  if (value.kind !== BUNDLE_KIND.event) {
    return refuse('unknown_bundle_kind', `lines of kind ${shorten(value.kind)} are not understood`);
  }
  return inBundle ? accept(value.event) : refuse('bad_bundle', 'a bundle starts with its header');
};

const shorten = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : typeof value;

const atLine = (
  line: number,
  fault: { readonly code: SmoOsLinesFault; readonly message: string },
): Verdict<never, SmoOsLinesFault> => refuse(fault.code, `line ${line}: ${fault.message}`);
