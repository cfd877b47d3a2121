import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  listScenarios,
  loadSweep,
  parseScenario,
  parseSweep,
} from '../../../../simulations/scenario/index.ts';
import { mistakesOf } from '../../../support/told-mistakes.ts';

const STUDY = `name: study
peers: 6
topology: { kind: regular, degree: 2 }
links: { minMs: 30 }
faults:
  - kind: partition
    into: halves
    during: 10s to 50s
  - kind: crash
seeds: 12
sweep:
  peers: [10, 20]
  topology.degree: [2, 4, 6]
  links.lossPermille: [0, 10 to 20]
  faults[0].during: [10s to 20s]
  faults[1].off: [false, true]
`;

/** The lines of the error with which a text is refused. */
const refusal = (text: string): readonly string[] =>
  mistakesOf(() => parseSweep(text, 's.yaml'), 'scenario_invalid');

const sweepOf = (lines: string): string => `name: study\nfaults:\n  - kind: crash\nsweep:\n${lines}`;

describe('the sweep of a scenario', () => {
  const { name, parameters, points, seeds, definition } = parseSweep(STUDY, 's.yaml');

  test('is every value with every other one', () => {
    expect([name, seeds, points.length]).toEqual(['study', 12, 24]);
    expect(parameters.map((parameter) => parameter.name)).toEqual([
      'peers',
      'topology.degree',
      'links.lossPermille',
      'faults[0].during',
      'faults[1].off',
    ]);
    expect(points.map(({ params }) => params)[1]).toEqual({
      peers: 10,
      'topology.degree': 2,
      'links.lossPermille': 0,
      'faults[0].during': '10s to 20s',
      'faults[1].off': 'true',
    });
    expect(new Set(points.map(({ params }) => JSON.stringify(params))).size).toBe(24);
  });

  test('puts each value in its place, and leaves all else as it is', () => {
    const { scenario } = points.at(-1) ?? {};
    expect(scenario).toMatchObject({
      peers: 20,
      topology: { kind: 'regular', degree: 6 },
      links: { minMs: { from: 30, to: 30 }, lossPermille: { from: 10, to: 20 } },
      faults: [
        { kind: 'partition', into: 'halves', during: { from: 10_000_000, to: 20_000_000 } },
        { off: true },
      ],
    });
    // A point is what a file with these values and no sweep would be.
    expect(scenario).not.toHaveProperty('sweep');
  });

  test('is nothing to a plain run', () => {
    const { sweep, seeds: _, ...rest } = parseScenario(STUDY, 's.yaml');
    expect(sweep).toBeDefined();
    expect(rest).toMatchObject({ peers: 6, topology: { degree: 2 } });
  });

  test('is told apart by what it runs and varies, not by how it is written, its values or how many seeds it has', () => {
    const other = STUDY.replace('seeds: 12', 'seeds: 30 # more').replace(
      '[2, 4, 6]',
      '\n    - 2\n    - 4\n    - 6',
    );
    expect(parseSweep(other, 't.yaml').definition).toBe(definition);
    expect(parseSweep(STUDY.replace('[2, 4, 6]', '[2, 4]'), 's.yaml').definition).toBe(definition);
    expect(parseSweep(STUDY.replace('  peers: [10, 20]\n', ''), 's.yaml').definition).not.toBe(definition);
    expect(parseSweep(STUDY.replace('minMs: 30', 'minMs: 31'), 's.yaml').definition).not.toBe(definition);
  });

  test('is one point where there is none', () => {
    const sweep = parseSweep('name: plain', 's.yaml');
    expect([sweep.parameters, sweep.seeds, sweep.points.map(({ params }) => params)]).toEqual([[], 10, [{}]]);
    for (const { name: known, file } of listScenarios())
      expect(loadSweep(known).points[0]?.scenario).toEqual(parseScenario(readFileSync(file, 'utf8'), file));
  });
});

describe('a mistake in a sweep', () => {
  test.each([
    [
      '  peerz: [1]',
      /^s\.yaml:5:3: sweep\.peerz: found the path "peerz", expected one such as .*one of peers, groups/,
    ],
    ['  name: [a]', /^s\.yaml:5:3: sweep\.name: found the path "name", expected one such as/],
    ['  links lossPermille: [1]', /^s\.yaml:5:3: .*found the path "links lossPermille"/],
    [
      '  links.losPermille: [1]',
      /^s\.yaml:5:3: sweep\.links\.losPermille: there is no such key \(did you mean "lossPermille"\?\)/,
    ],
    [
      '  links.lossPermille: [0, 1000]',
      /^s\.yaml:5:27: sweep\.links\.lossPermille\[1\]: found 1000, expected a whole number from 0 to 999/,
    ],
    [
      '  faults[1].at: [5s]',
      /^s\.yaml:5:18: sweep\.faults\[1\]\.at\[0\]: there is no \[1\], expected the number of one of the 1 there are/,
    ],
    ['  faults[0].at: [5s, 5]', /^s\.yaml:5:22: .*found 5, expected a duration such as/],
    ['  faults[0].at: [5s, 2m]', /^s\.yaml:5:22: .*found a time after the chaos/],
    ['  peers[0]: [5]', /^s\.yaml:5:14: .*found nothing before \[0\], expected a list/],
    ['  peers: 5', /^s\.yaml:5:10: sweep\.peers: found 5, expected a list of values, such as \[10, 20, 50\]/],
    ['  peers: []', /^s\.yaml:5:10: sweep\.peers: found an empty list, expected a list of values/],
    [
      '  peers: [[5]]',
      /^s\.yaml:5:11: sweep\.peers\[0\]: found a list, expected a number, true, false, or a text/,
    ],
    ['  workload.writers: ["a, b"]', /expected a number, true, false, or a text without commas and quotes/],
  ])('is told with its line and what was expected: %s', (line, expected) => {
    expect(refusal(sweepOf(line))).toEqual([expect.stringMatching(expected)]);
  });

  test('that comes with some values alone is told where it stands, and with which values', () => {
    const text = `name: study\nfaults:\n  - { kind: crash, at: 50s }\nsweep:\n  phases.chaos: [1m, 40s]\n  peers: [2, 3]\n`;
    expect(refusal(text)).toEqual([
      's.yaml:3:24: faults[0].at: found a time after the chaos, expected one before its end (phases.chaos) ' +
        '(with phases.chaos = 40s, peers = 2)',
    ]);
  });

  test('of too many combinations is told', () => {
    const hundred = JSON.stringify(Array.from({ length: 101 }, (_, i) => i + 1));
    expect(refusal(sweepOf(`  peers: ${hundred}\n  workload.events: ${hundred}\n`))).toEqual([
      expect.stringMatching(
        /^s\.yaml:5:3: sweep: found 10201 combinations of values, expected at most 10000$/,
      ),
    ]);
  });
});
