import { createHash } from 'node:crypto';
import { canonicalText } from '../../../protocol/bytes/index.ts';
import type { StateStore } from '../../../protocol/engine/index.ts';
import { keyParts } from '../../../protocol/projection/index.ts';

/** What all rows of one kind come to. */
export interface StateTable {
  readonly rows: number;
  /** Equal for equal rows, hexadecimal. */
  readonly sum: string;
}

/** Rows that are not the same on every replica, nor after every rebuild: what was reached, and what peers said. */
const OF_THIS_RUN: ReadonlySet<string> = new Set(['meta', 'cursor']);

/** Rows that are numbered in the order in which they came; any order is right. */
const NUMBERED: ReadonlySet<string> = new Set(['control']);

/** Sums up every row that follows from the records alone, by the first part of its key. */
export const sumTables = async (state: StateStore): Promise<ReadonlyMap<string, StateTable>> => {
  const numbered = new Map<string, string[]>();
  const sums = new Map<string, { rows: number; readonly hash: ReturnType<typeof createHash> }>();
  for await (const [key, row] of state.scan('')) {
    const [table = ''] = keyParts(key);
    if (OF_THIS_RUN.has(table)) continue;
    if (NUMBERED.has(table)) {
      const rows = numbered.get(table) ?? [];
      rows.push(canonicalText(row));
      numbered.set(table, rows);
      continue;
    }
    const sum = sums.get(table) ?? { rows: 0, hash: createHash('sha256') };
    sums.set(table, sum);
    sum.rows += 1;
    sum.hash.update(JSON.stringify([key, canonicalText(row)]));
  }
  const tables = new Map<string, StateTable>();
  for (const [table, { rows, hash }] of sums) tables.set(table, { rows, sum: hash.digest('hex') });
  for (const [table, rows] of numbered) {
    const sum = createHash('sha256').update(JSON.stringify(rows.sort()));
    tables.set(table, { rows: rows.length, sum: sum.digest('hex') });
  }
  return tables;
};

/** Where stored tables are not as a rebuild makes them, in words; undefined when they all are. */
export const differenceOf = (
  stored: ReadonlyMap<string, StateTable>,
  rebuilt: ReadonlyMap<string, StateTable>,
): string | undefined => {
  const differing = [...new Set([...stored.keys(), ...rebuilt.keys()])]
    .filter((table) => stored.get(table)?.sum !== rebuilt.get(table)?.sum)
    .map((table): string => {
      const [is, should] = [stored.get(table)?.rows ?? 0, rebuilt.get(table)?.rows ?? 0];
      return is === should
        ? `a row of the index "${table}"`
        : `${is} of ${should} rows of the index "${table}"`;
    });
  return differing.length === 0 ? undefined : differing.join(', ');
};
