import type { JsonObject } from '../bytes/index.ts';
import { CORE_TYPE } from '../event/index.ts';
import type { SmoOsEvent } from './smo-os-event.ts';
import type { MergedSmoOsEvents } from './smo-os-merge.ts';
import { type SmoOsWrite, settleWrites } from './smo-os-register.ts';

/** What the core events say of one entity; every list is in the total order. */
export interface SmoOsEntity {
  readonly id: string;
  readonly registers: ReadonlyMap<string, readonly SmoOsWrite[]>;
  readonly relationsAdded: readonly SmoOsEvent[];
  readonly relationsRemoved: readonly SmoOsEvent[];
  readonly metrics: readonly JsonObject[];
}

/** Event types that the view is made from. */
const CORE_PREFIX = 'plos.core/';

/**
 * Sorts the core events by what they write to. An entity exists once any `plos.core/*` event names it, be it
 * of a type that this version does not know.
 */
export const foldSmoOsEvents = (events: MergedSmoOsEvents): readonly SmoOsEntity[] => {
  const drafts = new Map<string, EntityDraft>();
  for (const event of events) {
    if (!event.type.startsWith(CORE_PREFIX)) continue;
    applyEvent(getOrMake(drafts, event.entityId, emptyDraft), event);
  }
  return Array.from(drafts, ([id, draft]) => ({
    id,
    registers: registersOf(draft),
    relationsAdded: draft.relationsAdded,
    relationsRemoved: draft.relationsRemoved,
    metrics: draft.metrics,
  }));
};

interface EntityDraft {
  readonly writes: Map<string, SmoOsWrite[]>;
  readonly resolutions: Map<string, SmoOsEvent[]>;
  readonly relationsAdded: SmoOsEvent[];
  readonly relationsRemoved: SmoOsEvent[];
  readonly metrics: JsonObject[];
}

const emptyDraft = (): EntityDraft => ({
  writes: new Map(),
  resolutions: new Map(),
  relationsAdded: [],
  relationsRemoved: [],
  metrics: [],
});

const applyEvent = (draft: EntityDraft, event: SmoOsEvent): void => {
  const { type, payload } = event;
  switch (type) {
    case CORE_TYPE.entityCreated:
    case CORE_TYPE.stateUpdated:
      for (const [field, value] of Object.entries(payload)) {
        getOrMake(draft.writes, field, emptyList<SmoOsWrite>).push({ event, value });
      }
      break;
    case CORE_TYPE.conflictResolved:
      if (typeof payload.field === 'string') {
        getOrMake(draft.resolutions, payload.field, emptyList<SmoOsEvent>).push(event);
      }
      break;
    case CORE_TYPE.relationAdded:
      draft.relationsAdded.push(event);
      break;
    case CORE_TYPE.relationRemoved:
      draft.relationsRemoved.push(event);
      break;
    case CORE_TYPE.metricRecorded:
      draft.metrics.push(payload);
      break;
    default:
  }
};

/** Only a plain write makes a register: a resolution alone has nothing to choose. */
const registersOf = ({ writes, resolutions }: EntityDraft): ReadonlyMap<string, readonly SmoOsWrite[]> =>
  new Map(Array.from(writes, ([field, plain]) => [field, settleWrites(plain, resolutions.get(field) ?? [])]));

const emptyList = <T>(): T[] => [];

const getOrMake = <T>(map: Map<string, T>, key: string, make: () => T): T => {
  const held = map.get(key);
  if (held !== undefined) return held;
  const made = make();
  map.set(key, made);
  return made;
};
