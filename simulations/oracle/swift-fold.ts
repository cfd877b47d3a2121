import { canonicalText, type JsonValue } from '../../protocol/bytes/index.ts';
import type { PlacedEvent } from '../../protocol/event/index.ts';
import type { Restrictions } from './naive-fold.ts';
import { takeReady } from './ready-order.ts';
import { SeenVectors } from './seen-vectors.ts';
import {
  type ClosedConflictView,
  type InvalidResolutionView,
  inOrder,
  type OpenConflictView,
  type RegisterView,
  type StateView,
} from './state-view.ts';
import { SwiftRelations } from './swift-relations.ts';

/** What one event writes to one register. */
interface Write {
  readonly event: PlacedEvent;
  /** Its number in the order in which events are looked at. */
  readonly at: number;
  readonly value: JsonValue;
}

interface Register {
  readonly entityId: string;
  readonly field: string;
  /** The writes of each log, in order. */
  readonly logs: Map<string, Write[]>;
}

/**
 * What {@link foldNaively} says, for long histories: events are looked at one after the other, causes first, and
 * what one has seen of another is read from vectors. A write can only be maximal if it is its log's last.
 */
export const foldSwiftly = (
  all: readonly PlacedEvent[],
  { forks = {}, limits = {} }: Restrictions = {},
): StateView => {
  const vectors = new SeenVectors(forks);
  const ready = takeReady(all, { forks, vectors });
  return foldInOrder(
    ready.filter(({ origin, seq }) => seq <= (limits[origin] ?? seq)),
    vectors,
  );
};

/** The same for the events that count, causes first, of a history whose vectors are known. */
export const foldInOrder = (counted: readonly PlacedEvent[], vectors: SeenVectors): StateView => {
  const fold = new SwiftFold(vectors);
  for (const event of counted) fold.take(event);
  return fold.view();
};

class SwiftFold {
  readonly #vectors: SeenVectors;
  readonly #relations: SwiftRelations;
  readonly #entities = new Set<string>();
  readonly #registers = new Map<string, Map<string, Register>>();
  readonly #values = new Map<PlacedEvent, ReadonlyMap<string, JsonValue>>();
  readonly #byId = new Map<string, PlacedEvent>();
  readonly #bySource = new Map<string, PlacedEvent[]>();
  readonly #metrics: PlacedEvent[] = [];
  readonly #closed: ClosedConflictView[] = [];
  readonly #invalid: InvalidResolutionView[] = [];
  #taken = 0;

  constructor(vectors: SeenVectors) {
    this.#vectors = vectors;
    this.#relations = new SwiftRelations(vectors);
  }

  take(event: PlacedEvent): void {
    this.#taken += 1;
    switch (event.type) {
      case 'plos.core/EntityCreated':
      case 'plos.core/StateUpdated':
        this.#write(event, Object.entries(event.payload));
        break;
      case 'plos.core/ConflictResolved':
        this.#resolve(event);
        break;
      case 'plos.core/RelationAdded':
        this.#relations.add(event);
        break;
      case 'plos.core/RelationRemoved':
        this.#relations.remove(event);
        break;
      case 'plos.core/MetricRecorded':
        this.#metrics.push(event);
        break;
      default:
        this.#name(event);
        return;
    }
    this.#entities.add(event.entityId);
    this.#name(event);
  }

  view(): StateView {
    const registers = [...this.#registers.values()].flatMap((fields) => [...fields.values()]);
    const heads = registers.map((register) => ({ register, heads: this.#heads(register) }));
    return {
      entities: [...this.#entities].sort(byCodeUnits),
      registers: inOrder(heads.map(({ register, heads }) => registerView(register, heads))),
      writes: inOrder(
        [...this.#values].flatMap(([{ id }, values]) => [...values.keys()].map((field) => ({ id, field }))),
      ),
      openConflicts: inOrder(heads.flatMap(({ register, heads }) => openConflict(register, heads))),
      closedConflicts: inOrder(this.#closed),
      invalidResolutions: inOrder(this.#invalid),
      relations: this.#relations.view(),
      metrics: this.#metrics
        .toSorted((a, b) => byCodeUnits(a.entityId, b.entityId) || inTotalOrder(a, b))
        .map(({ entityId, id, payload }) => ({ entityId, id, payload })),
    };
  }

  #name(event: PlacedEvent): void {
    this.#byId.set(event.id, event);
    if (event.source === undefined) return;
    const others = this.#bySource.get(event.source.id) ?? [];
    this.#bySource.set(event.source.id, others);
    others.push(event);
  }

  #write(event: PlacedEvent, values: readonly (readonly [string, JsonValue])[], chosen?: string): void {
    this.#values.set(event, new Map(values));
    for (const [field, value] of values) {
      const register = this.#register(event.entityId, field);
      this.#close(event, register, chosen);
      const own = register.logs.get(event.origin);
      const write = { event, at: this.#taken, value };
      if (own === undefined) register.logs.set(event.origin, [write]);
      else own.push(write);
    }
  }

  #resolve(event: PlacedEvent): void {
    const { entityId, id } = event;
    const field = String(event.payload.field);
    const chosen = this.#chosen(event, field);
    if (chosen === undefined) this.#invalid.push({ entityId, field, id });
    else this.#write(event, [[field, this.#values.get(chosen)?.get(field) ?? null]], chosen.id);
  }

  #chosen(event: PlacedEvent, field: string): PlacedEvent | undefined {
    const name = String(event.payload.chosenEventId);
    const own = this.#byId.get(name);
    const imports = (this.#bySource.get(name) ?? []).toSorted(
      (a, b) => byCodeUnits(a.origin, b.origin) || a.seq - b.seq,
    );
    return [...(own === undefined ? [] : [own]), ...imports].find(
      (other) =>
        other.entityId === event.entityId &&
        this.#values.get(other)?.has(field) === true &&
        this.#vectors.sees(event, other),
    );
  }

  #close(event: PlacedEvent, { entityId, field, logs }: Register, chosen: string | undefined): void {
    const seen: Write[] = [];
    for (const [log, writes] of logs) {
      const last = lastUpTo(writes, this.#vectors.seenOf(event, log));
      if (last !== undefined) seen.push(last);
    }
    const candidates = this.#maximal(seen);
    if (!haveTwoValues(candidates)) return;
    const closed = { entityId, field, candidates: candidates.map((write) => write.event.id) };
    this.#closed.push(
      chosen === undefined
        ? { ...closed, closedBy: event.id, kind: 'superseded' }
        : { ...closed, closedBy: event.id, kind: 'resolved', chosen },
    );
  }

  #heads({ logs }: Register): readonly Write[] {
    return this.#maximal([...logs.values()].flatMap((writes) => writes.at(-1) ?? []));
  }

  /** Of writes of different logs, those that none of the others has seen, in total order. */
  #maximal(writes: readonly Write[]): readonly Write[] {
    const maximal: Write[] = [];
    // From the last one back: a write that some other has seen has been seen by a maximal one, which comes before it.
    for (const write of writes.toSorted((a, b) => b.at - a.at)) {
      if (!maximal.some(({ event }) => this.#vectors.sees(event, write.event))) maximal.push(write);
    }
    return maximal.sort((a, b) => inTotalOrder(a.event, b.event));
  }

  #register(entityId: string, field: string): Register {
    const fields = this.#registers.get(entityId) ?? new Map<string, Register>();
    const register = fields.get(field) ?? { entityId, field, logs: new Map() };
    this.#registers.set(entityId, fields.set(field, register));
    return register;
  }
}

/** The last of a log's writes up to a seq. */
const lastUpTo = (writes: readonly Write[], seq: number): Write | undefined => {
  let [from, to] = [0, writes.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((writes[middle]?.event.seq ?? seq + 1) > seq) to = middle;
    else from = middle + 1;
  }
  return writes[from - 1];
};

const haveTwoValues = (writes: readonly Write[]): boolean =>
  writes.length > 1 && new Set(writes.map(({ value }) => canonicalText(value))).size > 1;

const registerView = ({ entityId, field }: Register, heads: readonly Write[]): RegisterView => ({
  entityId,
  field,
  value: heads.at(-1)?.value ?? null,
  heads: heads.map(({ event, value }) => ({ id: event.id, value })),
});

const openConflict = (
  { entityId, field }: Register,
  heads: readonly Write[],
): readonly OpenConflictView[] => {
  const candidates = heads.map(({ event }) => event.id);
  return haveTwoValues(heads) ? [{ entityId, field, candidates, winner: candidates.at(-1) ?? '' }] : [];
};

/** Timestamp, then origin, then seq: no two events of a set are at one place. */
const inTotalOrder = (a: PlacedEvent, b: PlacedEvent): number =>
  a.timestamp - b.timestamp || byCodeUnits(a.origin, b.origin) || a.seq - b.seq;

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
