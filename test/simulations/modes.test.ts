import { describe, expect, test } from 'vitest';
import { machine } from '../../node/simulator/machine.ts';
import { expandScenario, loadScenario, runPlan } from '../../simulations/index.ts';
import { essence } from '../support/essence.ts';
import { planOf } from '../support/scenario-plans.ts';

/** Those in which devices come to hold different things: forks, exclusions, rebuilds, damage, many writers. */
const SCENARIOS = [
  'backup-in-isolation',
  'bit-rot',
  'everything-at-once',
  'fifteen-writers',
  'mutual-revocation',
  'revoked-while-parted',
];

describe('work that is done once for all devices', () => {
  test.each(SCENARIOS)('makes no difference in %s', { timeout: 120_000 }, async (name) => {
    const plan = expandScenario(loadScenario(name), { seed: 3n });
    const exact = await runPlan(plan, machine);
    expect(essence(await runPlan(plan, machine, { mode: 'scale' }))).toEqual(essence(exact));
    expect(exact.steps).toBeGreaterThan(1_000);
  });

  test('makes no difference where all begin with what the founder wrote, and some are set back to it', async () => {
    const plan = planOf({
      peers: 5,
      founding: 'before',
      workload: { events: 60 },
      faults: [
        { kind: 'partition', during: '5s to 20s' },
        { kind: 'crash', times: 3 },
        { kind: 'wipe' },
        { kind: 'restore' },
      ],
    });
    const exact = await runPlan(plan, machine);
    expect(essence(await runPlan(plan, machine, { mode: 'scale' }))).toEqual(essence(exact));
    expect(exact.verdict).toBe('pass');
  });
});
