import fc from 'fast-check';
import { type JsonObject, type JsonValue, jsonObject } from '../../protocol/bytes/index.ts';
import {
  CORE_TYPE,
  EVENT_LIMITS,
  type EventSource,
  type Origin,
  type PlacedEvent,
  type Seq,
} from '../../protocol/event/index.ts';
import { AuthoredHistory, LOG_NAMES, type LogName, ORIGINS } from './authored-history.ts';

/** Which histories to make. */
interface HistoryShape {
  /** Most events of a history. Default 30. */
  readonly eventsMax?: number;
  /**
   * Whether authors may state less or lower than what they had applied, as imported events do: then the
   * stated deltas are not closed. Events never state what no author has written yet. Default true.
   */
  readonly sparse?: boolean;
}

/**
 * Histories of up to five logs in few entities and fields, so that writes collide. A history is a list of
 * steps, and shrinks by leaving steps out: in each, one log takes over events of others and then writes one.
 */
export const randomHistory = ({
  eventsMax = 30,
  sparse = true,
}: HistoryShape = {}): fc.Arbitrary<readonly PlacedEvent[]> =>
  fc.array(step(sparse), { maxLength: eventsMax, size: 'max' }).map((steps) => new HistoryMaker().run(steps));

/** Numbers that choose an order; any list is one, and the empty list chooses the first possible each time. */
export const draws: fc.Arbitrary<readonly number[]> = fc.array(fc.nat(9999), { maxLength: 40, size: 'max' });

/** A seq for some of the logs: where each was forked, or the last one that counts. */
export const restrictions = (min: number): fc.Arbitrary<Readonly<Record<Origin, Seq>>> =>
  fc
    .array(fc.tuple(fc.constantFrom(...LOG_NAMES), fc.integer({ min, max: 8 })), { maxLength: 3 })
    .map((some) => Object.fromEntries(some.map(([log, seq]) => [ORIGINS[log], seq])));

/** An order of the events in which each comes after all that it has seen, chosen by draws. */
export const readyOrder = (
  events: readonly PlacedEvent[],
  choices: readonly number[],
): readonly PlacedEvent[] => {
  const order: PlacedEvent[] = [];
  const applied = new Map<string, Seq>();
  const isReady = ({ origin, seq, seen = {} }: PlacedEvent): boolean =>
    (applied.get(origin) ?? 0) === seq - 1 &&
    Object.entries(seen).every(([other, highest]) => (applied.get(other) ?? 0) >= highest);
  while (order.length < events.length) {
    const next = chosenOf(events.filter(isReady), choices, order.length);
    if (next === undefined) throw new Error('the history has seen what it lacks');
    order.push(next);
    applied.set(next.origin, next.seq);
  }
  return order;
};

/** Any order of the events, some of them repeated, chosen by draws. */
export const arrivalOrder = (
  events: readonly PlacedEvent[],
  choices: readonly number[],
): readonly PlacedEvent[] => {
  const left = [...events];
  const order: PlacedEvent[] = [];
  for (
    let next = chosenOf(left, choices, 0);
    next !== undefined;
    next = chosenOf(left, choices, order.length)
  ) {
    left.splice(left.indexOf(next), 1);
    order.push(next);
    const again = chosenOf(order, choices, order.length + 1);
    if (again !== undefined && order.length % 3 === 0) order.push(again);
  }
  return order;
};

const chosenOf = <T>(items: readonly T[], choices: readonly number[], at: number): T | undefined =>
  items[(choices[at % (choices.length || 1)] ?? 0) % (items.length || 1)];

/** How a resolution goes wrong, if at all. */
type Twist = 'none' | 'by source' | 'any event' | 'other field' | 'other entity' | 'no event';

type Statement = 'honest' | 'half' | 'lower';

/** Takes over all that a log has applied, or just one of those events with its past. */
interface Pull {
  readonly from: LogName;
  readonly pick: number | 'all';
}

interface Step {
  readonly log: LogName;
  readonly pulls: readonly Pull[];
  readonly timestamp: number;
  readonly statement: Statement;
  readonly what: Content;
  /** Id of the event elsewhere that this one was imported from; a number picks an event's id of this history. */
  readonly source?: string | number | undefined;
}

type Content =
  | { readonly type: string; readonly entityId: string; readonly payload: JsonObject }
  | { readonly resolve: number; readonly twist: Twist; readonly field: string; readonly entityId: string };

/** Carries out steps. What a log has applied is always closed: it takes events with their whole past. */
class HistoryMaker {
  readonly #history = new AuthoredHistory();
  readonly #applied = new Map<LogName, Set<PlacedEvent>>();
  readonly #pasts = new Map<PlacedEvent, ReadonlySet<PlacedEvent>>();
  readonly #stated = new Map<LogName, Map<LogName, Seq>>();

  run(steps: readonly Step[]): readonly PlacedEvent[] {
    for (const step of steps) {
      for (const pull of step.pulls) this.#pull(step.log, pull);
      this.#write(step);
    }
    return this.#history.events;
  }

  #pull(log: LogName, { from, pick }: Pull): void {
    const source = [...this.#appliedBy(from)];
    const target = this.#appliedBy(log);
    const event = pick === 'all' ? undefined : source[pick % (source.length || 1)];
    const taken = event === undefined ? source : [...(this.#pasts.get(event) ?? []), event];
    for (const each of taken) target.add(each);
  }

  #write({ log, timestamp, statement, what, source }: Step): void {
    const applied = this.#appliedBy(log);
    const content = 'resolve' in what ? this.#resolution(applied, what) : what;
    const event = this.#history.append({
      log,
      timestamp,
      seen: this.#statement(log, statement),
      ...this.#source(source),
      ...content,
    });
    this.#pasts.set(event, new Set(applied));
    applied.add(event);
  }

  /** What the author states: all that has risen, or half of that, or for every log the first event alone. */
  #statement(log: LogName, statement: Statement): Partial<Record<LogName, Seq>> {
    const stated = this.#stated.get(log) ?? new Map<LogName, Seq>();
    this.#stated.set(log, stated);
    const seen: Partial<Record<LogName, Seq>> = {};
    for (const other of LOG_NAMES) {
      const held = [...this.#appliedBy(log)].filter(({ origin }) => origin === ORIGINS[other]).length;
      if (other === log || held === 0) continue;
      if (statement === 'lower') seen[other] = 1;
      else if (held > (stated.get(other) ?? 0) && (statement === 'honest' || held % 2 === 0)) {
        seen[other] = held;
        stated.set(other, held);
      }
    }
    return seen;
  }

  #source(source: string | number | undefined): { readonly source?: EventSource } {
    if (source === undefined) return {};
    const { events } = this.#history;
    return {
      source: { id: typeof source === 'string' ? source : (events[source % events.length]?.id ?? 'old') },
    };
  }

  #resolution(
    applied: ReadonlySet<PlacedEvent>,
    { resolve, twist, field, entityId }: Extract<Content, { resolve: number }>,
  ): Exclude<Content, { resolve: number }> {
    const pool = (twist === 'any event' ? this.#history.events : [...applied]).filter(writesSomething);
    const chosen = twist === 'no event' ? undefined : pool[resolve % (pool.length || 1)];
    const payload = {
      field: chosen === undefined || twist === 'other field' ? field : fieldOf(chosen),
      chosenEventId: (twist === 'by source' ? (chosen?.source?.id ?? 'old') : chosen?.id) ?? 'ev1none',
    };
    const entity = chosen === undefined || twist === 'other entity' ? entityId : chosen.entityId;
    return { type: CORE_TYPE.conflictResolved, entityId: entity, payload };
  }

  #appliedBy(log: LogName): Set<PlacedEvent> {
    const applied = this.#applied.get(log) ?? new Set<PlacedEvent>();
    this.#applied.set(log, applied);
    return applied;
  }
}

const writesSomething = ({ type, payload }: PlacedEvent): boolean =>
  type === CORE_TYPE.conflictResolved || (type === CORE_TYPE.stateUpdated && Object.keys(payload).length > 0);

const fieldOf = ({ type, payload }: PlacedEvent): string =>
  type === CORE_TYPE.conflictResolved ? String(payload.field) : (Object.keys(payload)[0] ?? '');

const mostly = <T>(usual: readonly T[], odd: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  );

const log = mostly<LogName>(['A', 'B', 'C'], ['D', 'E']);

/** Names that are ordinary here and something else in careless code. */
const ODD_NAMES = [
  '__proto__',
  'constructor',
  '10',
  '9',
  'a\u0000b',
  'a\u0001n',
  'a\u0001',
  '\u{1F600}',
  '\uFF5E',
];

const entityId = mostly(['entity'], ['other', 'entity\u0000field', ...ODD_NAMES]);
const field = mostly(['field', 'field', 'color'], ['', ...ODD_NAMES]);
const relation = mostly(['friend'], ODD_NAMES);

const value: fc.Arbitrary<JsonValue> = mostly<JsonValue>(
  ['red', 'blue', null],
  [
    '',
    0,
    -1.5,
    Number.MAX_SAFE_INTEGER,
    false,
    [],
    ['red', null],
    { a: 1, b: { '9': 1, '10': 2 } },
    { b: { '10': 2, '9': 1 }, a: 1 },
    jsonObject([['__proto__', 1]]),
    jsonObject([['__proto__', 2]]),
    '\u{1F600}\u0000',
  ],
);

const fields = fc
  .oneof(
    { weight: 4, arbitrary: fc.array(fc.tuple(field, value), { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(fc.tuple(field, value), { maxLength: 3 }) },
  )
  .map(jsonObject);

/** Unrelated to causality, often equal, sometimes as far apart as events allow. */
const timestamp = mostly([1, 2, 3], [0, 1_700_000_000_000, EVENT_LIMITS.timestampMsMax]);

const relationPayload = fc.record({ id: relation, target: value });

const draft = (type: string, payload: fc.Arbitrary<JsonObject>): fc.Arbitrary<Content> =>
  fc.record({ type: fc.constant(type), entityId, payload });

const resolution: fc.Arbitrary<Content> = fc.record({
  resolve: fc.nat(99),
  twist: mostly<Twist>(
    ['none', 'none', 'none', 'by source'],
    ['any event', 'other field', 'other entity', 'no event'],
  ),
  field,
  entityId,
});

const content: fc.Arbitrary<Content> = fc.oneof(
  { weight: 10, arbitrary: draft(CORE_TYPE.stateUpdated, fields) },
  { weight: 4, arbitrary: resolution },
  { weight: 1, arbitrary: draft(CORE_TYPE.entityCreated, fields) },
  { weight: 2, arbitrary: draft(CORE_TYPE.relationAdded, relationPayload) },
  { weight: 2, arbitrary: draft(CORE_TYPE.relationRemoved, relationPayload) },
  { weight: 1, arbitrary: draft(CORE_TYPE.metricRecorded, fields) },
  { weight: 1, arbitrary: draft('plos.core/Unheard', fields) },
  { weight: 1, arbitrary: draft('example.app/StateUpdated', fields) },
);

const pull: fc.Arbitrary<Pull> = fc.record({
  from: log,
  pick: fc.oneof(fc.constant<'all'>('all'), fc.nat(99)),
});

const step = (sparse: boolean): fc.Arbitrary<Step> =>
  fc.record({
    log,
    pulls: fc.array(pull, { maxLength: 3, size: 'max' }),
    timestamp,
    statement: sparse ? mostly<Statement>(['honest'], ['half', 'lower']) : fc.constant<Statement>('honest'),
    what: content,
    source: fc.oneof(
      { weight: 8, arbitrary: fc.constant(undefined) },
      { weight: 2, arbitrary: fc.constant('old') },
      { weight: 1, arbitrary: fc.nat(99) },
    ),
  });
