import { isJsonObject, type JsonObject, type JsonValue, utf8Encode } from '../bytes/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import { CORE_TYPE, type EventBody } from './event.ts';
import { EVENT_LIMITS } from './limits.ts';
import { parseOrigin } from './origin.ts';

/** What can be wrong with the body of an event. */
export type BodyFault = 'record_malformed' | 'record_bad_payload' | 'record_past_limit';

/** Members that a body may have; anything else is malformed, so that no field is carried unchecked. */
const MEMBERS = new Set(['actor', 'entityId', 'payload', 'seen', 'source', 'timestamp', 'type']);

/** `namespace/Name`: two words without white space; which characters a namespace uses is its own matter. */
const TYPE = /^[^\s/]+\/[^\s/]+$/;

/**
 * Checks the shape of an event body, whoever made it: authoring and receiving share this one rule, so that
 * a device never writes what the others refuse. Whether an event has an effect (a resolution that names an
 * event it has not seen, say) is not decided here but in the projection.
 */
export const checkBody = (value: unknown): Verdict<EventBody, BodyFault> => {
  if (!isJsonObject(value)) return malformed('an event is a JSON object');
  for (const key of Object.keys(value)) if (!MEMBERS.has(key)) return malformed(`unknown member "${key}"`);
  return (
    checkType(value.type) ??
    checkName('entityId', value.entityId, 1) ??
    checkPayload(value.payload) ??
    checkTimestamp(value.timestamp) ??
    (Object.hasOwn(value, 'actor') ? checkName('actor', value.actor, 1) : undefined) ??
    (Object.hasOwn(value, 'seen') ? checkSeen(value.seen) : undefined) ??
    (Object.hasOwn(value, 'source') ? checkSource(value.source) : undefined) ??
    checkCorePayload(value.type as string, value.payload as JsonObject) ??
    accept(value as unknown as EventBody)
  );
};

type Refusal = Verdict<never, BodyFault> | undefined;

const malformed = (message: string) => refuse('record_malformed', message);

const checkType = (type: JsonValue | undefined): Refusal => {
  if (typeof type !== 'string' || !TYPE.test(type))
    return malformed('type is not of the form namespace/Name');
  return bytesOver('type', type, EVENT_LIMITS.typeBytesMax);
};

const checkName = (name: string, value: JsonValue | undefined, charsMin: number): Refusal => {
  if (typeof value !== 'string' || value.length < charsMin)
    return malformed(`${name} is not a non-empty string`);
  return bytesOver(name, value, EVENT_LIMITS.nameBytesMax);
};

const bytesOver = (name: string, text: string, bytesMax: number): Refusal => {
  // A UTF-16 code unit takes at most three bytes: most names need no encoding to be judged.
  if (text.length * 3 <= bytesMax) return undefined;
  const bytes = utf8Encode(text).length;
  return bytes > bytesMax
    ? refuse('record_past_limit', `${name} has ${bytes} bytes, the limit is ${bytesMax}`)
    : undefined;
};

const checkPayload = (payload: JsonValue | undefined): Refusal => {
  if (!isJsonObject(payload)) return malformed('payload is not a JSON object');
  return deeperThan(payload, EVENT_LIMITS.payloadDepthMax)
    ? refuse('record_past_limit', `payload is nested deeper than ${EVENT_LIMITS.payloadDepthMax} levels`)
    : undefined;
};

const deeperThan = (value: unknown, levels: number): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((member) => deeperThan(member, levels - 1));
};

const checkTimestamp = (timestamp: JsonValue | undefined): Refusal =>
  Number.isInteger(timestamp) && Number(timestamp) >= 0 && Number(timestamp) <= EVENT_LIMITS.timestampMsMax
    ? undefined
    : malformed('timestamp is not a whole number of milliseconds since 1970');

const checkSeen = (seen: JsonValue | undefined): Refusal => {
  if (!isJsonObject(seen) || Object.keys(seen).length === 0)
    return malformed('seen is not a non-empty object');
  for (const [origin, seq] of Object.entries(seen)) {
    if (!parseOrigin(origin).ok) return malformed('seen names something that is not a log');
    if (!Number.isSafeInteger(seq) || Number(seq) < 1)
      return malformed('seen holds something that is no seq');
  }
  return undefined;
};

const checkSource = (source: JsonValue | undefined): Refusal => {
  if (!isJsonObject(source)) return malformed('source is not a JSON object');
  return checkName('source.id', source.id, 1);
};

/** The members that the core's own types need. Field names are bounded like every other name. */
const checkCorePayload = (type: string, payload: JsonObject): Refusal => {
  switch (type) {
    case CORE_TYPE.entityCreated:
    case CORE_TYPE.stateUpdated:
      for (const field of Object.keys(payload)) {
        const over = bytesOver(`field "${field.slice(0, 40)}"`, field, EVENT_LIMITS.nameBytesMax);
        if (over !== undefined) return over;
      }
      return undefined;
    case CORE_TYPE.relationAdded:
    case CORE_TYPE.relationRemoved:
      return checkMember(type, payload, 'id', 1);
    case CORE_TYPE.conflictResolved:
      return checkMember(type, payload, 'field', 0) ?? checkMember(type, payload, 'chosenEventId', 1);
    default:
      return undefined;
  }
};

const checkMember = (type: string, payload: JsonObject, name: string, charsMin: number): Refusal => {
  const value = Object.hasOwn(payload, name) ? payload[name] : undefined;
  if (typeof value !== 'string' || value.length < charsMin) {
    return refuse(
      'record_bad_payload',
      `${type}: payload.${name} is not a ${charsMin > 0 ? 'non-empty ' : ''}string`,
    );
  }
  return bytesOver(`payload.${name}`, value, EVENT_LIMITS.nameBytesMax);
};
