import { expect, test } from 'vitest';
import { LIVES } from '../../../scripts/power-cuts/lives/index.ts';
import { readOptions } from '../../../scripts/power-cuts/options.ts';

test('all lives are tried unless some are named', () => {
  expect(readOptions([])).toEqual({ lives: Object.keys(LIVES), disks: 300, seed: 1, keep: undefined });
  expect(readOptions(['--life', 'join', '--life', 'fill', '--disks', '5'])).toMatchObject({
    lives: ['join', 'fill'],
    disks: 5,
  });
});

test('what makes no sense is told', () => {
  expect(() => readOptions(['--life', 'retire'])).toThrow(
    '--life is one of found, append, fill, join, repair, not "retire"',
  );
  expect(() => readOptions(['--disks', '0'])).toThrow('--disks is a number from 1');
  expect(() => readOptions(['--cuts', '3'])).toThrow("Unknown option '--cuts'");
});
