import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeRepository, makeSampleRepository, readGitHistory } from '../../node/git/index.ts';
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
  scenario,
  withWorkload,
} from '../../simulations/index.ts';
import { makeBraidedRepository } from '../support/braided-repository.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { commitsOf } from '../unit/git/random-repository.ts';
import { randomHistory } from '../unit/git-history/random-history.ts';

/** Two halves that meet again, over links that lose one frame in a hundred. */
const SPLIT: ScenarioInput = {
  name: 'split',
  peers: 3,
  topology: { kind: 'regular', degree: 4 },
  links: { lossPermille: 10 },
  phases: { setup: '10s', chaos: '20s', heal: '2m', quiet: '10s' },
  workload: { kind: 'git', path: '.' },
  faults: [{ kind: 'partition', into: 'halves', during: '3s to 15s' }],
  sometimes: ['write-while-parted'],
};

const planOf = async (folder: string, input: ScenarioInput = SPLIT, peers = 3, seed = 1n): Promise<Plan> => {
  const given = { kind: 'git', history: await readGitHistory(folder) } as const;
  return expandScenario(scenario(input), { seed, peers, given });
};

/** Whether all was as in git on each device, as a run tells it: every violation otherwise names a path. */
const verdictOf = ({ verdict, violations, missed, digests, conflicts }: Outcome) => ({
  verdict,
  violations,
  missed,
  digests: digests.length,
  open: conflicts.open,
});

const AS_IN_GIT = { verdict: 'pass', violations: [], missed: [], digests: 1, open: 0 };

const made = async (make: (folder: string) => Promise<void>): Promise<string> => {
  const folder = join(temporaryFolder(), 'repository');
  await make(folder);
  return folder;
};

const braided = (rounds: number): Promise<string> => made((folder) => makeBraidedRepository(folder, rounds));

describe('a history of git', () => {
  test('comes to what git holds, with a closed conflict where branches differed', async () => {
    const plan = await planOf(await made(makeSampleRepository));
    const outcome = await runPlan(plan, machine);
    expect(verdictOf(outcome)).toEqual(AS_IN_GIT);
    // The trip that went by boat and by bicycle, and the packing list that was dropped and kept.
    expect(outcome.conflicts.closed).toBe(2);
  });

  test('that crosses its branches over again and again does too, with 3 devices and with 100', async () => {
    const folder = await braided(12);
    for (const peers of [3, 100]) {
      const outcome = await runPlan(await planOf(folder, SPLIT, peers), machine);
      expect(verdictOf(outcome), `${peers} devices`).toEqual(AS_IN_GIT);
      expect(outcome.peers).toBe(peers);
      expect(outcome.conflicts.closed).toBeGreaterThanOrEqual(12);
    }
  });

  test('whatever it looks like', async () => {
    await fc.assert(
      fc.asyncProperty(randomHistory(14), fc.bigInt({ min: 0n, max: 99n }), async (random, seed) => {
        const folder = await made((path) => makeRepository(path, commitsOf(random)));
        const outcome = await runPlan(await planOf(folder, { ...SPLIT, sometimes: [] }, 3, seed), machine);
        expect(verdictOf(outcome)).toEqual(AS_IN_GIT);
      }),
      { numRuns: 15 },
    );
  });

  test.each([
    'everything-at-once',
    'lost-disk',
    'old-backup',
    'backup-in-isolation',
    'crash-while-writing',
    'churn',
    'revoked-while-parted',
    'changing-roles',
  ])('survives what happens in %s', async (name) => {
    const given = { kind: 'git', history: await readGitHistory(await braided(12)) } as const;
    const workload = { kind: 'git', path: '.', writers: 'all', turn: { from: 1, to: 5 } } as const;
    const split = withWorkload(loadScenario(name), workload);
    for (const seed of [1n, 2n]) {
      const { violations, conflicts, digests } = await runPlan(
        expandScenario(split, { seed, given }),
        machine,
      );
      expect({ violations, open: conflicts.open, digests: digests.length }).toEqual({
        violations: [],
        open: 0,
        digests: 1,
      });
    }
  });

  test('is found to be unlike git on each device, path by path', async () => {
    const plan = await planOf(await braided(3));
    const [first, ...others] = plan.tree ?? [];
    const blob = 'f'.repeat(40);
    const tree = [...others, { path: 'never-there', blob }];
    const { verdict, violations } = await runPlan({ ...plan, tree }, machine);
    expect(verdict).toBe('fail');
    expect(violations.map(({ invariant, device, message }) => `${invariant} ${device} ${message}`)).toEqual(
      [0, 1, 2].flatMap((device) => [
        `expected ${device} never-there is not there, and git has ${blob}`,
        `expected ${device} ${first?.path} is ${first?.blob}, and git has no such path`,
      ]),
    );
  });

  test('that cannot be written to its end fails, and says how much is missing', async () => {
    const plan = await planOf(await braided(3));
    const steps = plan.operations.filter(({ type }) => type === 'commit');
    // The first of all is held back beyond the end.
    const late = steps.map((step, i) => (i === 0 ? { ...step, atUs: plan.phases.healUs } : step));
    const operations = late.toSorted((a, b) => a.atUs - b.atUs);
    const phases = { ...plan.phases, healUs: plan.phases.chaosUs + 5_000_000 };
    const { verdict, violations } = await runPlan({ ...plan, operations, phases }, machine);
    expect(verdict).toBe('fail');
    expect(violations.map(({ message }) => message)).toContainEqual(
      expect.stringContaining(`and ${steps.length} steps of the history were not written`),
    );
  });

  test('is all in the plan: that runs again without the repository', async () => {
    const plan = await planOf(await braided(5));
    const { traceHash } = await runPlan(plan, machine);
    expect((await runPlan(decodePlan(encodePlan(plan), 'plan.yaml'), machine)).traceHash).toBe(traceHash);
  });
});
