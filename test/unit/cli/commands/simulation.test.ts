import { once } from 'node:events';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  runCli,
  type SimRunInput,
  type SimShrink,
  type SimSweep,
  type Simulator,
} from '../../../../node/cli/index.ts';
import type { Outcome, Verdict } from '../../../../simulations/index.ts';
import { fakeHost } from '../fake-host.ts';
import { fakeIo, runWith } from '../run.ts';

const outcome = (verdict: Verdict, over: Partial<Outcome> = {}): Outcome => ({
  verdict,
  name: 'even-split',
  seed: '1',
  traceHash: 'ab'.repeat(32),
  peers: 4,
  events: 120,
  healedAtUs: 61_000_000,
  convergedAt: 61_200_000,
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

const SHRUNK: SimShrink = {
  outcome: outcome('fail', { violations: [{ invariant: 'S6', atUs: 900_000, device: 1, message: 'less' }] }),
  before: { devices: 9, links: 36, faults: 12, operations: 130, events: 200 },
  after: { devices: 2, links: 1, faults: 2, operations: 1, events: 1 },
  runs: 1_080,
  isMinimal: true,
  folder: '/a run/shrunk',
};

/** A sweep of two points: one with these runs, and one that never became equal. */
const sweepOf = (outcomes: readonly Outcome[], left = 0): SimSweep => {
  const count = (verdict: Verdict) => outcomes.filter((each) => each.verdict === verdict).length;
  const interval = outcomes.length < 10 ? { low: null, high: null } : { low: 150_000, high: 1_250_000 };
  const n = outcomes.length;
  const [few, many] = [{ peers: 4 }, { peers: 40 }];
  return {
    name: 'even-split',
    parameters: [{ name: 'peers', values: [4, 40] }],
    points: [
      { params: few, runs: n, failed: count('fail'), unknown: count('unknown') },
      { params: many, runs: n, failed: 0, unknown: 0 },
    ],
    summary: [
      { params: few, metric: 'converged_after_us', n, median: 200_400, ...interval },
      { params: few, metric: 'stretch', n, median: 1.25, ...interval },
      {
        params: many,
        metric: 'converged_after_us',
        n,
        median: Number.POSITIVE_INFINITY,
        low: null,
        high: null,
      },
    ],
    left,
    folder: '/s',
  };
};

/** A simulator whose runs end one after the other as is said. */
const hostOf = (...outcomes: readonly Outcome[]) => {
  const inputs: Omit<SimRunInput, 'onOutcome' | 'onProgress' | 'signal'>[] = [];
  const shrinks: unknown[] = [];
  const sweeps: unknown[] = [];
  const simulator: Simulator = {
    list: async () => [{ name: 'even-split', about: 'Both sides write.' }],
    async run({ onOutcome, onProgress, signal: _, ...input }) {
      onProgress({ phase: 'begins', done: 0, total: 1 });
      inputs.push(input);
      for (const each of outcomes) await onOutcome(each, input.out);
    },
    shrink: async ({ onProgress, signal: _, ...input }) => {
      onProgress({ phase: 'left: 2 devices', done: 1, total: input.budget });
      shrinks.push(input);
      return SHRUNK;
    },
    async sweep({ onProgress, onOutcome, signal: _, out, ...input }) {
      onProgress({ phase: 'begins', done: 0, total: 1 });
      sweeps.push({ ...input, out: out('even-split') });
      for (const each of outcomes)
        await onOutcome({ peers: 4 }, each, each.verdict === 'fail' ? '/s/failed/1-1' : undefined);
      return sweepOf(outcomes);
    },
    async merge(input) {
      sweeps.push(input);
      return sweepOf(outcomes);
    },
    replay: async () => ({ outcome: outcomes[0] ?? outcome('pass'), sameTrace: outcomes.length === 1 }),
    selftest: () => Promise.reject(new Error('not asked for')),
    explore: () => Promise.reject(new Error('not asked for')),
    exploreGraphs: () => Promise.reject(new Error('not asked for')),
  };
  return { inputs, shrinks, sweeps, host: { simulator: async () => simulator } };
};

const sim = (host: ReturnType<typeof hostOf>['host'], ...args: readonly string[]) =>
  runWith({}, ['sim', ...args], host);

describe('sim run', () => {
  test('tells each run in a line', async () => {
    const { inputs, host } = hostOf(outcome('pass'), outcome('pass', { seed: '2', convergedAt: null }));
    const { code, stdout } = await sim(host, 'run', 'even-split', '--seeds', '2');
    expect(code).toBe(0);
    expect(stdout).toBe(
      'pass    even-split, seed 1: 4 devices; 120 events; equal 200 ms after the heal; stretch 3.1; 900 messages of 123.5 kB; conflicts: 3 open, 2 closed; took 1.3 s\n' +
        'pass    even-split, seed 2: 4 devices; 120 events; never equal; stretch 3.1; 900 messages of 123.5 kB; conflicts: 3 open, 2 closed; took 1.3 s\n',
    );
    expect(inputs).toEqual([
      { scenario: 'even-split', seed: 1n, seeds: 2, jobs: 1, mode: 'exact', version: expect.any(String) },
    ]);
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
      '--mode',
      'scale',
      '--out',
      '/r',
      '--workload',
      'git:.',
      '--jobs',
      '4',
      '--json',
    );
    expect(inputs).toMatchObject([
      {
        scenario: 'a.yaml',
        seed: 2n ** 64n - 1n,
        seeds: 1,
        jobs: 4,
        peers: 9,
        workload: 'git:.',
        mode: 'scale',
        out: '/r',
      },
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

  test('ends at Ctrl-C, with what is done by then', async () => {
    const running = Promise.withResolvers<void>();
    const simulator: Pick<Simulator, 'run'> = {
      async run({ signal, onOutcome }) {
        await onOutcome(outcome('pass'), undefined);
        running.resolve();
        await once(signal, 'abort');
      },
    };
    const process = fakeIo();
    const ended = runCli({
      argv: ['sim', 'run', 'even-split', '--seeds', '3'],
      io: process.io,
      host: async () => fakeHost({ host: { simulator: async () => simulator as Simulator } }).host,
      version: '1.2.3',
    });
    await running.promise;
    process.signal('SIGINT');
    expect(await ended).toBe(3);
    expect(process.texts.stdout).toMatch(/^pass .*\n$/);
    expect(process.texts.stderr).toContain('interrupted: 2 of 3 runs did not come to an end\n');
    expect(process.listening()).toBe(0);
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

describe('a run that failed', () => {
  const failed = outcome('fail', {
    seed: '7',
    violations: [{ invariant: 'S1', atUs: 0, device: 0, message: 'two states' }],
  });

  test('tells how it can be had again and made smaller', async () => {
    const { stdout } = await sim(hostOf(failed).host, 'run', 'my split.yaml', '--peers', '9', '--seeds', '8');
    expect(stdout).toContain("  again:    smo sim run 'my split.yaml' --peers 9 --seed 7\n");
    expect(stdout).toContain('--seed 7 --out failed; smo sim shrink failed\n');
    const kept = await sim(hostOf(failed).host, 'run', 'even-split', '--out', '/r');
    expect(kept.stdout).toContain('  again:    smo sim replay /r\n  smaller:  smo sim shrink /r\n');
  });

  test('can be made smaller', async () => {
    const { shrinks, host } = hostOf();
    const { code, stdout } = await sim(host, 'shrink', '/a run', '--budget', '1500');
    expect(shrinks).toEqual([
      { folder: '/a run', out: '/a run/shrunk', budget: 1_500, version: expect.any(String) },
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('S6 at 0.9 s, device 1: less\n');
    expect(stdout).toContain(
      'Left of it after 1,080 runs: devices 9 -> 2, links 36 -> 1, faults 12 -> 2, operations 130 -> 1, events 200 -> 1.',
    );
    expect(stdout).toMatch(/smo sim replay '\/a run\/shrunk'\n$/);
    const json = await sim(host, 'shrink', '/r', '--out', '/small', '--json');
    expect(shrinks[1]).toMatchObject({ folder: '/r', out: '/small', budget: 200 });
    expect(JSON.parse(json.stdout)).toEqual(SHRUNK);
  });
});

describe('sim sweep', () => {
  test('tells the medians, point by point', async () => {
    const { sweeps, host } = hostOf(...Array.from({ length: 10 }, () => outcome('pass')));
    const { code, stdout } = await sim(
      host,
      'sweep',
      'a.yaml',
      '--shard',
      '2/8',
      '--jobs',
      '3',
      '--seed',
      '5',
    );
    expect([code, sweeps]).toEqual([
      0,
      [
        {
          scenario: 'a.yaml',
          seed: 5n,
          shard: { number: 2, of: 8 },
          jobs: 3,
          mode: 'exact',
          out: resolve('even-split-sweep'),
          version: expect.any(String),
        },
      ],
    ]);
    const [head = '', few = '', many = '', ...rest] = stdout.split('\n');
    expect(head).toMatch(/^PEERS +RUNS +EQUAL AFTER THE HEAL +STRETCH +MESSAGES A DEVICE/);
    expect(few).toMatch(/^4 +10 +200 ms \[150 ms, 1250 ms\] +1\.3 +- +- +-$/);
    expect(many).toMatch(/^40 +10 +never +- /);
    expect(rest.join('\n')).toContain('20 runs in /s: sweep.csv, a row each; summary.csv, the medians.');
    expect(stdout).not.toContain('fewer than 10');
  });

  test('says of too few seeds that there is no interval', async () => {
    const { sweeps, host } = hostOf(outcome('pass'));
    const { stdout } = await sim(host, 'sweep', 'a.yaml', '--out', '/s', '--seeds', '1');
    expect(sweeps).toMatchObject([{ out: '/s', seeds: 1, shard: { number: 1, of: 1 } }]);
    expect(stdout).toMatch(/\n4 +1 +200 ms +1\.3/);
    expect(stdout).toContain('\nWith fewer than 10 seeds there is no interval.\n');
  });

  test('tells what did not pass, with its values and how it can be had again', async () => {
    const violation = { invariant: 'S1', atUs: 0, device: 0, message: 'two states' } as const;
    const { host } = hostOf(
      outcome('fail', { violations: [violation] }),
      outcome('unknown'),
      outcome('pass'),
    );
    const { code, stdout } = await sim(host, 'sweep', 'a.yaml');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^fail [\s\S]*two states\n {2}with peers = 4\n {2}again: {4}smo sim replay \/s\/failed\/1-1\n/,
    );
    expect(stdout).toMatch(/\nunknown even-split/);
    expect(stdout).not.toMatch(/\npass/);
    expect(stdout).toMatch(/\n4 +3 \(1 failed, 1 unknown\) /);
    expect((await sim(hostOf(outcome('unknown')).host, 'sweep', 'a.yaml')).code).toBe(3);
  });

  test('is one document for programs', async () => {
    const { host } = hostOf(outcome('unknown'));
    const { code, stdout } = await sim(host, 'sweep', 'a.yaml', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([
      3,
      JSON.parse(JSON.stringify(sweepOf([outcome('unknown')]))),
    ]);
  });

  test.each(['0/2', '3/2', '1', 'a/b', '1/0'])('has no part %s', async (shard) => {
    const { code, stderr } = await sim(hostOf().host, 'sweep', 'a.yaml', '--shard', shard);
    expect([code, stderr]).toEqual([2, expect.stringContaining('as in 2/8')]);
  });

  test('is put together from its parts', async () => {
    const { sweeps, host } = hostOf(outcome('pass'));
    const { code, stdout } = await sim(host, 'merge', '/a', '/b', '--out', '/c');
    expect([code, sweeps]).toEqual([0, [{ folders: ['/a', '/b'], out: '/c' }]]);
    expect(stdout).toMatch(/^PEERS +RUNS/);
    expect((await sim(host, 'merge', '/a')).code).toBe(2);
  });
});

test('sim list shows what each scenario hunts', async () => {
  const { stdout } = await sim(hostOf().host, 'list');
  expect(stdout).toMatch(/^SCENARIO +HUNTS\neven-split +Both sides write\.\n$/);
});
