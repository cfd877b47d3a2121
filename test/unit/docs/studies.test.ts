import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { loadSweep } from '../../../simulations/scenario/index.ts';

const studies = resolve(import.meta.dirname, '../../../docs/studies');
const files = globSync('*/*.yaml', { cwd: studies }).toSorted();

test('there are studies', () => {
  expect(files.length).toBeGreaterThanOrEqual(4);
});

test.each(files)('the tables of %s are of the runs that it asks for, and all of them passed', (file) => {
  const name = basename(file, '.yaml');
  const sweep = loadSweep(join(studies, file));
  expect(sweep.name).toBe(name);
  const rowsOf = (table: string): readonly (readonly string[])[] =>
    readFileSync(join(studies, dirname(file), 'results', name, table), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','));
  const width = sweep.parameters.length;
  const [head = [], ...rows] = rowsOf('sweep.csv');
  expect(head.slice(0, width)).toEqual(sweep.parameters.map((parameter) => parameter.name));
  const asked = sweep.points.flatMap(({ params }) =>
    Array.from({ length: sweep.seeds }, (_, i) => [...Object.values(params), i + 1, 'pass'].join(' ')),
  );
  expect(rows.map((row) => row.slice(0, width + 2).join(' '))).toEqual(asked);
  const [, ...medians] = rowsOf('summary.csv');
  const counts = medians.map((row) => row[width + 1]);
  expect(new Set(counts)).toEqual(new Set([`${sweep.seeds}`]));
});
