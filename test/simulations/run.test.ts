import { describe, expect, test } from 'vitest';
import { machine } from '../../node/simulator/machine.ts';
import {
  decodePlan,
  encodePlan,
  expandScenario,
  loadScenario,
  type Outcome,
  type Plan,
  runPlan,
  type ScenarioInput,
} from '../../simulations/index.ts';
import { essence } from '../support/essence.ts';
import { planOf } from '../support/scenario-plans.ts';

const TROUBLED: ScenarioInput = {
  name: 'troubled',
  peers: 4,
  phases: { setup: '5s', chaos: '20s', heal: '1m', quiet: '10s' },
  workload: { events: 60, sharedPercent: 70 },
  faults: [
    { kind: 'partition', into: 'halves', during: '2s to 15s' },
    { kind: 'crash', every: '6s', down: '1s' },
  ],
};

const run = (plan: Plan): Promise<Outcome> => runPlan(plan, machine);

describe('a run', () => {
  test('of one plan is the same each time, also of one that was written to a file', async () => {
    const plan = planOf(TROUBLED);
    const outcome = essence(await run(plan));
    expect(essence(await run(plan))).toEqual(outcome);
    expect(essence(await run(decodePlan(encodePlan(plan), 'plan.yaml')))).toEqual(outcome);
    expect(outcome.verdict).toBe('pass');
  });

  test('is told with what scripts count on', async () => {
    const outcome = await run(planOf(TROUBLED));
    expect(outcome).toMatchObject({
      verdict: 'pass',
      seed: '1',
      traceHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      peers: 4,
      events: expect.any(Number),
      convergedAt: expect.any(Number),
      bytes: expect.any(Number),
      messages: expect.any(Number),
      stretch: expect.any(Number),
      conflicts: { open: expect.any(Number), closed: expect.any(Number) },
      digest: outcome.digests[0],
      peakMemoryBytes: expect.any(Number),
      wallMs: expect.any(Number),
    });
    // In virtual time, between the end of the chaos and that of the heal.
    expect(outcome.convergedAt).toBeGreaterThanOrEqual(25_000_000);
    expect(outcome.convergedAt).toBeLessThanOrEqual(85_000_000);
  });

  test('of devices that begin with what the founder wrote comes to the same, and nobody has to be told of it', async () => {
    const sightings = { live: 0, before: 0 };
    const found = (founding: 'live' | 'before'): Promise<Outcome> =>
      runPlan(planOf({ peers: 4, founding, workload: { events: 0 } }), machine, {
        visible: ({ author, device }) => {
          if (author !== device) sightings[founding] += 1;
        },
      });
    const [live, before] = [await found('live'), await found('before')];
    // The founding and three admissions, on three other devices.
    expect(sightings).toEqual({ live: 12, before: 0 });
    expect(before).toMatchObject({ verdict: 'pass', events: live.events, digests: live.digests });
    expect(before.bytes).toBeLessThan(live.bytes);
  });

  test('with another seed is another one', async () => {
    const [first, second] = await Promise.all([1n, 2n].map((seed) => run(planOf(TROUBLED, seed))));
    expect(first?.traceHash).not.toBe(second?.traceHash);
  });

  test('takes another course with another order of what happens together, and comes to its end all the same', async () => {
    const orders = ['random', 'fifo', { pct: 1 }, { pct: 3 }, { pct: 3, window: '100ms' }] as const;
    const outcomes: Outcome[] = [];
    for (const ties of orders) outcomes.push(await run(planOf({ ...TROUBLED, ties })));
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(orders.map(() => 'pass'));
    expect(new Set(outcomes.map(({ traceHash }) => traceHash)).size).toBe(orders.length);
    expect((await run(planOf({ ...TROUBLED, ties: { pct: 3 } }))).traceHash).toBe(outcomes[3]?.traceHash);
  });

  test('fails when devices that must be equal stay apart', async () => {
    const plan = planOf({
      ...TROUBLED,
      faults: [{ kind: 'partition', into: 'halves', during: '2s to 15s' }],
    });
    const forGood: Plan = { ...plan, faults: plan.faults.filter(({ type }) => type !== 'unblock') };
    const { verdict, violations, convergedAt, digests } = await run(forGood);
    expect({ verdict, convergedAt, digests: digests.length }).toEqual({
      verdict: 'fail',
      convergedAt: null,
      digests: 2,
    });
    expect(violations.map(({ invariant }) => invariant)).toContain('L1');
  });

  test('fails when it ends otherwise than the scenario expects', async () => {
    const { verdict, violations } = await run(
      planOf({ ...TROUBLED, assert: { openConflicts: { min: 1_000 } } }),
    );
    expect([verdict, violations.map(({ invariant }) => invariant)]).toEqual(['fail', ['expected']]);
  });

  test('in which something throws fails, and says what', async () => {
    const plan = planOf(TROUBLED);
    const nobody: Plan = { ...plan, operations: [{ atUs: 6_000_000, device: 99, type: 'seal' }] };
    const { verdict, violations, virtualUs } = await run(nobody);
    expect({ verdict, virtualUs }).toEqual({ verdict: 'fail', virtualUs: 6_000_000 });
    expect(violations).toEqual([
      {
        invariant: 'error',
        atUs: 6_000_000,
        device: 0,
        message: expect.stringContaining('there is no device 99'),
      },
    ]);
  });

  test('is unknown when it did not show what it is there to show', async () => {
    const { verdict, missed } = await run(planOf({ ...TROUBLED, sometimes: ['restart', 'fork-proved'] }));
    expect({ verdict, missed }).toEqual({ verdict: 'unknown', missed: ['fork-proved'] });
  });

  test.each(['clogged-links', 'flapping-links', 'one-way-links', 'uneven-priorities'])(
    'shows nothing earlier than it can have come: %s',
    async (name) => {
      const least: number[] = [];
      await runPlan(expandScenario(loadScenario(name), { seed: 1n }), machine, {
        journeys: (journeys) => least.push(...journeys.map(({ tookUs, leastUs }) => tookUs / leastUs)),
      });
      expect(least.length).toBeGreaterThan(100);
      expect(Math.min(...least)).toBeGreaterThanOrEqual(1);
    },
  );

  test('of one device alone comes to its end', async () => {
    const { verdict, events } = await run(planOf({ name: 'alone', peers: 1, workload: { events: 5 } }));
    expect({ verdict, events }).toEqual({ verdict: 'pass', events: 6 });
  });
});
