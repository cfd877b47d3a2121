import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SimSweep, SimSweepInput } from '../../node/cli/index.ts';
import { simulator } from '../../node/simulator/index.ts';
import { readRunFolder } from '../../node/simulator/run-folder.ts';
import { median, type Outcome } from '../../simulations/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const STUDY = `name: study
peers: 3
phases: { setup: 5s, chaos: 5s, quiet: 1s }
workload: { events: 9 }
faults:
  - { kind: partition, during: 1s to 5s }
sweep:
  peers: [3, 4]
  links.lossPermille: [0, 100]
`;

const studyIn = (folder: string, text = STUDY): string => {
  const file = join(folder, 'study.yaml');
  writeFileSync(file, text);
  return file;
};

type Input = Partial<SimSweepInput> & { readonly folder: string };

const sweep = (scenario: string, { folder, ...input }: Input): Promise<SimSweep> =>
  simulator.sweep({
    scenario,
    seed: 1n,
    seeds: 2,
    shard: { number: 1, of: 1 },
    jobs: 1,
    mode: 'exact',
    out: () => folder,
    version: '1.2.3',
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onOutcome: async () => undefined,
    ...input,
  });

/** The rows of a table, without what depends on the machine. */
const rowsOf = (folder: string, table: string): readonly string[] => {
  const lines = readFileSync(join(folder, table), 'utf8').trimEnd().split('\n');
  if (table === 'sweep.csv') return lines.map((line) => line.split(',').slice(0, -2).join(','));
  return lines.filter((line) => !/,(peak_memory_bytes|wall_ms),/.test(line));
};

const tables = (folder: string) => ['sweep.csv', 'summary.csv'].map((table) => rowsOf(folder, table));

describe('a sweep', { timeout: 120_000 }, () => {
  test('is the same in one piece, in parts that are merged, and after it was interrupted', async () => {
    const root = temporaryFolder();
    const file = studyIn(root);
    const [whole, again, all] = [join(root, 'whole'), join(root, 'again'), join(root, 'all')];
    const { points, left, summary } = await sweep(file, { folder: whole, jobs: 2 });
    expect([points.length, left]).toEqual([4, 0]);
    const [head, ...rows] = rowsOf(whole, 'sweep.csv');
    expect(head).toMatch(
      /^peers,links\.lossPermille,seed,verdict,trace_hash,converged_after_us,stretch,events,/,
    );
    expect(rows.map((row) => row.split(',').slice(0, 4).join(' '))).toEqual(
      ['3 0', '3 100', '4 0', '4 100'].flatMap((values) => [`${values} 1 pass`, `${values} 2 pass`]),
    );
    const own = rows.filter((row) => row.startsWith('4,100,')).map((row) => Number(row.split(',')[5]));
    const row = summary.find(
      ({ params, metric }) =>
        params.peers === 4 && params['links.lossPermille'] === 100 && metric === 'converged_after_us',
    );
    expect(row).toMatchObject({ n: 2, median: median(own), low: null, high: null });
    expect(rowsOf(whole, 'summary.csv')).toContain(`4,100,converged_after_us,2,${median(own)},,`);

    const parts = [1, 2, 3].map((number) => join(root, `part-${number}`));
    for (const [i, folder] of parts.entries()) await sweep(file, { folder, shard: { number: i + 1, of: 3 } });
    expect(parts.map((part) => rowsOf(part, 'sweep.csv').length - 1)).toEqual([3, 3, 2]);
    await simulator.merge({ folders: parts, out: all });
    expect(tables(all)).toEqual(tables(whole));

    const abort = new AbortController();
    const onOutcome = async (): Promise<void> => abort.abort();
    const first = await sweep(file, { folder: again, signal: abort.signal, onOutcome });
    expect([first.left, rowsOf(again, 'sweep.csv').length]).toEqual([7, 2]);
    // As a process leaves it that is killed while it writes.
    appendFileSync(join(again, 'runs.jsonl'), '{"params":{"peers":3');
    const ran: string[] = [];
    const rest = await sweep(file, {
      folder: again,
      onOutcome: async ({ peers }, { seed }) => void ran.push(`${peers} ${seed}`),
    });
    expect([ran.length, rest.left]).toEqual([7, 0]);
    expect(tables(again)).toEqual(tables(whole));
  });

  test('keeps the folder of a run that fails, so that it can be replayed', async () => {
    const root = temporaryFolder();
    const file = studyIn(root, STUDY.replace('sweep:', 'assert: { closedConflicts: { min: 99 } }\nsweep:'));
    const failed: (string | undefined)[] = [];
    const folder = join(root, 'sweep');
    const { points } = await sweep(file, {
      folder,
      seeds: 1,
      onOutcome: async (_, __, of) => void failed.push(of),
    });
    expect(points.map((point) => point.failed)).toEqual([1, 1, 1, 1]);
    expect(readdirSync(join(folder, 'failed')).toSorted()).toEqual(['1-1', '2-1', '3-1', '4-1']);
    const { plan } = await readRunFolder(failed[3] ?? '');
    expect(plan.devices).toHaveLength(4);
  });

  test('goes on in no folder of another one', async () => {
    const root = temporaryFolder();
    const folder = join(root, 'sweep');
    const part = { folder, seeds: 1, shard: { number: 1, of: 4 } };
    await sweep(studyIn(root), part);
    await expect(sweep(studyIn(root), { ...part, version: '1.2.4' })).rejects.toMatchObject({
      code: 'sweep_differs',
      message: `${folder} holds a sweep of version 1.2.3, and this is 1.2.4`,
    });
    await expect(sweep(studyIn(root, STUDY.replace('events: 9', 'events: 8')), part)).rejects.toMatchObject({
      code: 'sweep_differs',
      message: expect.stringContaining('another sweep'),
    });
    const empty = join(root, 'empty');
    mkdirSync(empty);
    await expect(simulator.merge({ folders: [folder, empty], out: empty })).rejects.toMatchObject({
      code: 'not_a_sweep',
    });
  });

  test('tells what is wrong with a run as the run would', async () => {
    const root = temporaryFolder();
    // Makes sense with some sizes, and is found out when it is expanded.
    const text = 'name: outside\npeers: 2\noutside: all\n';
    await expect(sweep(studyIn(root, text), { folder: join(root, 's') })).rejects.toMatchObject({
      code: 'scenario_invalid',
      message: expect.stringContaining('none has to be equal'),
    });
  });
});

test('several processes tell the runs of several seeds in order, and as one process does', {
  timeout: 120_000,
}, async () => {
  const file = studyIn(temporaryFolder());
  const runs = async (jobs: number): Promise<readonly Outcome[]> => {
    const outcomes: Outcome[] = [];
    await simulator.run({
      scenario: file,
      seed: 2n ** 64n - 2n,
      seeds: 5,
      jobs,
      mode: 'exact',
      version: '1.2.3',
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onOutcome: async (outcome) => void outcomes.push(outcome),
    });
    return outcomes;
  };
  const [one, three] = [await runs(1), await runs(3)];
  expect(one.map(({ seed }) => seed)).toEqual([
    '18446744073709551614',
    '18446744073709551615',
    '0',
    '1',
    '2',
  ]);
  expect(three.map(({ traceHash }) => traceHash)).toEqual(one.map(({ traceHash }) => traceHash));
});
