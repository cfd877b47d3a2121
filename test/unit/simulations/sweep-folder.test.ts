import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { summaryOf } from '../../../node/simulator/sweep/summary.ts';
import { SweepFolder } from '../../../node/simulator/sweep/sweep-folder.ts';
import type { SweepHead } from '../../../node/simulator/sweep/sweep-head.ts';
import type { SweepRun } from '../../../node/simulator/sweep/sweep-run.ts';
import type { Outcome } from '../../../simulations/index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const HEAD: SweepHead = {
  name: 'study',
  // In an order of their own, that of no alphabet.
  parameters: [
    { name: 'peers', values: [20, 3] },
    { name: 'topology', values: ['ring', 'full'] },
  ],
  definition: '{}',
  version: '1.2.3',
  node: '26.0.0',
};

const run = (peers: number, topology: string, seed: string, over: Partial<Outcome> = {}): SweepRun => ({
  params: { peers, topology },
  seed,
  outcome: {
    verdict: 'pass',
    name: 'study',
    seed,
    traceHash: `${peers}${topology}${seed}`,
    peers,
    events: 10,
    healedAtUs: 1_000,
    convergedAt: 1_000 + 10 * Number(seed),
    stretch: 2.00049,
    messages: 10,
    bytes: 1_000,
    steps: 7,
    conflicts: { open: 2, closed: 1 },
    excluded: 0,
    digest: 'd',
    digests: ['d'],
    violations: [],
    missed: [],
    virtualUs: 2_000,
    wallMs: 5,
    peakMemoryBytes: 9,
    ...over,
  },
});

const linesOf = (folder: string, table: string): readonly string[] =>
  readFileSync(join(folder, table), 'utf8').trimEnd().split('\n');

describe('the folder of a sweep', () => {
  test('has its rows in the order of the values and of the seeds, in whatever order they came', async () => {
    const folder = temporaryFolder();
    const sweep = await SweepFolder.enter(folder, HEAD);
    await sweep.add(run(3, 'full', '10'));
    await sweep.add(run(3, 'full', '9'));
    await sweep.add(run(20, 'full', '9'));
    await sweep.add(
      run(3, 'ring', '9', { convergedAt: null, stretch: null, verdict: 'fail', digests: ['d', 'e'] }),
    );
    await sweep.writeResults();
    expect(linesOf(folder, 'sweep.csv')).toEqual([
      'peers,topology,seed,verdict,trace_hash,converged_after_us,stretch,events,messages,bytes,messages_per_peer,' +
        'bytes_per_peer,conflicts_open,conflicts_closed,excluded,digests,steps,peak_memory_bytes,wall_ms',
      '20,full,9,pass,20full9,90,2,10,10,1000,0.5,50,2,1,0,1,7,9,5',
      '3,ring,9,fail,3ring9,inf,,10,10,1000,3.333,333.333,2,1,0,2,7,9,5',
      '3,full,9,pass,3full9,90,2,10,10,1000,3.333,333.333,2,1,0,1,7,9,5',
      '3,full,10,pass,3full10,100,2,10,10,1000,3.333,333.333,2,1,0,1,7,9,5',
    ]);
    const summary = linesOf(folder, 'summary.csv');
    expect(summary[0]).toBe('peers,topology,metric,n,median,low95,high95');
    expect(summary).toContain('3,ring,converged_after_us,1,inf,,');
    expect(summary).toContain('3,full,converged_after_us,2,95,,');
    // Nothing has a stretch where nothing was seen.
    expect(summary.filter((line) => line.startsWith('3,ring,stretch'))).toEqual([]);
  });

  test('takes each run once, and none that went otherwise', async () => {
    const folder = temporaryFolder();
    const sweep = await SweepFolder.enter(folder, HEAD);
    await sweep.add(run(3, 'full', '1'));
    await sweep.add(run(3, 'full', '1', { wallMs: 99 }));
    expect(linesOf(folder, 'runs.jsonl')).toHaveLength(1);
    await expect(sweep.add(run(3, 'full', '1', { traceHash: 'other' }))).rejects.toMatchObject({
      code: 'sweep_differs',
      message: 'seed 1 with {"peers":3,"topology":"full"} went in two ways',
    });
  });

  test('goes on with more values than it had, and keeps its runs with those that are gone', async () => {
    const folder = temporaryFolder();
    await (await SweepFolder.enter(folder, HEAD)).add(run(20, 'ring', '1'));
    const [, topology] = HEAD.parameters;
    const parameters = [{ name: 'peers', values: [5, 3] }, ...(topology === undefined ? [] : [topology])];
    const again = await SweepFolder.enter(folder, { ...HEAD, parameters });
    await again.add(run(3, 'ring', '1'));
    await again.add(run(5, 'ring', '1'));
    expect(again.runs.map(({ params }) => params.peers)).toEqual([5, 3, 20]);
    expect((await SweepFolder.read(folder)).head.parameters[0]?.values).toEqual([5, 3, 20]);
  });

  test('goes on after a line that was cut', async () => {
    const folder = temporaryFolder();
    await (await SweepFolder.enter(folder, HEAD)).add(run(3, 'full', '1'));
    appendFileSync(join(folder, 'runs.jsonl'), '{"params":{"pe');
    const again = await SweepFolder.enter(folder, HEAD);
    expect([again.has(run(3, 'full', '1')), again.has(run(3, 'full', '2'))]).toEqual([true, false]);
    await again.add(run(3, 'full', '2'));
    expect((await SweepFolder.read(folder)).runs).toEqual([run(3, 'full', '1'), run(3, 'full', '2')]);
  });
});

test('a median counts runs that never became equal, and has an interval from ten runs on', () => {
  const seeds = Array.from({ length: 10 }, (_, i) => `${i + 1}`);
  const never = (seed: string): Partial<Outcome> => (Number(seed) > 7 ? { convergedAt: null } : {});
  const rows = summaryOf(seeds.map((seed) => run(3, 'full', seed, never(seed))));
  expect(rows.find(({ metric }) => metric === 'converged_after_us')).toEqual({
    params: { peers: 3, topology: 'full' },
    metric: 'converged_after_us',
    n: 10,
    median: 55,
    low: 20,
    high: Number.POSITIVE_INFINITY,
  });
});
