import * as v from 'valibot';
import { DURATION, durationUs } from './duration.ts';
import { object, whole } from './parts.ts';

/** Longer ones put off so much that devices take each other for gone. */
const WINDOW_US_MAX = 1_000_000;

const DEPTH = whole(1, 100);

const WINDOW = 'a duration from 1ms to 1s';

const window = v.pipe(
  v.string(WINDOW),
  v.regex(DURATION, WINDOW),
  v.check((text) => durationUs(text) >= 1_000 && durationUs(text) <= WINDOW_US_MAX, WINDOW),
  v.transform(durationUs),
);

/** In which order things happen at the same time, or nearly. */
export const ties = v.pipe(
  v.union(
    [
      v.picklist(['fifo', 'random']),
      v.pipe(
        object({
          pct: v.pipe(DEPTH, v.description('One more than how often priorities change.')),
          window: v.pipe(
            v.optional(window, '10ms'),
            v.description('Priorities decide between things that are due in one window of this length.'),
          ),
        }),
        v.transform(({ pct, window: windowUs }) => ({ pct, windowUs })),
      ),
    ],
    'fifo, random, or an object such as { pct: 3, window: 10ms }',
  ),
  v.description(
    'What happens at the same time does so as it was put down, in a drawn order, or by drawn priorities of devices ' +
      'and links (PCT), which also decide between things that are due within one window.',
  ),
);

/** The same as it is in a plan. */
export const planTies = v.union(
  [v.literal('fifo'), object({ pct: DEPTH, windowUs: whole(1, WINDOW_US_MAX) })],
  'fifo, or an object with pct and windowUs',
);
