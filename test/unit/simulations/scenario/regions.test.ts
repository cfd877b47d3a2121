import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { PlannedLink } from '../../../../simulations/plan/index.ts';
import {
  expandScenario,
  parseScenario,
  type ScenarioInput,
  scenario,
} from '../../../../simulations/scenario/index.ts';
import { REGION_TABLES } from '../../../../simulations/scenario/region-tables.ts';

const linksOf = (input: Omit<ScenarioInput, 'name'>, seed = 1n): readonly PlannedLink[] =>
  expandScenario(scenario({ name: 'regions', ...input }), { seed }).links;

const minMsOf = (links: readonly PlannedLink[], a: number, b: number): number | undefined => {
  const us = links.find((link) => link.a === a && link.b === b)?.minUs;
  return us === undefined ? undefined : us / 1_000;
};

const groups = [
  { name: 'berlin', count: 2, region: 'europe' },
  { name: 'tokyo', count: 2, region: 'asia' },
  { name: 'nowhere', count: 1 },
];

const file = (regions: string, where = 'europe'): string => `name: some
groups:
  - { name: here, count: 1, region: ${where} }
  - { name: there, count: 1, region: asia }
links: ${regions}`;

const mistakeIn = (text: string): string => {
  try {
    parseScenario(text, 'a.yaml');
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
};

describe('regions', () => {
  test('say how long links between their devices take, one way as the other', () => {
    const links = linksOf({ groups, links: { minMs: 7, regions: 'continents' } });
    expect([minMsOf(links, 0, 1), minMsOf(links, 0, 2), minMsOf(links, 1, 3)]).toEqual([10, 90, 90]);
    expect([minMsOf(links, 2, 3), minMsOf(links, 0, 4), minMsOf(links, 3, 4)]).toEqual([25, 7, 7]);
  });

  test('of a table of their own are drawn in their bounds; within a region without a row all is as elsewhere', () => {
    const regions = [{ from: 'asia', to: 'europe', minMs: '60 to 900' }];
    const links = linksOf({ groups, links: { minMs: 7, regions } });
    const across = [minMsOf(links, 0, 2), minMsOf(links, 0, 3), minMsOf(links, 1, 2), minMsOf(links, 1, 3)];
    expect(across.every((ms) => ms !== undefined && ms >= 60 && ms <= 900)).toBe(true);
    expect(new Set(across).size).toBeGreaterThan(1);
    expect([minMsOf(links, 0, 1), minMsOf(links, 2, 3)]).toEqual([7, 7]);
  });

  test('leave the last word to pairs, and shift no other draw', () => {
    const drawn = { meanExtraMs: '1 to 900', bytesPerSecond: '1000 to 900000', lossPermille: '0 to 900' };
    const pairs = [{ from: 'berlin', to: 'tokyo', minMs: 3 }];
    const rest = (links: readonly PlannedLink[]) => links.map(({ minUs: _, ...others }) => others);
    const links = linksOf({ groups, links: { ...drawn, regions: 'continents', pairs } });
    expect([minMsOf(links, 0, 2), minMsOf(links, 2, 3)]).toEqual([3, 25]);
    const bare = groups.map(({ name, count }) => ({ name, count }));
    expect(rest(links)).toEqual(rest(linksOf({ groups: bare, links: drawn })));
  });

  test.each(Object.entries(REGION_TABLES))('of the table %s are all told apart', (table, rows) => {
    const all = [...new Set(rows.flatMap((row) => row.slice(0, 2) as string[]))];
    const everywhere = all.map((region) => ({ name: region, count: 1, region }));
    const links = linksOf({
      groups: everywhere,
      links: { minMs: 1, regions: table as keyof typeof REGION_TABLES },
    });
    for (const { minUs } of links) expect(minUs).toBeGreaterThan(1_000);
    // What is in one region is nearer than what is in another.
    for (const [from, to, ms] of rows) {
      const within = rows.find(([a, b]) => a === b && a === from)?.[2] ?? 0;
      expect([from, to, from === to || within < ms]).toEqual([from, to, true]);
    }
  });

  test('of the table continents are as far apart as the guide says', () => {
    const guide = readFileSync('docs/guides/simulation.md', 'utf8').split('\n');
    const [, head = '', , ...lines] = guide.slice(
      guide.findIndex((line) => line.startsWith('| | africa')) - 1,
    );
    const cells = (line: string): readonly string[] => line.split('|').map((cell) => cell.trim());
    const told = lines.slice(0, 5).flatMap((line) => {
      const [, from, ...figures] = cells(line);
      return figures.slice(0, 5).map((ms, i) => [from, cells(head)[i + 2], Number(ms)]);
    });
    const known = REGION_TABLES.continents.flatMap(([from, to, ms]) => [
      [from, to, ms],
      [to, from, ms],
    ]);
    expect(new Set(told.map(String))).toEqual(new Set(known.map(String)));
  });

  test('that a table does not know, or knows nothing about, are told', () => {
    expect(mistakeIn(file('{ regions: continents }', 'europ'))).toBe(
      'a.yaml:3:37: groups[0].region: found "europ", expected one of africa, asia, europe, north-america, ' +
        'south-america (did you mean "europe"?)',
    );
    expect(
      mistakeIn(
        file('{ regions: [{ from: asia, to: asia, minMs: 1 }, { from: europe, to: europe, minMs: 1 }] }'),
      ),
    ).toBe(
      'a.yaml:5:19: links.regions: found nothing about europe and asia, expected a row from one to the other',
    );
    expect(
      mistakeIn(
        file('{ regions: [{ from: asia, to: europe, minMs: 1 }, { from: europe, to: asia, minMs: 2 }] }'),
      ),
    ).toBe(
      'a.yaml:5:58: links.regions[1]: found europe and asia a second time, expected one row for the two',
    );
    expect(mistakeIn(file('{}'))).toContain(
      'groups[1].region: there is no "links.regions", expected it to say how far regions are',
    );
    expect(mistakeIn('name: some\nlinks: { regions: continents }')).toBe(
      'a.yaml:2:19: links.regions: no group has a "region", expected one that has',
    );
    expect(mistakeIn(file('{ regions: continent }'))).toBe(
      'a.yaml:5:19: links.regions: found "continent", expected the name of a table (continents), or a list of rows with from, to and minMs',
    );
  });
});
