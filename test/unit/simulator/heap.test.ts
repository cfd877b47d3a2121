import { expect, test } from 'vitest';
import { heapArguments } from '../../../node/simulator/heap.ts';

const GIB = 2 ** 30;
const MACHINE = { memory: 20 * GIB, allowed: 4 * GIB, said: [] };

test('processes side by side may take four fifths of the memory', () => {
  expect(heapArguments(1, MACHINE)).toEqual(['--max-old-space-size=16384']);
  expect(heapArguments(2, MACHINE)).toEqual(['--max-old-space-size=8192']);
});

test('Node is left alone where it allows as much by itself, or more', () => {
  expect(heapArguments(4, MACHINE)).toEqual([]);
  expect(heapArguments(16, MACHINE)).toEqual([]);
});

test.each(['--max-old-space-size=100', '--max_old_space_size=100'])(
  'what a person has said counts: %s',
  (said) => {
    expect(heapArguments(1, { ...MACHINE, said: ['--enable-source-maps', `-r x ${said}`] })).toEqual([]);
  },
);

test('the memory of this machine is divided where no other one is given', () => {
  expect(heapArguments(1_000_000)).toEqual([]);
});
