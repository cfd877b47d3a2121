import { describe, expect, test } from 'vitest';
import { type OptionKinds, readOptions, usageOf } from '../../../scripts/bench/frame/options.ts';

const KINDS: OptionKinds = {
  sizes: [{ name: 'appends', byDefault: 10, least: 1, most: 100, help: 'appends' }],
  lists: [{ name: 'devices', byDefault: [3, 10], least: 2, most: 30, help: 'devices' }],
};

describe('the options of a benchmark', () => {
  test('are their defaults unless said otherwise', () => {
    expect(readOptions([], KINDS)).toMatchObject({
      rounds: 5,
      sizes: { appends: 10 },
      lists: { devices: [3, 10] },
    });
  });

  test('can be a list, every number of which has to make sense', () => {
    expect(readOptions(['--devices', '2,30'], KINDS).lists).toEqual({ devices: [2, 30] });
    for (const text of ['1,3', '3,31', '3,', 'three', '2.5']) {
      expect(() => readOptions(['--devices', text], KINDS)).toThrow('--devices is a');
    }
  });

  test('have no rounds where nothing is timed', () => {
    expect(readOptions([], { ...KINDS, exact: true }).rounds).toBe(1);
    expect(() => readOptions(['--rounds', '2'], { ...KINDS, exact: true })).toThrow('--rounds');
    expect(usageOf('bench', { ...KINDS, exact: true })).not.toContain('--rounds');
    expect(usageOf('bench', KINDS)).toContain('--rounds');
  });
});
