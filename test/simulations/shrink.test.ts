import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { simulator } from '../../node/simulator/index.ts';
import { machine } from '../../node/simulator/machine.ts';
import { readRunFolder, runIntoFolder } from '../../node/simulator/run-folder.ts';
import { SimDisk } from '../../simulations/disk/index.ts';
import {
  expandScenario,
  failureOf,
  type Plan,
  runPlan,
  type ScenarioInput,
  scenario,
  shrinkPlan,
} from '../../simulations/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

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
  failureOf(await runPlan(plan, machine, { violationsMax: 1 }));

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

/** The folder of a run. */
const runOf = async (over: Partial<ScenarioInput>): Promise<string> => {
  const folder = join(temporaryFolder(), 'run');
  const small = scenario({
    name: 'small',
    peers: 3,
    phases: { setup: '5s', chaos: '5s', quiet: '1s' },
    workload: { events: 20, sharedPercent: 100, entities: 1, fields: 1 },
    faults: [{ kind: 'partition', during: '1s to 5s' }],
    ...over,
  });
  await runIntoFolder(folder, expandScenario(small, { seed: 1n }), machine, {
    mode: 'exact',
    version: '1.2.3',
    progress: () => undefined,
  });
  return folder;
};

const shrink = (folder: string, signal = new AbortController().signal) =>
  simulator.shrink({
    folder,
    out: join(folder, 'shrunk'),
    budget: 300,
    version: '1.2.3',
    signal,
    onProgress: () => undefined,
  });

describe('the folder of a run', { timeout: 120_000 }, () => {
  test('that failed becomes one of a smaller run, which can be replayed', async () => {
    const folder = await runOf({ assert: { openConflicts: { max: 0 } } });
    const { outcome, before, after, isMinimal, folder: out } = await shrink(folder);
    expect([isMinimal, outcome.verdict, out]).toEqual([true, 'fail', join(folder, 'shrunk')]);
    expect(before).toMatchObject({ devices: 3, links: 3, events: 20 });
    // Two writes are the least that a conflict takes.
    expect(after).toMatchObject({ faults: 0, operations: 2, events: 2 });
    const { plan } = await readRunFolder(out);
    expect(plan.operations).toHaveLength(2);
    const { sameTrace, outcome: again } = await simulator.replay(out);
    expect([sameTrace, again.violations]).toEqual([true, outcome.violations]);
  });

  test('stays as it is when the search is ended at once', async () => {
    const folder = await runOf({ assert: { openConflicts: { max: 0 } } });
    const { before, after, runs, isMinimal, folder: out } = await shrink(folder, AbortSignal.abort());
    expect([after, runs, isMinimal]).toEqual([before, 0, false]);
    const planIn = (path: string): string => readFileSync(join(path, 'scenario.expanded.yaml'), 'utf8');
    expect(planIn(out)).toBe(planIn(folder));
  });

  test('that did not fail is not made smaller', async () => {
    await expect(shrink(await runOf({}))).rejects.toMatchObject({
      code: 'run_did_not_fail',
      message: expect.stringContaining('passes'),
    });
    await expect(shrink(await runOf({ sometimes: ['restart'] }))).rejects.toMatchObject({
      code: 'run_did_not_fail',
      message: expect.stringContaining('this did not happen: restart'),
    });
  });
});
