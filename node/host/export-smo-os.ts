import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../protocol/bytes/index.ts';
import {
  mergeSmoOsEvents,
  originalOf,
  parseSmoOsEvent,
  type SmoOsLine,
  smoOsOf,
  writeSmoOsBundle,
} from '../../protocol/compat/index.ts';
import { CORE_TYPE, type Origin, type PlacedEvent } from '../../protocol/event/index.ts';
import { errorFromFault } from '../../protocol/fault/index.ts';
import { isControlType } from '../../protocol/membership/index.ts';
import type { Device } from './device.ts';
import { viewOf } from './event-view.ts';

/** How far each log has come in the terms of Smo.OS: after each of its events, the highest seq of each origin. */
type ForeignPlaces = ReadonlyMap<Origin, readonly ReadonlyMap<string, number>[]>;

/**
 * Lines of a Smo.OS 0.3.0 bundle: events that came from there exactly as they were, the others in the same
 * form. The space's own control events mean nothing there and are left out. Holds all events in memory.
 */
export async function* exportBundle(device: Device): AsyncIterable<string> {
  const { host, reader } = device;
  const logs = new Map<Origin, PlacedEvent[]>();
  for (const [origin, lastSeq] of host.engine.readable()) {
    logs.set(origin, await Array.fromAsync(reader.events(origin, 1, lastSeq)));
  }
  const ids = originalIds(logs);
  const places = foreignPlaces(logs);
  const events = [...logs.values()]
    .flat()
    // There, every event counts.
    .filter((event) => !isControlType(event.type) && !host.engine.membership.excludes(event))
    .map((event, i) => asLine(originalOf(event) ?? nativeEvent(device, event, ids, places), i + 1));
  const merged = mergeSmoOsEvents([{ name: 'this space', events }]);
  if (!merged.ok) throw errorFromFault(merged.fault);
  const header = { bundleId: randomUUID(), createdAt: Date.now(), origin: device.origin };
  yield* writeSmoOsBundle(header, merged.value).trimEnd().split('\n');
}

const asLine = (event: JsonObject, line: number): SmoOsLine => {
  const parsed = parseSmoOsEvent(event);
  if (!parsed.ok) throw errorFromFault(parsed.fault);
  return { line, event: parsed.value };
};

/** Ids that imported events had before, by the ids that they have here. */
const originalIds = (logs: ReadonlyMap<Origin, readonly PlacedEvent[]>): ReadonlyMap<string, string> => {
  const ids = new Map<string, string>();
  for (const event of [...logs.values()].flat()) {
    const original = smoOsOf(event);
    if (original !== undefined) ids.set(event.id, original.id);
  }
  return ids;
};

const foreignPlaces = (logs: ReadonlyMap<Origin, readonly PlacedEvent[]>): ForeignPlaces =>
  new Map([...logs].map(([log, events]) => [log, placesOf(events)]));

const placesOf = (events: readonly PlacedEvent[]): readonly ReadonlyMap<string, number>[] => {
  let reached: ReadonlyMap<string, number> = new Map();
  return events.map((event) => {
    const { origin, seq } = smoOsOf(event) ?? event;
    reached = new Map(reached).set(origin, Math.max(reached.get(origin) ?? 0, seq));
    return reached;
  });
};

const nativeEvent = (
  device: Device,
  event: PlacedEvent,
  ids: ReadonlyMap<string, string>,
  places: ForeignPlaces,
): JsonObject => {
  const { id, origin, seq, seen, timestamp, type, entityId, payload, actor } = viewOf(
    device.host.engine,
    event,
  );
  const chosen = type === CORE_TYPE.conflictResolved ? ids.get(String(payload.chosenEventId)) : undefined;
  return {
    id,
    type,
    entityId,
    payload: chosen === undefined ? payload : { ...payload, chosenEventId: chosen },
    timestamp,
    origin,
    seq,
    seen: foreignSeen({ ...seen, [origin]: seq }, places),
    ...(actor !== undefined && { actor }),
  };
};

/** A seen vector over logs, told in the origins and seqs that their events had before. */
const foreignSeen = (seen: Readonly<Record<string, number>>, places: ForeignPlaces): JsonObject => {
  const told = new Map<string, number>();
  for (const [log, count] of Object.entries(seen)) {
    for (const [origin, seq] of places.get(log as Origin)?.[count - 1] ?? []) {
      told.set(origin, Math.max(told.get(origin) ?? 0, seq));
    }
  }
  return Object.fromEntries(told);
};
