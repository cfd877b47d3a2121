import { expect, test } from 'vitest';
import { machine } from '../../node/simulator/machine.ts';
import { expandScenario, loadScenario, parseScenario, runPlan } from '../../simulations/index.ts';

/** Runs that have failed once, and what was wrong. */
const REGRESSIONS: readonly (readonly [scenario: string, seed: bigint, wrong: string])[] = [
  [
    'broken-for-good',
    5001n,
    'what a device outside of the core lacks for ever was held against who sends it',
  ],
  [
    'harm-of-all-kinds',
    20007n,
    'what a twin wrote was held against what stands at the same place in the history of the other one',
  ],
  [
    'lying-disk',
    20111n,
    'all devices were to wait for ever for an event that the disks of both which held it had lost',
  ],
  [
    'harm-of-all-kinds',
    20108n,
    'a device could write no more that had made its state anew and cannot read a record of its own',
  ],
  [
    'spoilt-frames',
    20180n,
    'all devices of the core were to wait for ever for an event that one outside of it kept to itself',
  ],
  [
    'later-records',
    116n,
    'what was forged was written beside what the device had begun to write, and not after it',
  ],
  [
    'everything-at-once',
    60309n,
    'a device that cannot read who is a member did not let in those whom it had met, as real ones do',
  ],
];

test.each(REGRESSIONS)('%s with seed %i: %s', { timeout: 120_000 }, async (name, seed) => {
  const { verdict, violations } = await runPlan(expandScenario(loadScenario(name), { seed }), machine);
  expect({ verdict, violations }).toEqual({ verdict: 'pass', violations: [] });
});

/** What one device writes while it is alone turns into something else before anybody has it. */
const ROT_UNSEEN = `name: rot-unseen
peers: 3
workload: { events: 60 }
faults:
  - { kind: isolate, devices: [1], during: 5s to 50s }
  - { kind: rot, devices: [1], times: 60, during: 30s to 45s }
`;

test.each([
  ['all devices were to show what one had applied before its record rotted, and had sent to nobody', 1n],
  ['all were to get what is whole behind a hole, which nobody else can fill', 3n],
  [
    'a device that has nothing of a log was taken for one that tells something else of it than the others',
    6n,
  ],
])('%s', async (_, seed) => {
  const plan = expandScenario(parseScenario(ROT_UNSEEN, 'rot-unseen.yaml'), { seed });
  const { verdict, violations, digests } = await runPlan(plan, machine);
  expect({ verdict, violations }).toEqual({ verdict: 'pass', violations: [] });
  expect(digests).toHaveLength(2);
});
