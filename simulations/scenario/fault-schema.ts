import * as v from 'valibot';
import { role } from './device-schema.ts';
import {
  devices,
  duration,
  durations,
  flag,
  kinds,
  name,
  object,
  oneOf,
  period,
  pick,
  signedDurations,
  whole,
  window,
} from './parts.ts';

/** When it happens. Times count from the beginning of the chaos. */
const timing = {
  name: v.pipe(
    v.exactOptional(name),
    v.description('What its draws follow from; by default its kind and its number among those of that kind.'),
  ),
  off: v.pipe(
    v.optional(flag, false),
    v.description('Leaves it out, and the draws of all others as they are.'),
  ),
  at: v.pipe(v.exactOptional(duration), v.description('Once, at this time of the chaos.')),
  every: v.pipe(v.exactOptional(period), v.description('Again and again, first after one such time.')),
};

/** Of what lasts: from when to when. */
const lasting = {
  ...timing,
  during: v.pipe(v.exactOptional(window), v.description('All this time; with "every", as often as it fits.')),
  for: v.pipe(
    v.exactOptional(durations),
    v.description('How long it lasts, with "at" or "every"; without it up to the end of the chaos.'),
  ),
};

/** Of what happens at a moment. */
const momentary = {
  ...timing,
  during: v.pipe(
    v.exactOptional(window),
    v.description('At drawn times of this window; with "every", as often as it fits.'),
  ),
  times: v.pipe(v.optional(whole(1, 10_000), 1), v.description('How many times are drawn.')),
};

const permanent = v.pipe(
  v.optional(flag, false),
  v.description(
    'It never ends, and befalls only devices that stand outside of what is to be equal in the end.',
  ),
);

const picked = (count: 'all' | 1) => ({
  devices: v.pipe(v.optional(devices, 'all'), v.description('Whom it may befall.')),
  pick: v.pipe(v.optional(pick, count), v.description('How many of them, drawn anew each time.')),
});

const ofLinks = {
  from: v.pipe(v.optional(devices, 'all'), v.description('Only links from these devices,')),
  to: v.pipe(v.optional(devices, 'all'), v.description('to these.')),
  pick: v.pipe(v.optional(pick, 1), v.description('How many of these links, drawn anew each time.')),
};

const down = v.pipe(v.optional(durations, '5s'), v.description('How long until it starts again.'));

/** Kinds of faults, each with what can be said of it. */
export const fault = kinds([
  object({
    kind: v.literal('partition'),
    ...lasting,
    into: v.pipe(
      v.exactOptional(oneOf(['halves', 'thirds', 'minority', 'bridge', 'majorities'])),
      v.description(
        'Drawn parts. A minority is about a quarter; over a bridge one device reaches both halves; of majorities each ' +
          'device sees another one.',
      ),
    ),
    groups: v.pipe(
      v.exactOptional(v.pipe(v.array(devices, 'a list of parts'), v.minLength(2, 'two parts at least'))),
      v.description('The parts. A device in none of them reaches all, one in several those in all of them.'),
    ),
  }),
  object({ kind: v.literal('isolate'), ...lasting, ...picked(1), permanent }),
  object({ kind: v.literal('one-way'), ...lasting, ...ofLinks, permanent }),
  object({
    kind: v.literal('clog'),
    ...lasting,
    ...ofLinks,
    ways: v.pipe(v.optional(oneOf(['both', 'one']), 'both'), v.description('Whether both directions wait.')),
    permanent,
  }),
  object({
    kind: v.literal('flap'),
    ...lasting,
    ...ofLinks,
    down: v.optional(durations, '1s'),
    up: v.optional(durations, '1s'),
  }),
  object({ kind: v.literal('reset'), ...momentary, ...ofLinks }),
  object({ kind: v.literal('crash'), ...momentary, ...picked(1), down, permanent }),
  object({
    kind: v.literal('churn'),
    ...lasting,
    ...picked('all'),
    up: v.pipe(v.optional(period, '20s'), v.description('How long a device runs, on average.')),
    down: v.pipe(v.optional(period, '5s'), v.description('How long it is down, on average.')),
  }),
  object({
    kind: v.literal('restore'),
    ...momentary,
    ...picked(1),
    age: v.pipe(v.optional(durations, '10s'), v.description('How old the backup is.')),
  }),
  object({ kind: v.literal('wipe'), ...momentary, ...picked(1), down }),
  object({ kind: v.literal('rot'), ...momentary, ...picked(1) }),
  object({ kind: v.literal('clock'), ...momentary, ...picked(1), step: signedDurations }),
  object({
    kind: v.literal('revoke'),
    ...momentary,
    by: v.pipe(v.optional(devices, 'founder'), v.description('Who does it: one of these.')),
    target: v.pipe(
      v.optional(devices, 'others'),
      v.description('Who is taken out of the space: one of these.'),
    ),
  }),
  object({
    kind: v.literal('role'),
    ...momentary,
    by: v.pipe(v.optional(devices, 'founder'), v.description('Who does it: one of these.')),
    target: v.pipe(v.optional(devices, 'others'), v.description('Whose role changes: one of these.')),
    role,
  }),
]);

/** What goes wrong, as a scenario says it. */
export type ScenarioFault = v.InferOutput<typeof fault>;
