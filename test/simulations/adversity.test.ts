import { describe, expect, test } from 'vitest';
import { machine } from '../../node/simulator/machine.ts';
import { expandScenario, type Goal, loadScenario, runPlan } from '../../simulations/index.ts';

/** Scenarios, a kind of fault in each of them, and what only that fault brings about. */
const ROWS: readonly (readonly [scenario: string, kind: string, goals: readonly Goal[]])[] = [
  ['torn-tail', 'crash', ['restart', 'write-torn', 'writes-reordered']],
  ['lying-disk', 'disk', ['promised-write-lost']],
  ['failing-disk', 'disk', ['disk-full', 'write-failed', 'read-failed']],
  ['false-sync', 'crash', ['promised-write-lost']],
  ['cloned-device', 'clone', ['clone-wrote', 'fork-proved', 'own-log-retired']],
  ['signed-fork', 'fork', ['fork-signed', 'fork-proved']],
  [
    'spoilt-frames',
    'deceive',
    ['frame-mutated', 'frame-truncated', 'frame-oversize', 'signature-spoiled', 'frame-replayed', 'strike'],
  ],
  [
    'withheld-parents',
    'deceive',
    ['range-withheld', 'frontier-falsified', 'want-repeated', 'gossip-replayed'],
  ],
  ['eclipse', 'deceive', ['sync-feigned', 'range-withheld', 'frontier-falsified']],
  ['unreliable-links', 'scramble', ['frame-lost', 'frame-doubled', 'frame-overtaken']],
  ['usurpers', 'usurp', ['membership-forged']],
  ['later-records', 'codec', ['unknown-codec-signed', 'unknown-codec-refused']],
  ['newer-version', 'deceive', ['newer-version-spoken']],
];

describe('what a scenario is there to show', () => {
  test.each(ROWS)('%s shows nothing of it without %s', { timeout: 60_000 }, async (name, kind, goals) => {
    const whole = loadScenario(name);
    expect(whole.sometimes).toEqual(expect.arrayContaining([...goals]));
    const faults = whole.faults.map((fault) => (fault.kind === kind ? { ...fault, off: true } : fault));
    // What is expected to be found in the end follows from the fault, too.
    const { verdict, missed, violations } = await runPlan(
      expandScenario({ ...whole, faults, assert: {} }, { seed: 1n }),
      machine,
    );
    expect([verdict, violations]).toEqual(['unknown', []]);
    expect(missed).toEqual(expect.arrayContaining([...goals]));
  });
});
