import { expect, test } from 'vitest';
import { readOptions } from '../../../scripts/power-cuts/options.ts';
import { WORKLOADS } from '../../../scripts/power-cuts/workloads/index.ts';

test('all workloads are tried unless some are named', () => {
  expect(readOptions([])).toEqual({
    workloads: Object.keys(WORKLOADS),
    states: 300,
    seed: 1,
    keep: undefined,
  });
  expect(readOptions(['--workload', 'join', '--workload', 'fill', '--states', '5'])).toMatchObject({
    workloads: ['join', 'fill'],
    states: 5,
  });
});

test('what makes no sense is told', () => {
  expect(() => readOptions(['--workload', 'retire'])).toThrow(
    '--workload is one of found, append, fill, join, repair, not "retire"',
  );
  expect(() => readOptions(['--states', '0'])).toThrow('--states is a number from 1');
  expect(() => readOptions(['--cuts', '3'])).toThrow("Unknown option '--cuts'");
});
