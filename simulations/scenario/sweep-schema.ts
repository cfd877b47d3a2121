import * as v from 'valibot';
import { whole } from './parts.ts';

const VALUES = 'a list of values, such as [10, 20, 50]';
const VALUE = 'a number, true, false, or a text without commas and quotes';

/** What can stand in a table of comma-separated values as it is. */
const value = v.union(
  [v.pipe(v.string(VALUE), v.regex(/^[^,"\r\n]{1,100}$/, VALUE)), v.number(VALUE), v.boolean(VALUE)],
  VALUE,
);

/** What a scenario says of its sweep. */
export const sweepEntries = {
  sweep: v.pipe(
    v.exactOptional(
      v.record(
        v.string('a path such as peers, links.lossPermille or faults[0].during'),
        v.pipe(v.array(value, VALUES), v.minLength(1, VALUES)),
        'paths with lists of values, as "peers: [10, 20, 50]"',
      ),
    ),
    v.description(
      'Values that "sim sweep" puts in turn in the place of what stands at a path, such as peers, links.lossPermille ' +
        'or faults[0].during; of several paths each value with each.',
    ),
  ),
  seeds: v.pipe(
    v.exactOptional(whole(1, 100_000)),
    v.description('How many seeds "sim sweep" runs with all of these; 10 if left out.'),
  ),
};
