import { canonicalText, compareStrings, type JsonValue } from '../../protocol/bytes/index.ts';
import { CausalIndex, type CausalStep } from '../../protocol/causality/index.ts';
import { compareEvents, type Origin, type PlacedEvent, type Seq } from '../../protocol/event/index.ts';
import type { Place } from '../../protocol/log/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';
import {
  type ClosedConflictRow,
  candidatePlaces,
  hashItem,
  type InvalidResolutionRow,
  keyParts,
  listExcluded,
  type MetricRow,
  noCounts,
  type ProjectionContext,
  type ProjectionCounts,
  placeOf,
  projectEvent,
  type RegisterRow,
  type RelationRow,
  registerWrites,
  rowPrefix,
  StateDigest,
} from '../../protocol/projection/index.ts';
import { inOrder, type Restrictions, type StateView } from '../../simulations/oracle/index.ts';

const hash = (item: JsonValue): Uint8Array => hashItem(portableCrypto, item);

/**
 * A replica without disk or network: the causal index and the projection over a map of rows, fed with events
 * in any order. Rows are held as text, so that what a row cannot carry through a store is lost here too.
 */
export class Replica {
  index: CausalIndex;
  digest = new StateDigest(hash);
  counts: ProjectionCounts = noCounts();
  readonly rows = new Map<string, string>();
  readonly #steps: CausalStep[] = [];
  readonly #applied = new Map<string, PlacedEvent>();
  readonly #restrictions: Restrictions;
  #waiting: PlacedEvent[] = [];

  /** @param restrictions which events are cut off or excluded */
  constructor(restrictions: Restrictions = {}) {
    this.#restrictions = restrictions;
    this.index = this.#newIndex();
  }

  /** Takes an event, whether or not it is ready or known, and applies all that has become ready. */
  receive(event: PlacedEvent): void {
    if (this.#applied.has(nameOf(event)) || this.#waiting.some(({ id }) => id === event.id)) return;
    this.#waiting.push(event);
    for (let ready = this.#takeReady(); ready !== undefined; ready = this.#takeReady()) this.apply(ready);
  }

  /** Applies a ready event. */
  apply(event: PlacedEvent): void {
    const step = this.index.apply(event, event.seen);
    if (step !== undefined) this.#steps.push(structuredClone(step));
    const isExcluded = event.seq > (this.#restrictions.limits?.[event.origin] ?? event.seq);
    if (isExcluded) listExcluded(this.#context(), event);
    else projectEvent(this.#context(), event);
    this.#applied.set(nameOf(event), event);
  }

  /** Events that wait for others. */
  get waiting(): readonly PlacedEvent[] {
    return this.#waiting;
  }

  /** Closes the replica and opens it again from what a store keeps. */
  reopen(): void {
    const index = this.#newIndex();
    for (const [origin, seq] of this.index.frontier()) index.restoreApplied(origin, seq);
    const inStoreOrder = this.#steps.toSorted((a, b) => compareStrings(a.origin, b.origin) || a.seq - b.seq);
    for (const step of inStoreOrder) index.restoreStep(step);
    this.index = index;
    this.digest = new StateDigest(hash, this.digest.toHex());
    this.counts = { ...this.counts };
  }

  /** Which events are applied, as a text: equal for equal sets of events of one history. */
  appliedSet(): string {
    return [...this.index.frontier()]
      .map(([origin, seq]) => `${origin} ${seq}`)
      .sort()
      .join();
  }

  /** All rows in order of their keys. */
  rowList(): readonly (readonly [string, string])[] {
    return [...this.rows].sort(([a], [b]) => compareStrings(a, b));
  }

  /** What the histories of all entities list: for each event its entity and its place. */
  listed(): readonly string[] {
    const others = this.#rowsOf<true>('event').map(
      ([[entityId, origin, seq]]) => `${entityId} ${origin} ${Number(seq)}`,
    );
    const writes = this.#writes().map(({ entityId, place }) => `${entityId} ${place}`);
    return [...others, ...new Set(writes)].sort();
  }

  /** The rows in the terms of the naive fold. */
  view(): StateView {
    return {
      entities: this.#rowsOf<true>('entity')
        .map(([[entityId]]) => entityId)
        .sort(compareStrings),
      registers: this.#registers(),
      writes: inOrder(
        this.#writes().map(({ field, place }) => ({ id: this.#applied.get(place)?.id ?? '', field })),
      ),
      openConflicts: this.#openConflicts(),
      closedConflicts: this.#closedConflicts(),
      invalidResolutions: inOrder(
        this.#rowsOf<InvalidResolutionRow>('invalid').map(([[entityId], row]) => ({ entityId, ...row })),
      ),
      relations: inOrder(
        this.#rowsOf<RelationRow>('relation').map(([[entityId, relation], { additions }]) => ({
          entityId,
          relation,
          additions: additions.map(({ id, payload }) => ({ id, payload })),
        })),
      ),
      // A stable sort: within an entity the order is that of the keys.
      metrics: this.#rowsOf<MetricRow>('metric')
        .map(([[entityId], row]) => ({ entityId, ...row }))
        .sort((a, b) => compareStrings(a.entityId, b.entityId)),
    };
  }

  #newIndex(): CausalIndex {
    const { forks = {} } = this.#restrictions;
    return new CausalIndex((origin) => (forks[origin] === undefined ? undefined : forks[origin] - 1));
  }

  #takeReady(): PlacedEvent | undefined {
    const ready = this.#waiting.find(
      (event) => !this.index.isCutOff(event) && this.index.missing(event, event.seen) === undefined,
    );
    if (ready !== undefined) this.#waiting = this.#waiting.filter((event) => event !== ready);
    return ready;
  }

  #context(): ProjectionContext {
    return {
      digest: this.digest,
      counts: this.counts,
      get: (key) => {
        const text = this.rows.get(key);
        return text === undefined ? undefined : (JSON.parse(text) as JsonValue);
      },
      put: (key, row) => {
        if (row === null) this.rows.delete(key);
        else this.rows.set(key, canonicalText(row));
      },
      sees: (place, other) => this.index.sees(place, other),
      seenSeq: (place, origin) => this.index.seenSeq(place, origin),
      event: (place) => this.#event(place),
    };
  }

  #event(place: Place): PlacedEvent {
    const event = this.#applied.get(nameOf(place));
    if (event === undefined) throw new RangeError(`${nameOf(place)} is not applied`);
    return event;
  }

  /** Rows of one kind in order of their keys, each with the parts of its key after the kind. */
  #rowsOf<Row>(kind: Parameters<typeof rowPrefix>[0]): readonly (readonly [KeyParts, Row])[] {
    const prefix = rowPrefix(kind);
    return this.rowList()
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, text]) => {
        const [, first = '', second = '', third = ''] = keyParts(key);
        return [[first, second, third], JSON.parse(text) as Row];
      });
  }

  #registers(): StateView['registers'] {
    return inOrder(
      this.#rowsOf<RegisterRow>('register').map(([[entityId, field], { heads }]) => ({
        entityId,
        field,
        value: heads.at(-1)?.value ?? null,
        heads: heads.map(({ id, value }) => ({ id, value })),
      })),
    );
  }

  #writes(): readonly { readonly entityId: string; readonly field: string; readonly place: string }[] {
    return this.#rowsOf<RegisterRow>('register').flatMap(([[entityId, field], row]) =>
      [...registerWrites(this.#context(), { entityId, field }, row)].map((write) => ({
        entityId,
        field,
        place: nameOf(write),
      })),
    );
  }

  #openConflicts(): StateView['openConflicts'] {
    const registers = this.#registers();
    return inOrder(
      this.#rowsOf<true>('conflict').map(([[entityId, field]]) => {
        const register = registers.find((row) => row.entityId === entityId && row.field === field);
        const candidates = register?.heads.map(({ id }) => id) ?? [];
        return { entityId, field, candidates, winner: candidates.at(-1) ?? '' };
      }),
    );
  }

  #closedConflicts(): StateView['closedConflicts'] {
    return inOrder(
      this.#rowsOf<ClosedConflictRow>('closed').map(([[entityId, field], row]) => ({
        entityId,
        field,
        candidates: this.#idsInOrder(candidatePlaces(row)),
        closedBy: this.#event(placeOf(row.by)).id,
        ...(row.chosen === undefined
          ? { kind: 'superseded' as const }
          : { kind: 'resolved' as const, chosen: row.chosen }),
      })),
    );
  }

  #idsInOrder(places: readonly Place[]): readonly string[] {
    return places
      .map((place) => this.#event(place))
      .sort(compareEvents)
      .map(({ id }) => id);
  }
}

/** A replica that applied these events, in this order: each must be ready when its turn comes. */
export const replicaOf = (events: readonly PlacedEvent[]): Replica => {
  const replica = new Replica();
  for (const event of events) replica.apply(event);
  return replica;
};

type KeyParts = readonly [first: string, second: string, third: string];

const nameOf = ({ origin, seq }: { readonly origin: Origin; readonly seq: Seq }): string =>
  `${origin} ${seq}`;
