import * as v from 'valibot';
import { object, text, whole } from './parts.ts';

const BLOB = 'the id of an object of git';

const id = v.pipe(v.string(BLOB), v.regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, BLOB));

const place = {
  step: whole(0, 1_000_000_000),
  chain: whole(0, 1_000_000_000),
  after: v.array(whole(0, 1_000_000_000), 'a list of numbers of steps'),
};

const CHANGE = 'a list of two: a path, and the id of an object of git or null';

/** What a device writes of a history, as a plan holds it. */
export const historySteps = <Entries extends v.ObjectEntries, Draft extends v.GenericSchema>(
  entries: Entries,
  draft: Draft,
) =>
  [
    object({
      ...entries,
      type: v.literal('commit'),
      ...place,
      id,
      author: v.string('who made the commit'),
      changes: v.array(v.strictTuple([text('a path'), v.nullable(id)], CHANGE), 'a list of changes'),
    }),
    object({ ...entries, type: v.literal('replay'), ...place, draft }),
  ] as const;

/** What git holds, path by path. */
export const tree = v.array(object({ path: text('a path'), blob: id }), 'a list of paths');
