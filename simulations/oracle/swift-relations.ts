import type { PlacedEvent } from '../../protocol/event/index.ts';
import type { SeenVectors } from './seen-vectors.ts';
import { inOrder, type RelationView } from './state-view.ts';

interface Relation {
  readonly entityId: string;
  readonly id: string;
  readonly additions: PlacedEvent[];
  /** The last removal of each log, which has seen what those before it have. */
  readonly removals: Map<string, PlacedEvent>;
}

/** Relations of events that are looked at causes first. */
export class SwiftRelations {
  readonly #vectors: SeenVectors;
  readonly #relations = new Map<string, Map<string, Relation>>();

  constructor(vectors: SeenVectors) {
    this.#vectors = vectors;
  }

  add(event: PlacedEvent): void {
    this.#relation(event).additions.push(event);
  }

  remove(event: PlacedEvent): void {
    this.#relation(event).removals.set(event.origin, event);
  }

  view(): readonly RelationView[] {
    const views: RelationView[] = [];
    for (const { entityId, id, additions, removals } of this.#all()) {
      const left = additions.filter(
        (addition) => ![...removals.values()].some((removal) => this.#vectors.sees(removal, addition)),
      );
      if (left.length === 0) continue;
      left.sort(
        (a, b) =>
          a.timestamp - b.timestamp ||
          (a.origin < b.origin ? -1 : Number(a.origin > b.origin)) ||
          a.seq - b.seq,
      );
      views.push({
        entityId,
        relation: id,
        additions: left.map((addition) => ({ id: addition.id, payload: addition.payload })),
      });
    }
    return inOrder(views);
  }

  *#all(): Iterable<Relation> {
    for (const relations of this.#relations.values()) yield* relations.values();
  }

  #relation({ entityId, payload }: PlacedEvent): Relation {
    const id = String(payload.id);
    const relations = this.#relations.get(entityId) ?? new Map<string, Relation>();
    const relation = relations.get(id) ?? { entityId, id, additions: [], removals: new Map() };
    this.#relations.set(entityId, relations.set(id, relation));
    return relation;
  }
}
