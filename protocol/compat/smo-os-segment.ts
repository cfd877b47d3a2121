import { compareStrings, type JsonValue } from '../bytes/index.ts';
import type { Crypto } from '../crypto/index.ts';
import { compareEvents } from '../event/index.ts';
import type { Fault } from '../fault/index.ts';
import { readSmoOsEvent, type SmoOsEvent, type SmoOsEventFault } from './smo-os-event.ts';
import { jsonLines, parseJson } from './smo-os-lines.ts';
import { type SmoOsManifest, type SmoOsManifestFault, verifySmoOsManifest } from './smo-os-manifest.ts';
import { ROOT_FORMAT, smoOsRoot } from './smo-os-merkle.ts';
import { encodeStableJson } from './stable-json.ts';

/** The two files of a sealed segment, as text; undefined for one that is not there. */
export interface SmoOsSegmentFiles {
  /** Name of the files without their endings, such as `seg-000001`. */
  readonly name: string;
  /** Text of `<name>.jsonl`. */
  readonly events: string | undefined;
  /** Text of `<name>.manifest.json`. */
  readonly manifest: string | undefined;
}

/** The sealed part of a 0.2.1 data folder. */
export interface SmoOsFolder {
  /** In any order. */
  readonly segments: readonly SmoOsSegmentFiles[];
  /** PEM texts of the registered Ed25519 keys whose files are there, by key id. */
  readonly publicKeys: ReadonlyMap<string, string>;
}

/** Codes of what can be wrong with a sealed segment. */
export type SmoOsSegmentFault =
  | SmoOsManifestFault
  | SmoOsEventFault
  | 'not_json'
  | 'bad_segment_name'
  | 'missing_segment'
  | 'missing_file'
  | 'root_mismatch'
  | 'count_mismatch'
  | 'first_last_mismatch'
  | 'duplicate_id'
  | 'chain_break';

/** A fault, and where it is. */
export interface PlacedSegmentFault extends Fault<SmoOsSegmentFault> {
  /** Name of the file, without its folder. */
  readonly file: string;
  /** Counted from 1; absent where the fault is not one line's. */
  readonly line?: number;
}

/** Verdict on one segment. */
export interface SmoOsSegmentReport {
  readonly name: string;
  readonly ok: boolean;
  /** Events that could be read. */
  readonly events: number;
  readonly faults: readonly PlacedSegmentFault[];
}

/** Verdict on a folder. */
export interface SmoOsFolderReport {
  readonly ok: boolean;
  /** In the order of their numbers; none when nothing has been sealed yet. */
  readonly segments: readonly SmoOsSegmentReport[];
}

/**
 * Verifies the sealed segments of a 0.2.1 data folder: names, manifests and their signatures, roots, counts,
 * first and last ids, ids unique over all segments, and the chain. Each segment is judged even when an
 * earlier one fails, and all of its faults are listed.
 *
 * What the format cannot show is not found: that the newest segments were removed, or that the holder of the
 * key has sealed anew.
 */
export const verifySmoOsFolder = (crypto: Crypto, folder: SmoOsFolder): SmoOsFolderReport => {
  const reports: SmoOsSegmentReport[] = [];
  const placeOfId = new Map<string, string>();
  let before: Before = { number: 0, root: null };
  for (const files of [...folder.segments].sort(compareNames)) {
    const { manifest, faults: manifestFaults } = checkManifest(crypto, files, folder.publicKeys);
    const { lines, faults: eventFaults } = readEvents(files);
    const faults = [
      ...checkName(files.name, before),
      ...manifestFaults,
      ...eventFaults,
      ...checkIds(files.name, lines, placeOfId),
    ];
    if (manifest !== undefined) {
      faults.push(...checkChain(files.name, manifest, before));
      // A damaged or missing line has its own fault; a root that follows from it would say nothing more.
      if (eventFaults.length === 0) faults.push(...checkContents(crypto, files.name, manifest, lines));
    }
    reports.push({ name: files.name, ok: faults.length === 0, events: lines.length, faults });
    before = { number: segmentNumber(files.name) ?? before.number, root: manifest?.root };
  }
  return { ok: reports.every(({ ok }) => ok), segments: reports };
};

/** What a segment follows: its number, and its root, undefined when that could not be read. */
interface Before {
  readonly number: number;
  readonly root: string | null | undefined;
}

interface SealedLine {
  readonly line: number;
  readonly event: SmoOsEvent;
  /** The event in `json-stable-v1`. */
  readonly text: string;
}

type Faults = readonly PlacedSegmentFault[];

const eventsFile = (name: string): string => `${name}.jsonl`;
const manifestFile = (name: string): string => `${name}.manifest.json`;

/** The number in a segment's name: six digits, more only from a million on. */
const segmentNumber = (name: string): number | undefined => {
  const digits = /^seg-(\d{6,15})$/.exec(name)?.[1];
  return digits !== undefined && String(Number(digits)).padStart(6, '0') === digits
    ? Number(digits)
    : undefined;
};

const compareNames = (a: SmoOsSegmentFiles, b: SmoOsSegmentFiles): number => {
  const [numberA, numberB] = [segmentNumber(a.name), segmentNumber(b.name)];
  if (numberA !== undefined && numberB !== undefined && numberA !== numberB) return numberA - numberB;
  if ((numberA === undefined) !== (numberB === undefined)) return numberA === undefined ? 1 : -1;
  return compareStrings(a.name, b.name);
};

const checkName = (name: string, before: Before): Faults => {
  const number = segmentNumber(name);
  const file = manifestFile(name);
  if (number === undefined) {
    const message = `"${name}" is no name of a segment, such as seg-000001`;
    return [{ code: 'bad_segment_name', message, file }];
  }
  if (number === before.number + 1) return [];
  const message = `segment ${before.number + 1} should come before this one and is not there`;
  return [{ code: 'missing_segment', message, file }];
};

const checkManifest = (
  crypto: Crypto,
  { name, manifest }: SmoOsSegmentFiles,
  publicKeys: ReadonlyMap<string, string>,
): { readonly manifest?: SmoOsManifest; readonly faults: Faults } => {
  const file = manifestFile(name);
  if (manifest === undefined) return { faults: [missing(file)] };
  const checked = verifySmoOsManifest(crypto, name, manifest, publicKeys);
  return { ...checked, faults: checked.faults.map((fault) => ({ ...fault, file })) };
};

const missing = (file: string): PlacedSegmentFault => ({
  code: 'missing_file',
  message: 'the file is not there',
  file,
});

const readEvents = (
  files: SmoOsSegmentFiles,
): { readonly lines: readonly SealedLine[]; readonly faults: Faults } => {
  const file = eventsFile(files.name);
  if (files.events === undefined) return { lines: [], faults: [missing(file)] };
  const lines: SealedLine[] = [];
  const faults: PlacedSegmentFault[] = [];
  for (const { line, text } of jsonLines(files.events)) {
    const json = parseJson(text);
    const event = json.ok ? readSmoOsEvent(json.value) : json;
    const stable = event.ok ? encodeStableJson(event.value.original) : undefined;
    if (!event.ok) faults.push({ ...event.fault, file, line });
    else if (stable === undefined) {
      faults.push({ code: 'bad_smo_os_event', message: 'the event has no stable JSON', file, line });
    } else lines.push({ line, event: event.value, text: stable });
  }
  return { lines, faults };
};

const checkIds = (name: string, lines: readonly SealedLine[], placeOfId: Map<string, string>): Faults => {
  const faults: PlacedSegmentFault[] = [];
  for (const { line, event } of lines) {
    const earlier = placeOfId.get(event.id);
    if (earlier === undefined) placeOfId.set(event.id, `${eventsFile(name)} line ${line}`);
    else {
      const message = `the id ${JSON.stringify(event.id.slice(0, 80))} is already that of ${earlier}`;
      faults.push({ code: 'duplicate_id', message, file: eventsFile(name), line });
    }
  }
  return faults;
};

const checkChain = (name: string, manifest: SmoOsManifest, before: Before): Faults => {
  // An unreadable manifest before this one has its own fault: there is nothing to compare with.
  if (before.root === undefined || manifest.prevSegmentRoot === before.root) return [];
  const message = `prevSegmentRoot is ${manifest.prevSegmentRoot ?? 'null'} and should be ${before.root ?? 'null'}`;
  return [{ code: 'chain_break', message, file: manifestFile(name) }];
};

const checkContents = (
  crypto: Crypto,
  name: string,
  manifest: SmoOsManifest,
  lines: readonly SealedLine[],
): Faults => {
  const file = eventsFile(name);
  const faults: PlacedSegmentFault[] = [];
  if (manifest.events !== lines.length) {
    const message = `the file holds ${lines.length} events, its manifest says ${manifest.events}`;
    faults.push({ code: 'count_mismatch', message, file });
  }
  if (!ROOT_FORMAT.test(manifest.root)) return faults;
  const sealed = orderOfSeal(crypto, manifest.root, lines);
  if (sealed === undefined) {
    const message = `the events do not have the root ${manifest.root} that their manifest states`;
    return [...faults, { code: 'root_mismatch', message, file }];
  }
  const ends: readonly (readonly [string, JsonValue | undefined, SealedLine | undefined])[] = [
    ['firstEventId', manifest.firstEventId, sealed[0]],
    ['lastEventId', manifest.lastEventId, sealed.at(-1)],
  ];
  for (const [member, stated, line] of ends) {
    if (stated === undefined || stated === (line?.event.id ?? null)) continue;
    const message = `${member} is not the id of that event, ${JSON.stringify(line?.event.id ?? null)}`;
    faults.push({ code: 'first_last_mismatch', message, file: manifestFile(name) });
  }
  return faults;
};

/**
 * The lines in the order whose root the manifest states; undefined when neither order has it. That is the
 * total order; or else the order of the file, since Smo.OS breaks ties of timestamp by the locale of its
 * machine, seals in that order, and writes the file so. Either way the root binds every event.
 */
const orderOfSeal = (
  crypto: Crypto,
  root: string,
  lines: readonly SealedLine[],
): readonly SealedLine[] | undefined => {
  const inOrder = lines.toSorted((a, b) => compareEvents(a.event, b.event));
  const hasRoot = (order: readonly SealedLine[]): boolean =>
    smoOsRoot(
      crypto,
      order.map(({ text }) => text),
    ) === root;
  return [inOrder, lines].find(hasRoot);
};
