import { expect, test, vi } from 'vitest';
import { machine } from '../../node/simulator/machine.ts';
import { SimDisk } from '../../simulations/disk/index.ts';
import {
  expandScenario,
  failureOf,
  type Plan,
  runPlan,
  scenario,
  shrinkPlan,
} from '../../simulations/index.ts';

const CRASHES = scenario({
  name: 'crashes',
  peers: 4,
  disk: { sync: '50ms to 500ms' },
  phases: { setup: '5s', chaos: '20s', heal: '1m', quiet: '5s' },
  workload: { events: 40, seals: 4 },
  faults: [
    { kind: 'crash', every: '1s', down: '200ms to 2s' },
    { kind: 'partition', into: 'halves', during: '2s to 15s' },
  ],
});

const failure = async (plan: Plan): Promise<string | undefined> =>
  failureOf(await runPlan(plan, machine, undefined, { violationsMax: 1 }));

test('a disk that forgets what it had to keep is found out by one write and one crash', {
  timeout: 120_000,
}, async () => {
  const syncs = vi.spyOn(SimDisk.prototype, 'syncRecords').mockImplementation(() => undefined);
  try {
    const whole = expandScenario(CRASHES, { seed: 1n });
    const first = await failure(whole);
    // A device tells less after a restart than it had told before.
    expect(first).toBe('S6');
    const fails = async (plan: Plan): Promise<boolean> => (await failure(plan)) === first;
    const { plan, tried, isMinimal } = await shrinkPlan(whole, fails, { budget: 200 });
    expect([isMinimal, tried < 200]).toEqual([true, true]);
    expect(plan.faults.map(({ type }) => type)).toEqual(['crash', 'start']);
    expect(plan.operations.map(({ type }) => type)).toEqual(['write']);
    expect(plan.devices.length).toBeLessThanOrEqual(2);
    expect(await failure(plan)).toBe(first);
    syncs.mockRestore();
    // It was the disk alone.
    expect(await failure(plan)).toBeUndefined();
  } finally {
    syncs.mockRestore();
  }
});
