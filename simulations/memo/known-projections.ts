import type { EventId, PlacedEvent } from '../../protocol/event/index.ts';
import type { ProjectionContext, projectEvent } from '../../protocol/projection/index.ts';
import { type Answer, ask, type Deed, type Projection, type Question, record, repeat } from './projection.ts';
import { RowVersions } from './row-versions.ts';

/** Ways in which one event was applied that are kept. With more, all are forgotten and found anew. */
const WAYS_MAX = 64;

/** What is asked next, and where each answer leads; in the end, what is done. */
interface Fork {
  readonly question: Question;
  readonly ways: Map<Answer, Fork | Deed>;
}

/** All ways of one event. */
interface Ways {
  readonly root: Fork | Deed;
  count: number;
}

/**
 * How events were applied. An engine that gets the answers that another has got applies an event as that one did: the
 * rows that it writes are then the same objects, and so are those that are read for the next event. What is asked
 * follows from the answers before, so the way to what is done is found by asking just that.
 */
export class KnownProjections {
  readonly #project: typeof projectEvent;
  readonly #known = new Map<EventId, Ways>();
  readonly #versions = new RowVersions();

  constructor(project: typeof projectEvent) {
    this.#project = project;
  }

  project(context: ProjectionContext, event: PlacedEvent): void {
    const known = this.#known.get(event.id);
    const deed = known && deedOf(known.root, context);
    if (deed !== undefined) {
      repeat(context, deed);
      return;
    }
    const made = record(context, this.#versions, (recorder) => this.#project(recorder, event));
    this.#learn(event.id, known, made);
  }

  #learn(id: EventId, known: Ways | undefined, projection: Projection): void {
    if (known === undefined || known.count === WAYS_MAX) {
      this.#known.set(id, { root: pathOf(projection, 0), count: 1 });
      return;
    }
    known.count += 1;
    let { root: node } = known;
    for (const [depth, [, answer]] of projection.asked.entries()) {
      if (!('question' in node)) return;
      const next: Fork | Deed | undefined = node.ways.get(answer);
      if (next === undefined) {
        node.ways.set(answer, pathOf(projection, depth + 1));
        return;
      }
      node = next;
    }
  }
}

const deedOf = (root: Fork | Deed, context: ProjectionContext): Deed | undefined => {
  let node: Fork | Deed | undefined = root;
  while (node !== undefined && 'question' in node) node = node.ways.get(ask(context, node.question));
  return node;
};

/** The rest of one way, from a question on. */
const pathOf = ({ asked, deed }: Projection, depth: number): Fork | Deed =>
  asked
    .slice(depth)
    .reduceRight<Fork | Deed>(
      (next, [question, answer]) => ({ question, ways: new Map([[answer, next]]) }),
      deed,
    );
