import { describe, expect, test } from 'vitest';
import { parseScenario, scenario } from '../../../../simulations/scenario/index.ts';
import { mistakesOf } from '../../../support/told-mistakes.ts';

const mistakes = (make: () => unknown): readonly string[] => mistakesOf(make, 'scenario_invalid');

const PERIOD = 'expected a duration from 1ms on, such as 500ms, 30s, 10m or 2h';

describe('a scenario file', () => {
  test('of one line is enough, since all else has a default', () => {
    expect(parseScenario('name: small', 'a.yaml')).toMatchObject({
      name: 'small',
      topology: 'full',
      phases: { setup: 10_000_000, chaos: 60_000_000, heal: 300_000_000, quiet: 30_000_000 },
      links: { minMs: { from: 20, to: 20 }, lossPermille: { from: 0, to: 0 }, pairs: [] },
      workload: { kind: 'synthetic', writers: 'all', entities: 20, keys: 'uniform', operations: [] },
      faults: [],
      sometimes: [],
      assert: {},
    });
  });

  test('gives times in microseconds, and what is drawn as a range', () => {
    const text = `name: some
peers: 4
topology: { kind: regular }
links: { minMs: 10 to 80, pairs: [{ from: founder, to: [1, 2], bytesPerSecond: 500 }] }
phases: { chaos: 2m }
faults:
  - { kind: partition, during: 10s to 1m }
  - { kind: crash, at: 500ms, down: 1s to 5s, pick: half }
  - { kind: clock, every: 1m, step: -2h }
assert: { forks: { max: 0 } }`;
    expect(parseScenario(text, 'a.yaml')).toMatchObject({
      peers: 4,
      topology: { kind: 'regular', degree: 4 },
      links: {
        minMs: { from: 10, to: 80 },
        pairs: [{ from: 'founder', to: [1, 2], bytesPerSecond: { from: 500, to: 500 } }],
      },
      phases: { chaos: 120_000_000 },
      faults: [
        { kind: 'partition', off: false, during: { from: 10_000_000, to: 60_000_000 } },
        { kind: 'crash', at: 500_000, down: { from: 1_000_000, to: 5_000_000 }, pick: 'half', times: 1 },
        { kind: 'clock', every: 60_000_000, step: { from: -7_200_000_000, to: -7_200_000_000 } },
      ],
      assert: { forks: { max: 0 } },
    });
  });
});

describe('a scenario in TypeScript', () => {
  test('is the same as in a file', () => {
    const text = 'name: a\npeers: 4\nfaults: [{ kind: flap, during: 5s to 10s }]\nlinks: { minMs: 5 to 9 }';
    const built = scenario({
      name: 'a',
      peers: 4,
      faults: [{ kind: 'flap', during: '5s to 10s' }],
      links: { minMs: '5 to 9' },
    });
    expect(built).toEqual(parseScenario(text, 'a.yaml'));
  });

  test('is checked as in a file, and mistakes are told with their paths', () => {
    const make = () =>
      scenario({ name: 'a', phases: { chaos: '5' }, faults: [{ kind: 'rot', at: '5s', every: 'x' }] });
    expect(mistakes(make)).toEqual([
      `scenario a: phases.chaos: found "5", ${PERIOD}`,
      `scenario a: faults[0].every: found "x", ${PERIOD}`,
    ]);
    expect(mistakes(() => scenario({ name: 'a', outside: 5 }))).toEqual([
      'scenario a: outside: found 5, expected the number of a device, from 0 to 2',
    ]);
    expect(mistakes(() => scenario(null as never))[0]).toMatch(/^scenario: found nothing/);
  });
});
