import { isJsonObject, type JsonObject, jsonObject } from '../bytes/index.ts';
import type { EventDraft, EventSource } from '../event/index.ts';
import { parseSmoOsEvent, type SmoOsEvent } from './smo-os-event.ts';

/** `source.system` of everything that was imported from Smo.OS. */
const SYSTEM = 'smo-os';

/** Members of a Smo.OS event that the native event itself holds. */
const HELD = new Set(['id', 'type', 'entityId', 'payload']);

/** The native draft of a Smo.OS event: its source holds whatever the draft itself does not. */
export const draftOfSmoOs = ({ id, type, entityId, payload, original }: SmoOsEvent): EventDraft => {
  const rest = jsonObject(Object.entries(original).filter(([member]) => !HELD.has(member)));
  const source: EventSource = { id, system: SYSTEM, event: rest };
  return { type, entityId, payload, source };
};

/** The Smo.OS event that a native one was imported from, exactly as it was; undefined for any other event. */
export const originalOf = (event: EventDraft): JsonObject | undefined => {
  const { source, type, entityId, payload } = event;
  if (source?.system !== SYSTEM || !isJsonObject(source.event)) return undefined;
  return jsonObject([
    ['id', source.id],
    ['type', type],
    ['entityId', entityId],
    ['payload', payload],
    ...Object.entries(source.event),
  ]);
};

/** The same, read with the defaults of its format. */
export const smoOsOf = (event: EventDraft): SmoOsEvent | undefined => {
  const original = originalOf(event);
  const parsed = original && parseSmoOsEvent(original);
  return parsed?.ok ? parsed.value : undefined;
};
