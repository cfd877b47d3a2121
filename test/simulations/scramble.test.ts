import { describe, expect, test } from 'vitest';
import { machine } from '../../node/simulator/machine.ts';
import { STRIKE_LIMITS } from '../../protocol/engine/index.ts';
import { expandScenario, runPlan, type ScenarioInput, scenario } from '../../simulations/index.ts';

/** Sessions that begin, and break, while frames come in no order. */
const DISORDER: ScenarioInput = {
  name: 'disorder',
  peers: 3,
  links: { minMs: 10, meanExtraMs: 30 },
  phases: { chaos: '40s', heal: '2h' },
  workload: { events: 80, entities: 4, sharedPercent: 80, textBytes: '100 to 5000' },
  faults: [
    { kind: 'scramble', pick: 'all', during: '5s to 40s', lostPermille: 200, twicePermille: 200 },
    { kind: 'reset', pick: 'all', every: '5s' },
  ],
  assert: { forks: { max: 0 }, excludedEvents: { max: 0 } },
  sometimes: ['frame-lost', 'frame-doubled', 'frame-overtaken', 'strike', 'conflict-opened'],
};

describe('frames in no order', () => {
  test.each([1n, 2n, 3n])(
    'make devices strike each other, and believe nothing that is false: seed %s',
    { timeout: 60_000 },
    async (seed) => {
      const plan = expandScenario(scenario(DISORDER), { seed });
      const { verdict, violations, missed, convergedAt } = await runPlan(plan, machine);
      expect({ verdict, violations, missed }).toEqual({ verdict: 'pass', violations: [], missed: [] });
      // Who has struck out asks the others again when that is forgotten, and not much later.
      const afterMs = ((convergedAt ?? 0) - plan.phases.chaosUs) / 1_000;
      expect(afterMs).toBeLessThan(STRIKE_LIMITS.servedOnlyMs + 60_000);
    },
  );
});
