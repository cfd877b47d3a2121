import * as v from 'valibot';
import { CONTROL_NAMESPACE, checkBody } from '../../protocol/event/index.ts';
import {
  devices,
  duration,
  expectedOneOf,
  flag,
  kinds,
  object,
  oneOf,
  period,
  pick,
  text,
  whole,
  wholeRange,
} from './parts.ts';

const at = v.pipe(duration, v.description('When, from the beginning of the chaos.'));
const who = {
  devices: v.pipe(v.optional(devices, 'all'), v.description('Who may do it.')),
  pick: v.pipe(v.optional(pick, 'all'), v.description('How many of them do it.')),
};
const entity = v.pipe(
  v.optional(text('the name of an entity', 100), 'shared-1'),
  v.description('The shared entities of a workload are named shared-1, shared-2 and so on.'),
);
const field = v.optional(text('the name of a field', 100), 'field-1');
const value = v.union(
  [v.string(), v.number(), v.boolean(), v.null()],
  'a text, a number, true, false or null',
);

const EVENT_TYPE = 'the type of an event that may hold any text, as "namespace/Name"';

/** Control events are written by revocations and changes of roles alone. */
const eventType = v.pipe(
  text(EVENT_TYPE, 200),
  v.check(
    (type) =>
      !type.startsWith(`${CONTROL_NAMESPACE}/`) &&
      checkBody({ type, entityId: 'some', payload: { text: '' }, timestamp: 0 }).ok,
    EVENT_TYPE,
  ),
);

/** Something that people do at a fixed time. */
const operation = kinds([
  object({
    kind: v.literal('write'),
    at,
    ...who,
    entity,
    field,
    value: v.pipe(
      v.exactOptional(value),
      v.description('What is written; without it, a text that no other write has.'),
    ),
  }),
  object({
    kind: v.literal('rewrite'),
    at,
    ...who,
    together: v.pipe(
      v.optional(flag, true),
      v.description('Whether all is one commit, or each entity is one of its own.'),
    ),
  }),
  object({
    kind: v.literal('event'),
    at,
    ...who,
    type: eventType,
    entity,
  }),
  object({ kind: v.literal('seal'), at, ...who }),
  object({ kind: v.literal('resolve'), at, ...who }),
]);

export type OperationInput = v.InferOutput<typeof operation>;

/** How often each kind of event is written, compared with the others. */
const mix = v.pipe(
  object({
    updates: v.optional(whole(0, 1_000), 80),
    creations: v.optional(whole(0, 1_000), 5),
    relations: v.optional(whole(0, 1_000), 10),
    metrics: v.optional(whole(0, 1_000), 5),
    unknown: v.pipe(v.optional(whole(0, 1_000), 0), v.description('Events of types that nobody knows yet.')),
  }),
  v.check(
    ({ updates, creations, relations, metrics, unknown }) =>
      updates + creations + relations + metrics + unknown > 0,
    'one weight above 0 at least',
  ),
  v.description('How often each kind of event is written, compared with the others.'),
);

export type Mix = v.InferOutput<typeof mix>;

const bursts = v.pipe(
  object({
    every: period,
    events: v.pipe(whole(1, 10_000), v.description('By each writer, as one commit.')),
  }),
  v.description('Many events of all writers at once, again and again.'),
);

const writers = v.pipe(
  v.optional(devices, 'all'),
  v.description('Devices that write; of these only the ones whose role lets them.'),
);

const synthetic = object({
  kind: v.optional(v.literal('synthetic'), 'synthetic'),
  writers,
  events: v.pipe(v.exactOptional(whole(0, 1_000_000)), v.description('By all writers together.')),
  perMinute: v.pipe(
    v.exactOptional(whole(1, 60_000)),
    v.description('Events of each writer in a minute, in place of "events".'),
  ),
  batch: v.pipe(v.optional(wholeRange(1, 1_000), 1), v.description('Events in one commit.')),
  entities: v.pipe(
    v.optional(whole(1, 100_000), 20),
    v.description('Entities that all share, and as many of each writer alone.'),
  ),
  fields: v.pipe(v.optional(whole(1, 1_000), 4), v.description('Fields of an entity.')),
  keys: v.pipe(
    v.optional(oneOf(['uniform', 'zipf']), 'uniform'),
    v.description('Whether all entities are written to alike, or the first ones far more often.'),
  ),
  sharedPercent: v.pipe(
    v.optional(whole(0, 100), 50),
    v.description('Share of the events that are about entities that others write to as well.'),
  ),
  textBytes: v.pipe(v.optional(wholeRange(0, 200_000), 20), v.description('Size of what is written.')),
  mix: v.optional(mix, {}),
  bursts: v.exactOptional(bursts),
  resolutions: v.pipe(
    v.optional(whole(0, 100_000), 0),
    v.description('How often a writer closes one of the conflicts that it sees, all writers together.'),
  ),
  seals: v.pipe(
    v.optional(whole(0, 100_000), 0),
    v.description('How often a writer seals its log, all writers together.'),
  ),
  operations: v.pipe(
    v.optional(v.array(operation, 'a list of operations'), []),
    v.description('What people do at fixed times, beside all that.'),
  ),
});

const git = object({
  kind: v.literal('git'),
  path: v.pipe(text('the path of a folder'), v.description('A folder of the repository; from the file on.')),
  writers,
  turn: v.pipe(
    v.optional(wholeRange(1, 100_000), '1 to 20'),
    v.description('Commits that a device writes on one line of history before another one takes over.'),
  ),
});

const jsonl = object({
  kind: v.literal('jsonl'),
  file: v.pipe(text('the path of a file'), v.description('A file of events, one a line; from this file on.')),
  writers,
  times: v.pipe(
    v.optional(oneOf(['given', 'drawn']), 'given'),
    v.description('Whether events come as far apart as they were written, as far as they say so.'),
  ),
});

const KINDS = ['synthetic', 'git', 'jsonl'] as const;

export const workload = v.pipe(
  v.variant('kind', [synthetic, git, jsonl], ({ input, path }) =>
    path === undefined ? 'an object, as "key: value"' : expectedOneOf(KINDS, input),
  ),
  v.description('What people do during the chaos.'),
);

export type Workload = v.InferOutput<typeof workload>;
