import * as v from 'valibot';
import { delayMs, name, object } from './parts.ts';
import { REGION_TABLES } from './region-tables.ts';

const TABLES = Object.keys(REGION_TABLES) as readonly (keyof typeof REGION_TABLES)[];

const EXPECTED = `the name of a table (${TABLES.join(', ')}), or a list of rows with from, to and minMs`;

/** How far regions are apart: a table by its name, or one of the scenario's own. */
export const regions = v.pipe(
  v.union(
    [
      v.picklist(TABLES, EXPECTED),
      v.pipe(v.array(object({ from: name, to: name, minMs: delayMs }), EXPECTED), v.minLength(1, EXPECTED)),
    ],
    EXPECTED,
  ),
  v.description(
    'Least times of links by the regions of their ends, in place of "minMs", and the same both ways: the name of a ' +
      'table, or rows. "pairs" come after it.',
  ),
);

/** Where a device is. */
export const region = v.pipe(name, v.description('Where the devices are: a region of "links.regions".'));
