import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SCHEMA_FILE, scenarioJsonSchema } from '../../../../scripts/scenario-schema.ts';
import {
  decodePlan,
  encodePlan,
  expandScenario,
  listScenarios,
  loadScenario,
} from '../../../../simulations/scenario/index.ts';
import { statesOf } from './states.ts';

const library = listScenarios();

/** The bug classes that the library hunts have a file each; a name that goes missing is a class that is not hunted. */
const HUNTED = [
  'backup-in-isolation',
  'bit-rot',
  'bridge',
  'broken-for-good',
  'broken-off',
  'bulk-rewrite',
  'changing-roles',
  'child-before-parent',
  'churn',
  'clock-back-over-restart',
  'clogged-links',
  'cloned-device',
  'cold-join',
  'continents',
  'crash-while-writing',
  'cut-exchanges',
  'early-reconnect',
  'eclipse',
  'equal-timestamps',
  'even-split',
  'everything-at-once',
  'failing-disk',
  'false-sync',
  'far-away',
  'fifteen-writers',
  'flapping-links',
  'harm-of-all-kinds',
  'isolated-device',
  'late-replay',
  'later-records',
  'long-absence',
  'lossy-links',
  'lost-disk',
  'lying-disk',
  'mass-restart',
  'mutual-revocation',
  'newer-version',
  'old-backup',
  'one-field',
  'one-way-links',
  'overlapping-majorities',
  'relaying-readers',
  'revoked-while-parted',
  'rot-in-isolation',
  'signed-fork',
  'silent-reconnect',
  'slow-line',
  'slow-links',
  'spoilt-frames',
  'starved-minority',
  'three-way-split',
  'torn-tail',
  'uneven-priorities',
  'unknown-types',
  'unreliable-links',
  'unsteady-clocks',
  'usurpers',
  'withheld-parents',
];

describe('the library of scenarios', () => {
  test('has a file for each bug class', () => {
    expect(library.map(({ name }) => name)).toEqual(HUNTED);
  });

  test.each(library.map(({ name, file }) => [name, file]))(
    '%s says what it is and what it hunts',
    (name, file) => {
      const scenario = loadScenario(name);
      expect([scenario.name, basename(file)]).toEqual([name, `${name}.yaml`]);
      expect(scenario.about).toMatch(/^[A-Z].* \(.+\)\.$/);
      expect(scenario.about.length).toBeLessThan(120);
      expect(scenario.sometimes.length).toBeGreaterThan(0);
      const [first] = readFileSync(file, 'utf8').split('\n');
      expect(first).toBe('# yaml-language-server: $schema=../scenario.schema.json');
    },
  );

  test.each(library.map(({ name }) => name))('%s is a plan with any seed and size', (name) => {
    const scenario = loadScenario(name);
    const { groups } = scenario;
    // Devices that are named by number have to be there.
    for (const peers of [undefined, Math.max(3, groups?.length ?? 0), 20]) {
      for (const seed of [0n, 2n ** 64n - 1n]) {
        const plan = expandScenario(scenario, peers === undefined ? { seed } : { seed, peers });
        expect(plan.operations.length).toBeGreaterThan(0);
        const states = [...statesOf(plan)];
        const endless = states.filter(([, spans]) => spans.some(([, to]) => to > plan.phases.chaosUs));
        if (scenario.outside === undefined) expect(endless).toEqual([]);
        if (peers === undefined) {
          expect(decodePlan(encodePlan(plan), name)).toEqual(plan);
          const events = plan.operations.flatMap((one) => (one.type === 'write' ? one.drafts : []));
          expect([plan.devices.length >= 3, plan.devices.length <= 15]).toEqual([true, true]);
          expect(events.length).toBeLessThanOrEqual(600);
        }
      }
    }
  });
});

describe('a scenario', () => {
  test('is found by its name or by the path of its file', () => {
    const [{ file = '' } = {}] = library;
    expect(loadScenario(file)).toEqual(loadScenario(library[0]?.name ?? ''));
  });

  test('that there is not is said to be missing, and which may be meant', () => {
    const error = expect.objectContaining({
      code: 'scenario_not_found',
      message: 'There is no scenario named "evensplit".',
      hint: 'Did you mean "even-split"?',
    });
    expect(() => loadScenario('evensplit')).toThrow(error);
    const far = expect.objectContaining({
      hint: expect.stringContaining('Those that there are: backup-in-'),
    });
    expect(() => loadScenario('something else')).toThrow(far);
    const file = join(import.meta.dirname, 'none.yaml');
    const unread = expect.objectContaining({
      code: 'scenario_not_found',
      message: expect.stringContaining(file),
    });
    expect(() => loadScenario(file)).toThrow(unread);
  });
});

test('the JSON Schema that is published is made from the schema that scenarios are held against', () => {
  expect(JSON.parse(readFileSync(SCHEMA_FILE, 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(scenarioJsonSchema())),
  );
});
