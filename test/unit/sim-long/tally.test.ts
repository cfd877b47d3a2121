import { describe, expect, test } from 'vitest';
import { readOptions } from '../../../scripts/sim-long/options.ts';
import { type Result, Tally } from '../../../scripts/sim-long/tally.ts';
import { commandOf, tasksOf } from '../../../scripts/sim-long/task.ts';
import { loadScenario } from '../../../simulations/index.ts';

const result = (over: Partial<Result>): Result => ({
  verdict: 'pass',
  missed: [],
  peakMemoryBytes: 5_000_000,
  wallMs: 500,
  ...over,
});

test('all scenarios are run with a seed before the next one comes, and the last seed is followed by 0', () => {
  const options = { runs: 5, from: 2n ** 64n - 1n, jobs: 1, scenarios: ['churn', 'even-split'] };
  expect([...tasksOf(options)].map(({ scenario, seed }) => `${scenario.name} ${seed}`)).toEqual([
    'churn 18446744073709551615',
    'even-split 18446744073709551615',
    'churn 0',
    'even-split 0',
    'churn 1',
  ]);
});

test('a run is told by the command that runs it once more', () => {
  expect(commandOf({ scenario: loadScenario('churn'), seed: '7', mode: 'exact' })).toBe(
    'smo sim run churn --seed 7',
  );
});

test('what came of runs is counted by scenario', async () => {
  const tally = new Tally();
  tally.add('b', result({}));
  tally.add('b', result({ verdict: 'unknown', missed: ['restart'], wallMs: 1_500 }));
  tally.add('a', result({ verdict: 'fail', peakMemoryBytes: 9_000_000 }));
  tally.addBroken('a');
  tally.addBroken('c');
  expect([tally.runs, tally.of('pass'), tally.of('unknown'), tally.of('fail')]).toEqual([5, 1, 1, 3]);
  expect((await tally.table()).split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['SCENARIO', 'RUNS', 'PASS', 'UNKNOWN', 'FAIL', 'S A RUN', 'MB AT MOST', 'GOALS MISSED'],
    ['a', '2', '0', '0', '2', '0.50', '9'],
    ['b', '2', '1', '1', '0', '1.00', '5', 'restart 1'],
    ['c', '1', '0', '0', '1', '-', '0'],
  ]);
});

describe('options', () => {
  test('are those of 10,000 runs of the library when nothing is said', () => {
    const { runs, from, scenarios } = readOptions([]);
    expect([runs, from]).toEqual([10_000, 1n]);
    expect(scenarios).toContain('even-split');
  });

  test('are read', () => {
    const args = ['--seeds', '5', '--from', '9', '--jobs', '2', '--scenario', 'churn'];
    expect(readOptions(args)).toEqual({ runs: 5, from: 9n, jobs: 2, scenarios: ['churn'] });
  });

  test.each([
    [['--seeds', '0'], '--seeds is a number from 1'],
    [['--from', '-1'], ''],
    [['--jobs', '1.5'], '--jobs is a whole number'],
    [['--scenario', 'chrun'], 'there is no scenario chrun'],
  ])('%j are refused', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});
