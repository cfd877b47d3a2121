import type { Range } from './duration.ts';
import { type Mistake, type Path, shown } from './mistakes.ts';
import { nearest } from './nearest.ts';
import { REGION_TABLES } from './region-tables.ts';
import type { Scenario } from './scenario-schema.ts';

type Regions = Scenario['links']['regions'];

interface Row {
  readonly from: string;
  readonly to: string;
  readonly minMs: Range;
}

/** Least time of a link between two regions; undefined where that does not follow from them. */
export const minMsBetween = (
  regions: Regions,
  one: string | undefined,
  other: string | undefined,
): Range | undefined => rowsOf(regions).find((row) => joins(row, one, other))?.minMs;

/** Devices that are somewhere must be in regions that the table knows, and it must know how far those are apart. */
export const checkRegions = ({ groups = [], links: { regions } }: Scenario): readonly Mistake[] => {
  const rows = rowsOf(regions);
  const known = [...new Set(rows.flatMap(({ from, to }) => [from, to]))];
  const mistakes: Mistake[] = [];
  const say = (path: Path, message: string): void => void mistakes.push({ path, message });
  const table = ['links', 'regions'];
  for (const [i, { region }] of groups.entries()) {
    const path = ['groups', i, 'region'];
    if (region === undefined) continue;
    if (regions === undefined)
      say(path, 'there is no "links.regions", expected it to say how far regions are');
    else if (!known.includes(region)) say(path, unknownRegion(region, known));
  }
  const used = [...new Set(groups.flatMap(({ region }) => region ?? []))].filter((one) =>
    known.includes(one),
  );
  if (regions !== undefined && groups.every(({ region }) => region === undefined))
    say(table, 'no group has a "region", expected one that has');
  for (const [i, one] of used.entries()) {
    for (const other of used.slice(i + 1)) {
      if (rows.some((row) => joins(row, one, other))) continue;
      say(table, `found nothing about ${one} and ${other}, expected a row from one to the other`);
    }
  }
  for (const [i, row] of rows.entries()) {
    if (rows.findIndex(({ from, to }) => joins(row, from, to)) === i) continue;
    say([...table, i], `found ${row.from} and ${row.to} a second time, expected one row for the two`);
  }
  return mistakes;
};

const rowsOf = (regions: Regions): readonly Row[] => {
  if (typeof regions !== 'string') return regions ?? [];
  return REGION_TABLES[regions].map(([from, to, ms]) => ({ from, to, minMs: { from: ms, to: ms } }));
};

const joins = ({ from, to }: Row, one: string | undefined, other: string | undefined): boolean =>
  (from === one && to === other) || (from === other && to === one);

const unknownRegion = (region: string, known: readonly string[]): string => {
  const hint = nearest(region, known);
  const end = hint === undefined ? '' : ` (did you mean "${hint}"?)`;
  return `found ${shown(region)}, expected one of ${known.join(', ')}${end}`;
};
