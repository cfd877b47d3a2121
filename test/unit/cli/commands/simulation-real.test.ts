import { describe, expect, test } from 'vitest';
import type { RealReport, RealRunInput } from '../../../../node/cli/index.ts';
import { SmoError } from '../../../../protocol/fault/index.ts';
import { runWith } from '../run.ts';

describe('sim real', () => {
  const figures = {
    digests: ['ab'.repeat(32)],
    events: 120,
    conflicts: { open: 3, closed: 2 },
    bytes: 100_000,
  };
  const report: RealReport = {
    name: 'even-split',
    seed: '7',
    transport: 'tcp',
    peers: 4,
    simulated: figures,
    real: { ...figures, bytes: 90_000 },
    bytes: { morePercent: -10, morePercentMax: 25 },
    problems: [],
    wallMs: 2_500,
  };

  test('shows both side by side', async () => {
    const inputs: RealRunInput[] = [];
    const host = {
      simReal: async (input: RealRunInput) => {
        inputs.push(input);
        return report;
      },
    };
    const { code, stdout } = await runWith(
      {},
      ['sim', 'real', 'even-split', '--seed', '7', '--transport', 'tcp'],
      host,
    );
    expect(code).toBe(0);
    expect(inputs).toMatchObject([{ scenario: 'even-split', seed: 7n, transport: 'tcp' }]);
    expect(stdout).toMatch(/^pass {4}even-split, seed 7: 4 real devices over tcp; took 2\.5 s\n/);
    expect(stdout).toMatch(/\n {2}state +abababababababab {2}abababababababab\n/);
    expect(stdout).toMatch(/\n {2}bytes +100\.0 kB +90\.0 kB\n/);
    expect(stdout).toContain('got 10 % less than the virtual ones; up to 25 % may be.');
  });

  test('says why bytes are not judged', async () => {
    const bytes = { morePercent: 40, morePercentMax: 25, unjudged: 'they are too few' };
    const host = { simReal: async () => ({ ...report, bytes }) };
    const { code, stdout } = await runWith({}, ['sim', 'real', 'even-split'], host);
    expect(code).toBe(0);
    expect(stdout).toContain('got 40 % more than the virtual ones, which is not judged: they are too few.');
  });

  test('is skipped, and says why, where namespaces cannot be made', async () => {
    const host = {
      simReal: async () => {
        throw new SmoError('no_namespaces', 'only root may make them', 'Take tcp.');
      },
    };
    const words = ['sim', 'real', 'even-split', '--transport', 'namespaces'];
    const human = await runWith({}, words, host);
    expect([human.code, human.stdout]).toEqual([
      3,
      'skipped even-split: only root may make them. Take tcp.\n',
    ]);
    const program = await runWith({}, ['--json', ...words], host);
    expect([program.code, JSON.parse(program.stdout)]).toEqual([3, { skipped: 'only root may make them' }]);
  });

  test('fails when the two differ', async () => {
    const host = { simReal: async () => ({ ...report, problems: ['they differ'] }) };
    const { code, stdout } = await runWith({}, ['sim', 'real', 'even-split'], host);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^fail {4}[\s\S]*\n {2}they differ\n$/)]);
  });
});
