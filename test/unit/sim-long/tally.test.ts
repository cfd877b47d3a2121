import { describe, expect, test } from 'vitest';
import { readOptions } from '../../../scripts/sim-long/options.ts';
import { Tally } from '../../../scripts/sim-long/tally.ts';
import { commandOf, type Result, tasksOf } from '../../../scripts/sim-long/task.ts';

const result = (over: Partial<Result>): Result => ({
  verdict: 'pass',
  missed: [],
  peakMemoryBytes: 5_000_000,
  wallMs: 500,
  problems: [],
  ...over,
});

test('all scenarios are run with a seed before the next one comes, and the last seed is followed by 0', () => {
  const options = { runs: 5, from: 2n ** 64n - 1n, jobs: 1, scenarios: ['a', 'b'] };
  expect([...tasksOf(options)].map(({ scenario, seed }) => `${scenario} ${seed}`)).toEqual([
    'a 18446744073709551615',
    'b 18446744073709551615',
    'a 0',
    'b 0',
    'a 1',
  ]);
});

test('a run is told by the command that runs it once more', () => {
  expect(commandOf({ scenario: 'churn', seed: '7' })).toBe('smo sim run churn --seed 7');
});

test('what came of runs is counted by scenario', async () => {
  const tally = new Tally();
  tally.add({ scenario: 'b', seed: '1' }, result({}));
  tally.add({ scenario: 'b', seed: '2' }, result({ verdict: 'unknown', missed: ['restart'], wallMs: 1_500 }));
  tally.add({ scenario: 'a', seed: '1' }, result({ verdict: 'fail', peakMemoryBytes: 9_000_000 }));
  expect([tally.runs, tally.of('pass'), tally.of('unknown'), tally.of('fail')]).toEqual([3, 1, 1, 1]);
  expect((await tally.table()).split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['SCENARIO', 'RUNS', 'PASS', 'UNKNOWN', 'FAIL', 'S A RUN', 'MB AT MOST', 'GOALS MISSED'],
    ['a', '1', '0', '0', '1', '0.50', '9'],
    ['b', '2', '1', '1', '0', '1.00', '5', 'restart 1'],
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
