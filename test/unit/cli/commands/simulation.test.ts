import { describe, expect, test } from 'vitest';
import type { RealReport, RealRunInput, SimRunInput, Simulator } from '../../../../node/cli/index.ts';
import type { Outcome, Verdict } from '../../../../simulations/index.ts';
import { runWith } from '../run.ts';

const outcome = (verdict: Verdict, over: Partial<Outcome> = {}): Outcome => ({
  verdict,
  name: 'even-split',
  seed: '1',
  traceHash: 'ab'.repeat(32),
  peers: 4,
  events: 120,
  healedAtUs: 61_000_000,
  convergedAtUs: 61_200_000,
  stretch: 3.14,
  messages: 900,
  bytes: 123_456,
  steps: 2_000,
  conflicts: { open: 3, closed: 2 },
  excluded: 0,
  digest: 'cd'.repeat(32),
  digests: ['cd'.repeat(32)],
  violations: [],
  missed: [],
  virtualUs: 70_000_000,
  wallMs: 1_300,
  peakMemoryBytes: 100_000_000,
  ...over,
});

/** A simulator whose runs end one after the other as is said. */
const hostOf = (...outcomes: readonly Outcome[]) => {
  const inputs: Omit<SimRunInput, 'onOutcome' | 'onProgress'>[] = [];
  const simulator: Simulator = {
    list: async () => [{ name: 'even-split', about: 'Both sides write.' }],
    async run({ onOutcome, onProgress, ...input }) {
      onProgress({ phase: 'begins', done: 0, total: 1 });
      inputs.push(input);
      for (const each of outcomes) await onOutcome(each, input.out);
    },
    replay: async () => ({ outcome: outcomes[0] ?? outcome('pass'), sameTrace: outcomes.length === 1 }),
  };
  return { inputs, host: { simulator: async () => simulator } };
};

const sim = (host: ReturnType<typeof hostOf>['host'], ...args: readonly string[]) =>
  runWith({}, ['sim', ...args], host);

describe('sim run', () => {
  test('tells each run in a line', async () => {
    const { inputs, host } = hostOf(outcome('pass'), outcome('pass', { seed: '2', convergedAtUs: null }));
    const { code, stdout } = await sim(host, 'run', 'even-split', '--seeds', '2');
    expect(code).toBe(0);
    expect(stdout).toBe(
      'pass    even-split, seed 1: 4 devices; 120 events; equal 200 ms after the heal; stretch 3.1; 900 messages of 123.5 kB; conflicts: 3 open, 2 closed; took 1.3 s\n' +
        'pass    even-split, seed 2: 4 devices; 120 events; never equal; stretch 3.1; 900 messages of 123.5 kB; conflicts: 3 open, 2 closed; took 1.3 s\n',
    );
    expect(inputs).toEqual([{ scenario: 'even-split', seed: 1n, seeds: 2, version: expect.any(String) }]);
  });

  test('hands over what it is told', async () => {
    const { inputs, host } = hostOf(outcome('pass'));
    const { stdout } = await sim(
      host,
      'run',
      'a.yaml',
      '--seed',
      '18446744073709551615',
      '--peers',
      '9',
      '--out',
      '/r',
      '--workload',
      'git:.',
      '--json',
    );
    expect(inputs).toMatchObject([
      { scenario: 'a.yaml', seed: 2n ** 64n - 1n, seeds: 1, peers: 9, out: '/r', workload: 'git:.' },
    ]);
    expect(JSON.parse(stdout)).toEqual({ ...outcome('pass'), folder: '/r' });
  });

  test('says what was violated, and what did not happen', async () => {
    const violation = { invariant: 'S1', atUs: 2_500_000, device: 3, message: 'two states' } as const;
    const { host } = hostOf(
      outcome('fail', { violations: [violation] }),
      outcome('unknown', { missed: ['conflict-opened', 'restart'] }),
    );
    const { code, stdout } = await sim(host, 'run', 'even-split', '--seeds', '2');
    expect(code).toBe(1);
    expect(stdout).toContain('\n  S1 at 2.5 s, device 3: two states\n');
    expect(stdout).toContain('\n  it says nothing, as this did not happen: conflict-opened, restart\n');
  });

  test('ends with 3 when nothing failed and something is unknown', async () => {
    const { host } = hostOf(outcome('pass'), outcome('unknown'));
    expect((await sim(host, 'run', 'even-split')).code).toBe(3);
  });

  test.each(['-1', 'x', '18446744073709551616', '1.5'])('takes no seed like %s', async (seed) => {
    const { code, stderr } = await sim(hostOf().host, 'run', 'even-split', `--seed=${seed}`);
    expect([code, stderr]).toEqual([2, expect.stringContaining('18446744073709551615')]);
  });
});

describe('sim replay', () => {
  test('says whether the same happened', async () => {
    const same = await sim(hostOf(outcome('pass')).host, 'replay', '/r');
    expect([same.code, same.stdout]).toEqual([
      0,
      expect.stringMatching(/\nThe same happened, to the last step\.\n$/),
    ]);
    const other = await sim(hostOf(outcome('pass'), outcome('pass')).host, 'replay', '/r');
    expect([other.code, other.stdout]).toEqual([1, expect.stringContaining('Something else happened')]);
  });
});

test('sim list shows what each scenario hunts', async () => {
  const { stdout } = await sim(hostOf().host, 'list');
  expect(stdout).toMatch(/^SCENARIO +HUNTS\neven-split +Both sides write\.\n$/);
});

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
    expect(stdout).toContain('sent 10 % less than');
  });

  test('fails when the two differ', async () => {
    const host = { simReal: async () => ({ ...report, problems: ['they differ'] }) };
    const { code, stdout } = await runWith({}, ['sim', 'real', 'even-split'], host);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^fail {4}[\s\S]*\n {2}they differ\n$/)]);
  });
});
