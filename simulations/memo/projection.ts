import type { JsonValue } from '../../protocol/bytes/index.ts';
import type { Origin } from '../../protocol/event/index.ts';
import type { Place } from '../../protocol/log/index.ts';
import { noCounts, type ProjectionContext, type ProjectionCounts } from '../../protocol/projection/index.ts';

import type { RowVersions } from './row-versions.ts';

type Row = JsonValue | undefined;

/** Something that the application of an event asks of what is around it. */
export type Question =
  | { readonly type: 'row'; readonly key: string }
  | { readonly type: 'sees'; readonly place: Place; readonly other: Place }
  | { readonly type: 'seen'; readonly place: Place; readonly origin: Origin }
  | { readonly type: 'event'; readonly place: Place };

/** What tells answers apart: rows are the same when they are the same object. */
export type Answer = Row | string | number | boolean;

/** What the application of an event does. */
export interface Deed {
  readonly rows: (readonly [key: string, row: JsonValue | null])[];
  readonly items: (readonly [key: string, before: Row, after: Row])[];
  readonly counts: ProjectionCounts;
}

/** One application of an event: all that it asked, in order, with the answers, and what it did. */
export interface Projection {
  readonly asked: readonly (readonly [question: Question, answer: Answer])[];
  readonly deed: Deed;
}

export const ask = (context: ProjectionContext, question: Question): Answer => {
  switch (question.type) {
    case 'row':
      return context.get(question.key);
    case 'sees':
      return context.sees(question.place, question.other);
    case 'seen':
      return context.seenSeq(question.place, question.origin);
    case 'event':
      return context.event(question.place).id;
  }
};

/** Does once more what was done. */
export const repeat = (context: ProjectionContext, { rows, items, counts }: Deed): void => {
  for (const [key, row] of rows) context.put(key, row);
  for (const [key, before, after] of items) context.digest.replace(key, before, after);
  addCounts(context.counts, counts);
};

/**
 * Lets an event be applied, and notes what that asks and does.
 * @param versions which make one object of rows that are equal
 */
export const record = (
  context: ProjectionContext,
  versions: RowVersions,
  apply: (recorder: ProjectionContext) => void,
): Projection => {
  const asked: (readonly [Question, Answer])[] = [];
  const deed: Deed = { rows: [], items: [], counts: noCounts() };
  const written = new Set<string>();
  apply({
    get(key) {
      const row = context.get(key);
      // What it has written itself is no answer of what is around it.
      if (!written.has(key)) asked.push([{ type: 'row', key }, row]);
      return row;
    },
    put(key, made) {
      const row = versions.same(key, made);
      written.add(key);
      deed.rows.push([key, row]);
      context.put(key, row);
    },
    sees(place, other) {
      const sees = context.sees(place, other);
      asked.push([{ type: 'sees', place, other }, sees]);
      return sees;
    },
    seenSeq(place, origin) {
      const seq = context.seenSeq(place, origin);
      asked.push([{ type: 'seen', place, origin }, seq]);
      return seq;
    },
    event(place) {
      const event = context.event(place);
      asked.push([{ type: 'event', place }, event.id]);
      return event;
    },
    digest: {
      replace(key, before, after) {
        deed.items.push([key, before, after]);
        context.digest.replace(key, before, after);
      },
    },
    counts: deed.counts,
  });
  addCounts(context.counts, deed.counts);
  return { asked, deed };
};

const addCounts = (counts: ProjectionCounts, more: ProjectionCounts): void => {
  for (const name of COUNTED) counts[name] += more[name];
};

const COUNTED = Object.keys(noCounts()) as (keyof ProjectionCounts)[];
