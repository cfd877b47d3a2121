import { encodeCanonical, isJsonObject, type JsonObject, type JsonValue } from '../bytes/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';

/** Origin of a 0.1 event that states none. */
export const LEGACY_ORIGIN = 'legacy';

/** An event of Smo.OS 0.1, with the defaults of that format filled in. */
export interface SmoOsEvent {
  /** The JSON object as it was read, for export; members unknown to this version are in here and nowhere else. */
  readonly original: JsonObject;
  /** Any non-empty string; unique over everything that is ever merged. */
  readonly id: string;
  /** `namespace/Name`; only `plos.core/*` has an effect on the conformance view. */
  readonly type: string;
  readonly entityId: string;
  readonly payload: JsonObject;
  /** Milliseconds since 1970 on the author's wall clock. */
  readonly timestamp: number;
  /** {@link LEGACY_ORIGIN} when the event states none, or a blank one. */
  readonly origin: string;
  /** 0 when the event states none. Two events of one origin may share a seq. */
  readonly seq: number;
  /** The full vector as stated; it may or may not hold the event's own seq. */
  readonly seen: ReadonlyMap<string, number>;
}

/** Code of a JSON value that is no 0.1 event. */
export type SmoOsEventFault = 'bad_smo_os_event';

/**
 * Parses one event of Smo.OS 0.1. Absent, null or blank `origin` stands for "legacy", absent or null `seq`
 * for 0, absent or null `seen` for the empty vector. A member of a wrong type is refused rather than read as
 * absent, since that would silently change what the event has seen. So is an event without canonical JSON
 * (lone surrogates, integers beyond 2^53 - 1, nesting past 128 levels): it could not be compared or exported.
 */
export const parseSmoOsEvent = (value: unknown): Verdict<SmoOsEvent, SmoOsEventFault> => {
  const event = readSmoOsEvent(value);
  if (!event.ok) return event;
  const canonical = encodeCanonical(value);
  return canonical.ok ? event : bad(canonical.fault.message);
};

/**
 * {@link parseSmoOsEvent} without asking for canonical JSON: a sealed segment is verified in the old format's
 * own encoding, which has room for values that this project's has not.
 */
export const readSmoOsEvent = (value: unknown): Verdict<SmoOsEvent, SmoOsEventFault> => {
  if (!isJsonObject(value)) return bad('an event is a JSON object');
  const { id, type, entityId, payload, timestamp } = value;
  if (typeof id !== 'string' || id === '') return bad('id is not a non-empty string');
  if (typeof type !== 'string' || type === '') return bad('type is not a non-empty string');
  if (typeof entityId !== 'string') return bad('entityId is not a string');
  if (!isJsonObject(payload)) return bad('payload is not a JSON object');
  if (typeof timestamp !== 'number' || !Number.isFinite(timestamp)) return bad('timestamp is not a number');
  const origin = value.origin ?? '';
  if (typeof origin !== 'string') return bad('origin is not a string');
  const seq = value.seq ?? 0;
  if (!isSeq(seq)) return bad('seq is not a whole number from 0 on');
  const seen = readSeen(value.seen ?? {});
  if (seen === undefined) return bad('seen is not an object of whole numbers from 0 on');
  return accept({
    original: value,
    id,
    type,
    entityId,
    payload,
    timestamp,
    origin: origin.trim() === '' ? LEGACY_ORIGIN : origin,
    seq,
    seen,
  });
};

const bad = (message: string) => refuse('bad_smo_os_event', message);

const isSeq = (value: JsonValue): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const readSeen = (value: JsonValue): ReadonlyMap<string, number> | undefined => {
  if (!isJsonObject(value)) return undefined;
  const seen = new Map<string, number>();
  for (const [origin, seq] of Object.entries(value)) {
    if (!isSeq(seq)) return undefined;
    seen.set(origin, seq);
  }
  return seen;
};
