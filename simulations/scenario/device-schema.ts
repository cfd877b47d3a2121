import * as v from 'valibot';
import {
  delayMs,
  devices,
  duration,
  durations,
  kinds,
  name,
  object,
  oneOf,
  period,
  signedDurations,
  whole,
  wholeRange,
} from './parts.ts';
import { region, regions } from './region-schema.ts';

const ROLES = ['admin', 'writer', 'reader', 'replica'] as const;

export const role = oneOf(ROLES);

/** Of a device; what is given as two values is drawn for each. */
const clock = v.pipe(
  object({
    ahead: v.optional(signedDurations, '0s'),
    driftPpm: v.optional(wholeRange(-100_000, 100_000), 0),
  }),
  v.description('How far the wall clocks of devices are ahead at first, and how much faster they go.'),
);

const disk = v.pipe(
  object({ read: v.optional(durations, '100us'), sync: v.optional(durations, '5ms') }),
  v.description('How long a read takes, and a durable write.'),
);

export const deviceEntries = {
  clock: v.optional(clock, {}),
  disk: v.optional(disk, {}),
};

export const peers = v.pipe(whole(1, 10_000), v.description('How many devices, all of them writers.'));

/** Devices that are alike; they are numbered group by group. */
export const groups = v.pipe(
  v.array(
    object({
      name,
      count: v.pipe(whole(1, 10_000), v.description('How many devices.')),
      role: v.optional(role, 'writer'),
      region: v.exactOptional(region),
      cloneOf: v.pipe(
        v.exactOptional(devices),
        v.description(
          'Each is a copy of the first of these devices, which a fault of kind "clone" makes; it is not there before.',
        ),
      ),
      clock: v.exactOptional(clock),
      disk: v.exactOptional(disk),
    }),
    'a list of groups',
  ),
  v.minLength(1, 'a list of groups'),
  v.description(
    'Devices that are alike, in place of "peers". The very first device founds the space, as an admin.',
  ),
);

const degree = v.optional(whole(2, 1_000), 4);

export const topology = v.pipe(
  v.union(
    [
      oneOf(['full', 'ring', 'star', 'clusters', 'regular', 'smallWorld']),
      kinds([
        object({ kind: v.literal('full') }),
        object({ kind: v.literal('ring') }),
        object({ kind: v.literal('star') }),
        object({
          kind: v.literal('clusters'),
          clusters: v.optional(whole(2, 100), 2),
          bridges: v.optional(whole(1, 1_000), 1),
        }),
        object({ kind: v.literal('regular'), degree }),
        object({ kind: v.literal('smallWorld'), degree, shortcutPercent: v.optional(whole(0, 100), 20) }),
      ]),
    ],
    'one of full, ring, star, clusters, regular, smallWorld, or an object with such a kind',
  ),
  v.description('Which devices keep up sessions. A star has the founder in its middle.'),
);

const linkEntries = {
  minMs: delayMs,
  meanExtraMs: delayMs,
  bytesPerSecond: wholeRange(1, 1_000_000_000_000),
  lossPermille: wholeRange(0, 999),
};

/** What all links are like, and what some are like instead. What is given as two values is drawn for each. */
export const links = v.pipe(
  object({
    minMs: v.optional(linkEntries.minMs, 20),
    meanExtraMs: v.optional(linkEntries.meanExtraMs, 5),
    bytesPerSecond: v.optional(linkEntries.bytesPerSecond, 1_000_000),
    lossPermille: v.optional(linkEntries.lossPermille, 0),
    pairs: v.optional(
      v.pipe(
        v.array(
          object({
            from: devices,
            to: devices,
            minMs: v.exactOptional(linkEntries.minMs),
            meanExtraMs: v.exactOptional(linkEntries.meanExtraMs),
            bytesPerSecond: v.exactOptional(linkEntries.bytesPerSecond),
            lossPermille: v.exactOptional(linkEntries.lossPermille),
          }),
          'a list of links that are different',
        ),
        v.description('Links between these devices are different; of several entries the last one counts.'),
      ),
      [],
    ),
    regions: v.exactOptional(regions),
  }),
  v.description(
    'What links are like: least time, mean of what comes on top, bandwidth, frames lost of a thousand.',
  ),
);

export const phases = v.pipe(
  object({
    setup: v.optional(duration, '10s'),
    chaos: v.optional(period, '1m'),
    heal: v.optional(duration, '5m'),
    quiet: v.optional(duration, '30s'),
  }),
  v.description(
    'How long all devices have to become members; how long people write and things go wrong; how long all have at ' +
      'most to become equal; how long nothing may move then.',
  ),
);
