import { createHash } from 'node:crypto';
import { canonicalText, type JsonObject, type JsonValue } from '../../protocol/bytes/index.ts';
import type { PlacedEvent } from '../../protocol/event/index.ts';
import {
  type ClosedConflictView,
  type InvalidResolutionView,
  inOrder,
  type MetricView,
  type OpenConflictView,
  type RegisterView,
  type RelationView,
  type StateView,
  type WriteView,
} from './state-view.ts';

/**
 * The oracle of the projection: folds a whole set of events at once, by brute force and straight from the
 * protocol's definitions. It shares no code with protocol/causality and protocol/projection, and nothing in
 * it is kept from one event to the next; slowness is the price, and welcome.
 */

type Events = readonly PlacedEvent[];
type Past = ReadonlySet<PlacedEvent>;
type Pasts = ReadonlyMap<PlacedEvent, Past>;

/** What one event writes to one register. */
interface Write {
  readonly event: PlacedEvent;
  readonly past: Past;
  readonly entityId: string;
  readonly field: string;
  readonly value: JsonValue;
  /** For a resolution, the id of the event that it chose. */
  readonly chosen?: string;
}

/** For each log the seq of something; a log without any is absent. */
export type SeqByLog = Readonly<Record<string, number>>;

/** What keeps some events of a set from having an effect. */
export interface Restrictions {
  /** For each log that was forked, the seq from which on it does not exist. */
  readonly forks?: SeqByLog;
  /** For each log that is limited, the last seq that counts. */
  readonly limits?: SeqByLog;
}

/**
 * Folds a set of events that holds everything that its events have seen; their order does not matter. Events
 * past a limit are part of the past of others, and nothing else.
 */
export const foldNaively = (all: Events, { forks = {}, limits = {} }: Restrictions = {}): StateView => {
  const pasts = countedPasts(all, forks, limits);
  const events = [...pasts.keys()];
  const core = events.filter((event) => CORE.has(event.type));
  const writes = core.flatMap((event) => writesOf(event, pasts));
  const registers = groupBy(writes, (write) => [write.entityId, write.field]);
  return {
    entities: [...new Set(core.map((event) => event.entityId))].sort(byCodeUnits),
    registers: inOrder(registers.map(registerView)),
    writes: inOrder(registers.flatMap((register) => register.map(writeView))),
    openConflicts: inOrder(registers.flatMap(openConflict)),
    closedConflicts: inOrder(
      registers.flatMap((register) => register.flatMap((write) => closedConflict(write, register))),
    ),
    invalidResolutions: inOrder(core.flatMap((event) => invalidResolution(event, pasts))),
    relations: inOrder(relationViews(core, pasts)),
    metrics: metricViews(core),
  };
};

/** The events that count, each with those in its past that count. */
const countedPasts = (all: Events, forks: SeqByLog, limits: SeqByLog): Pasts => {
  const counts = ({ origin, seq }: PlacedEvent): boolean => seq <= (limits[origin] ?? seq);
  const counted = [...pastsOf(unforked(all, forks), forks)].filter(([event]) => counts(event));
  return new Map(counted.map(([event, past]) => [event, new Set([...past].filter(counts))]));
};

/** The part of a set that comes before the forks of its logs. */
export const unforked = (events: Events, forks: SeqByLog): Events =>
  events.filter(({ origin, seq }) => seq < (forks[origin] ?? seq + 1));

/**
 * The past of every event: all that it has seen, itself left out. An event has seen its predecessor, what it
 * states, and whatever those have seen. What it states of a forked log ends before the fork.
 */
export const pastsOf = (events: Events, forks: SeqByLog = {}): Pasts => {
  const pasts = new Map<PlacedEvent, Past>();
  const pastOf = (event: PlacedEvent): Past => {
    const known = pasts.get(event);
    if (known !== undefined) return known;
    const past = new Set<PlacedEvent>();
    for (const [origin, seq] of parentsOf(event, forks)) {
      const parent = events.find((other) => other.origin === origin && other.seq === seq);
      if (parent === undefined) throw new Error(`the set lacks ${origin} ${seq}`);
      for (const seen of [parent, ...pastOf(parent)]) past.add(seen);
    }
    pasts.set(event, past);
    return past;
  };
  for (const event of events) pastOf(event);
  return pasts;
};

/** The largest part of a set that holds everything that its events have seen. */
export const readyPart = (events: Events, forks: SeqByLog = {}): Events => {
  const held = (part: Events, [origin, seq]: readonly [string, number]): boolean =>
    part.some((event) => event.origin === origin && event.seq === seq);
  const ready = unforked(events, forks).filter((event) =>
    parentsOf(event, forks).every((parent) => held(events, parent)),
  );
  return ready.length === events.length ? ready : readyPart(ready, forks);
};

/** The state digest that belongs to a view: the sum modulo 2^256 of SHA-256 over each item's canonical JSON. */
export const digestOfView = (view: StateView): string => {
  const items: readonly JsonObject[] = [
    ...view.entities.map((entityId) => ({ entityId })),
    ...view.registers.map(({ entityId, field, heads }) => ({
      entityId,
      field,
      heads: heads.map(({ id, value }) => ({ id, value })),
    })),
    ...view.relations.map(({ entityId, relation, additions }) => ({
      entityId,
      relation,
      additions: additions.map(({ id, payload }) => ({ id, payload })),
    })),
    ...view.metrics.map(({ entityId, id, payload }) => ({ entityId, metric: id, payload })),
  ];
  const sum = items
    .map((item) => BigInt(`0x${createHash('sha256').update(canonicalText(item)).digest('hex')}`))
    .reduce((total, term) => total + term, 0n);
  return BigInt.asUintN(256, sum).toString(16).padStart(64, '0');
};

/** Timestamp, then origin, then seq, then id; texts by UTF-16 code units. */
const inTotalOrder = (a: PlacedEvent, b: PlacedEvent): number => {
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? -1 : 1;
  if (a.origin !== b.origin) return byCodeUnits(a.origin, b.origin);
  if (a.seq !== b.seq) return a.seq < b.seq ? -1 : 1;
  return byCodeUnits(a.id, b.id);
};

const CORE = new Set(
  [
    'EntityCreated',
    'StateUpdated',
    'RelationAdded',
    'RelationRemoved',
    'MetricRecorded',
    'ConflictResolved',
  ].map((name) => `plos.core/${name}`),
);

const parentsOf = (event: PlacedEvent, forks: SeqByLog): readonly (readonly [string, number])[] => {
  const stated = Object.entries(event.seen ?? {})
    .map(([origin, seq]) => [origin, Math.min(seq, (forks[origin] ?? seq + 1) - 1)] as const)
    .filter(([, seq]) => seq > 0);
  return event.seq === 1 ? stated : [...stated, [event.origin, event.seq - 1]];
};

const pastOf = (event: PlacedEvent, pasts: Pasts): Past => {
  const past = pasts.get(event);
  if (past === undefined) throw new Error(`${event.id} is not in the set`);
  return past;
};

/** The writes of one event: its payload's fields, or what a valid resolution chose. */
const writesOf = (event: PlacedEvent, pasts: Pasts): readonly Write[] => {
  const { entityId } = event;
  const past = pastOf(event, pasts);
  if (event.type === 'plos.core/EntityCreated' || event.type === 'plos.core/StateUpdated') {
    return Object.entries(event.payload).map(([field, value]) => ({ event, past, entityId, field, value }));
  }
  const chosen = chosenWrite(event, pasts);
  return chosen === undefined ? [] : [{ ...chosen, event, past, chosen: chosen.event.id }];
};

/** The write that a resolution chose; undefined if there is none, or the event is no resolution. */
const chosenWrite = (event: PlacedEvent, pasts: Pasts): Write | undefined => {
  if (event.type !== RESOLVED) return undefined;
  return namedBy(event.payload.chosenEventId, [...pastOf(event, pasts)])
    .flatMap((chosen) => writesOf(chosen, pasts))
    .find(({ entityId, field }) => entityId === event.entityId && field === event.payload.field);
};

const RESOLVED = 'plos.core/ConflictResolved';

/** The events that an id names: the one whose own it is, then imports of a foreign event, by origin and seq. */
const namedBy = (id: unknown, events: Events): Events => [
  ...events.filter((event) => event.id === id),
  ...events
    .filter(({ source }) => source?.id === id)
    .sort((a, b) => byCodeUnits(a.origin, b.origin) || a.seq - b.seq),
];

/** Those of some writes that none of the others has seen, in total order. */
const maximal = (writes: readonly Write[]): readonly Write[] =>
  writes
    .filter(({ event }) => !writes.some(({ past }) => past.has(event)))
    .sort((a, b) => inTotalOrder(a.event, b.event));

const haveTwoValues = (writes: readonly Write[]): boolean =>
  new Set(writes.map(({ value }) => canonicalText(value))).size > 1;

/** C(e). */
const pastWrites = ({ past }: Write, register: readonly Write[]): readonly Write[] =>
  maximal(register.filter(({ event }) => past.has(event)));

const idsOf = (writes: readonly Write[]): readonly string[] => writes.map(({ event }) => event.id);

const registerOf = (register: readonly Write[]): { readonly entityId: string; readonly field: string } => {
  const [first] = register;
  if (first === undefined) throw new Error('a register without writes');
  return { entityId: first.entityId, field: first.field };
};

const registerView = (register: readonly Write[]): RegisterView => {
  const heads = maximal(register).map(({ event, value }) => ({ id: event.id, value }));
  return { ...registerOf(register), value: heads.at(-1)?.value ?? null, heads };
};

const writeView = ({ event, field }: Write): WriteView => ({ id: event.id, field });

const openConflict = (register: readonly Write[]): readonly OpenConflictView[] => {
  const heads = maximal(register);
  const winner = heads.at(-1);
  if (winner === undefined || !haveTwoValues(heads)) return [];
  return [{ ...registerOf(register), candidates: idsOf(heads), winner: winner.event.id }];
};

const closedConflict = (write: Write, register: readonly Write[]): readonly ClosedConflictView[] => {
  const candidates = pastWrites(write, register);
  if (!haveTwoValues(candidates)) return [];
  const closed = { ...registerOf(register), candidates: idsOf(candidates), closedBy: write.event.id };
  return write.chosen === undefined
    ? [{ ...closed, kind: 'superseded' }]
    : [{ ...closed, kind: 'resolved', chosen: write.chosen }];
};

const invalidResolution = (event: PlacedEvent, pasts: Pasts): readonly InvalidResolutionView[] =>
  event.type !== RESOLVED || chosenWrite(event, pasts) !== undefined
    ? []
    : [{ entityId: event.entityId, field: String(event.payload.field), id: event.id }];

const relationViews = (core: Events, pasts: Pasts): readonly RelationView[] => {
  const survives = (addition: PlacedEvent): boolean =>
    !core.some(
      (event) =>
        event.type === 'plos.core/RelationRemoved' &&
        event.entityId === addition.entityId &&
        event.payload.id === addition.payload.id &&
        pastOf(event, pasts).has(addition),
    );
  const additions = core.filter((event) => event.type === 'plos.core/RelationAdded').filter(survives);
  return groupBy(additions, (event) => [event.entityId, String(event.payload.id)]).map((group) => ({
    entityId: group[0]?.entityId ?? '',
    relation: String(group[0]?.payload.id),
    additions: group.toSorted(inTotalOrder).map(({ id, payload }) => ({ id, payload })),
  }));
};

const metricViews = (core: Events): readonly MetricView[] => {
  const records = core.filter((event) => event.type === 'plos.core/MetricRecorded');
  return records
    .toSorted((a, b) => byCodeUnits(a.entityId, b.entityId) || inTotalOrder(a, b))
    .map(({ entityId, id, payload }) => ({ entityId, id, payload }));
};

const groupBy = <T>(items: readonly T[], keyOf: (item: T) => JsonValue): readonly (readonly T[])[] => [
  ...Map.groupBy(items, (item) => canonicalText(keyOf(item))).values(),
];

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
