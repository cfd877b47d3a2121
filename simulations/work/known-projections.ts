import type { EventId, PlacedEvent } from '../../protocol/event/index.ts';
import type { ProjectionContext, projectEvent } from '../../protocol/projection/index.ts';
import { type Projection, record } from './projection.ts';

/** Ways in which one event was applied that are kept; devices that hold different things apply it differently. */
const WAYS_MAX = 8;

/**
 * How events were applied. An engine that reads the very rows that another has read applies an event as that one did:
 * the rows that it writes are then the same objects, and so are those that are read for the next event.
 */
export class KnownProjections {
  readonly #project: typeof projectEvent;
  readonly #known = new Map<EventId, Projection[]>();

  constructor(project: typeof projectEvent) {
    this.#project = project;
  }

  project(context: ProjectionContext, event: PlacedEvent): void {
    const known = this.#known.get(event.id);
    const way = known?.find((projection) => projection.fits(context));
    if (way !== undefined) {
      way.repeat(context);
      return;
    }
    const made = record(context, (recorder) => this.#project(recorder, event));
    if (known === undefined) this.#known.set(event.id, [made]);
    else {
      if (known.length === WAYS_MAX) known.shift();
      known.push(made);
    }
  }
}
