import { describe, expect, test } from 'vitest';
import type { SimBug, SimSelftestInput, Simulator } from '../../../../node/cli/index.ts';
import { SmoError } from '../../../../protocol/fault/index.ts';
import { runWith } from '../run.ts';

const CAUGHT: SimBug = {
  name: 'seen-jumps-gap',
  about: 'an event is applied too early',
  file: 'protocol/causality/causal-index.ts',
  runs: 3,
  caught: { scenario: 'even-split', seed: 2, invariant: 'S5', message: 'applies 2 before 1' },
};

const SURVIVED: SimBug = { ...CAUGHT, name: 'no-retry', about: 'nothing is asked for twice', caught: null };

/** A simulator that finds these bugs, and notes what it was asked for. */
const hostOf = (...bugs: readonly SimBug[]) => {
  const asked: Pick<SimSelftestInput, 'bug' | 'seeds'>[] = [];
  const simulator: Pick<Simulator, 'selftest'> = {
    async selftest({ onBug, onProgress, ...input }) {
      asked.push(input);
      onProgress({ phase: 'seen-jumps-gap, seed 1', done: 0, total: 2 });
      for (const bug of bugs) await onBug(bug);
    },
  };
  return { asked, host: { simulator: async () => simulator as Simulator } };
};

const selftest = (host: ReturnType<typeof hostOf>['host'], ...args: readonly string[]) =>
  runWith({}, ['sim', 'selftest', ...args], host);

describe('sim selftest', () => {
  test('shows what has caught each bug, and after how many seeds', async () => {
    const { asked, host } = hostOf(CAUGHT);
    const { code, stdout } = await selftest(host);
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'BUG             SCENARIO    SEEDS  CAUGHT BY',
        'seen-jumps-gap  even-split  2      S5',
        '',
        '1 planted bug, all caught',
        '',
      ].join('\n'),
    );
    expect(asked).toEqual([{ seeds: 1_000 }]);
  });

  test('fails when one survives, and says which', async () => {
    const { asked, host } = hostOf(CAUGHT, SURVIVED);
    const { code, stdout } = await selftest(host, '--bug', 'no-retry', '--seeds', '7');
    expect(code).toBe(1);
    expect(stdout).toContain('no-retry        none        7      survived');
    expect(stdout).toContain('1 of 2 planted bugs survived:');
    expect(stdout).toContain('  no-retry: nothing is asked for twice (protocol/causality/causal-index.ts)');
    expect(asked).toEqual([{ bug: 'no-retry', seeds: 7 }]);
  });

  test('tells programs all of it', async () => {
    const { code, stdout } = await selftest(hostOf(CAUGHT, SURVIVED).host, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      planted: 2,
      survived: 1,
      seeds: 1_000,
      bugs: [CAUGHT, SURVIVED],
    });
  });

  test('says what to do where there is no source', async () => {
    const host = {
      simulator: async () =>
        ({
          selftest: () => Promise.reject(new SmoError('needs_checkout', 'No source.', 'Clone it.')),
        }) as unknown as Simulator,
    };
    const { code, stderr } = await selftest(host);
    expect(code).toBe(1);
    expect(stderr).toContain('Clone it.');
  });
});
