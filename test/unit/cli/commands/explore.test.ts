import { describe, expect, test } from 'vitest';
import type { SimExploreInput, Simulator } from '../../../../node/cli/index.ts';
import type { Exploration } from '../../../../simulations/index.ts';
import { runWith } from '../run.ts';

const FOUND: Exploration = {
  scope: { peers: 2, links: 'mesh', events: 1, drops: 0, duplicates: 0, crashes: 1, partitions: 0 },
  states: 1_527,
  transitions: 1_772,
  depth: 26,
  ends: 161,
  digests: ['00'],
  localStates: 812,
  unreadable: 0,
  eventSets: 3,
  exhausted: true,
  violation: null,
};

const explored = async (found: Exploration, ...args: readonly string[]) => {
  const asked: Omit<SimExploreInput, 'onProgress'>[] = [];
  const simulator: Pick<Simulator, 'explore'> = {
    explore: async ({ onProgress, ...input }) => {
      onProgress({ phase: '1000 states', done: 1_000, total: input.statesMax });
      asked.push(input);
      return found;
    },
  };
  const result = await runWith({}, ['sim', 'explore', ...args], {
    simulator: async () => simulator as Simulator,
  });
  return { ...result, asked };
};

describe('sim explore', () => {
  test('tells how much there was to look at', async () => {
    const { code, stdout, asked } = await explored(FOUND, '--events', '1', '--crashes', '1');
    expect(code).toBe(0);
    expect(asked).toEqual([{ scope: FOUND.scope, statesMax: 500_000 }]);
    expect(stdout).toBe(
      [
        'pass     2 devices, 1 event, 1 crash: everything that can happen was looked at',
        '  1,527 states, 1,772 transitions, 26 deep; 161 ends, in which all were equal',
        '  812 states of single devices; 3 sets of events, each held to the oracle',
        '',
      ].join('\n'),
    );
  });

  test('tells of states that could not be compared', async () => {
    const { stdout } = await explored({ ...FOUND, unreadable: 810 });
    expect(stdout).toContain(
      '  812 states of single devices, 810 of which could not be compared with others; 3 sets of events',
    );
  });

  test('takes devices in a line', async () => {
    const { asked, stdout } = await explored(
      { ...FOUND, scope: { ...FOUND.scope, peers: 3, links: 'line' } },
      ...['--peers', '3', '--links', 'line'],
    );
    expect(asked[0]?.scope).toMatchObject({ peers: 3, links: 'line' });
    expect(stdout).toContain('pass     3 devices in a line, 1 event, 1 crash: everything');
  });

  test('says nothing for certain when the budget did not suffice', async () => {
    const { code, stdout } = await explored({ ...FOUND, exhausted: false }, '--budget', '10');
    expect(code).toBe(3);
    expect(stdout).toContain('unknown  2 devices, 1 event, 1 crash: the budget did not suffice');
  });

  test('shows the way to what must never be', async () => {
    const violation = { invariant: 'S2', device: 1, message: 'shows nothing', actions: [] } as const;
    const steps = ['device 0 writes', 'device 1 connects with device 0'];
    const found = { ...FOUND, exhausted: false, violation: { ...violation, steps } };
    const { code, stdout } = await explored(found);
    expect(code).toBe(1);
    expect(stdout).toContain('fail     2 devices, 1 event, 1 crash');
    expect(stdout).toContain('  S2: device 1 shows nothing\n  after these steps:\n     1. device 0 writes\n');
  });

  test('counts the orders in which the projection was tried', async () => {
    const count = { events: 2, graphs: 2, orders: 3, arrivals: 4, violations: [] };
    const bad = { ...count, events: 3, violations: ['graph 1, order 0 1 2: a, which should be b'] };
    const simulator = { exploreGraphs: async () => [count, bad] } as unknown as Simulator;
    const { code, stdout } = await runWith({}, ['sim', 'explore', '--projection'], {
      simulator: async () => simulator,
    });
    expect(code).toBe(1);
    expect(stdout).toBe(
      [
        'EVENTS  GRAPHS  ORDERS OF ARRIVAL  READY ORDERS  PROJECTION',
        '2       2       4                  3             all as the oracle says',
        '3       2       4                  3             not as the oracle says',
        'graph 1, order 0 1 2: a, which should be b',
        '',
      ].join('\n'),
    );
  });

  test('refuses a world that is too large, and a budget that is', async () => {
    const budget = await explored(FOUND, '--budget', '16000001');
    expect(budget.code).toBe(2);
    expect(budget.stderr).toContain('Give a whole number from 1 to 16000000.');
    const { code, stderr } = await explored(FOUND, '--peers', '5');
    expect(code).toBe(2);
    expect(stderr).toContain('Give a whole number from 2 to 4.');
  });
});
