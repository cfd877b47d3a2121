import * as v from 'valibot';
import { adversities } from './adversity-schema.ts';
import { role } from './device-schema.ts';
import { down, lasting, momentary, ofLinks, permanent, picked } from './fault-parts.ts';
import { devices, durations, flag, kinds, object, oneOf, period, signedDurations, whole } from './parts.ts';

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
  object({
    kind: v.literal('scramble'),
    ...lasting,
    ...ofLinks,
    lostPermille: v.pipe(
      v.optional(whole(0, 1_000), 50),
      v.description('How many frames out of a thousand are lost.'),
    ),
    twicePermille: v.pipe(
      v.optional(whole(0, 1_000), 50),
      v.description('How many of the others come twice. All come in no order.'),
    ),
  }),
  object({
    kind: v.literal('crash'),
    ...momentary,
    ...picked(1),
    down,
    torn: v.pipe(
      v.optional(flag, false),
      v.description('The disk was writing in an order of its own, and not all of each write.'),
    ),
    permanent,
  }),
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
  ...adversities,
]);

/** What goes wrong, as a scenario says it. */
export type ScenarioFault = v.InferOutput<typeof fault>;
