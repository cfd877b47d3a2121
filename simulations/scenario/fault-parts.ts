import * as v from 'valibot';
import { devices, duration, durations, flag, name, period, pick, whole, window } from './parts.ts';

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
export const lasting = {
  ...timing,
  during: v.pipe(v.exactOptional(window), v.description('All this time; with "every", as often as it fits.')),
  for: v.pipe(
    v.exactOptional(durations),
    v.description('How long it lasts, with "at" or "every"; without it up to the end of the chaos.'),
  ),
};

/** Of what happens at a moment. */
export const momentary = {
  ...timing,
  during: v.pipe(
    v.exactOptional(window),
    v.description('At drawn times of this window; with "every", as often as it fits.'),
  ),
  times: v.pipe(v.optional(whole(1, 10_000), 1), v.description('How many times are drawn.')),
};

export const permanent = v.pipe(
  v.optional(flag, false),
  v.description(
    'It never ends, and befalls only devices that stand outside of what is to be equal in the end.',
  ),
);

export const picked = (count: 'all' | 1) => ({
  devices: v.pipe(v.optional(devices, 'all'), v.description('Whom it may befall.')),
  pick: v.pipe(v.optional(pick, count), v.description('How many of them, drawn anew each time.')),
});

export const ofLinks = {
  from: v.pipe(v.optional(devices, 'all'), v.description('Only links from these devices,')),
  to: v.pipe(v.optional(devices, 'all'), v.description('to these.')),
  pick: v.pipe(v.optional(pick, 1), v.description('How many of these links, drawn anew each time.')),
};

export const down = v.pipe(v.optional(durations, '5s'), v.description('How long until it starts again.'));
