import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { BenchReport } from '../../../scripts/bench/frame/report.ts';
import { endWithTest } from '../../support/end-with-test.ts';
import { COMPILE_CACHE } from '../../support/program.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Each starts a dozen processes: on a machine that is busy with something else that takes its time.
vi.setConfig({ testTimeout: 300_000 });

/** Runs a benchmark once, in the smallest size, as a person would; gives its report. */
const run = async (bench: string, ...args: readonly string[]): Promise<BenchReport> => {
  const folder = temporaryFolder();
  const json = join(folder, 'report.json');
  const script = join(import.meta.dirname, `../../../scripts/bench/${bench}.ts`);
  const child = endWithTest(
    spawn(process.execPath, [script, '--folder', folder, '--json', json, ...args], {
      env: { ...process.env, ...COMPILE_CACHE },
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  return JSON.parse(await readFile(json, 'utf8'));
};

test('appends are measured beside LevelDB', async () => {
  const { groups } = await run('append', '--rounds', '1', '--events', '200', '--single', '10');
  expect(groups.length).toBe(3);
  for (const { rows } of groups) {
    const [ours, level] = rows;
    expect(ours?.subject).toBe('smo-mesh');
    expect(ours?.medians.perS).toBeGreaterThan(0);
    expect(Object.values(ours?.ratios ?? {})[0]).toBeCloseTo(
      (ours?.medians.perS ?? 0) / (level?.medians.perS ?? 0),
      9,
    );
  }
});

test('a cold sync comes to its end, as does the floor', async () => {
  const [group] = (await run('cold-sync', '--rounds', '1', '--events', '200')).groups;
  const names = ['smo-mesh', 'floor', 'floor: the stream alone', 'floor: the work alone'];
  expect(group?.rows.map(({ subject }) => subject)).toEqual(expect.arrayContaining(names));
  for (const { medians, ratios } of group?.rows ?? []) {
    expect(medians.perS).toBeGreaterThan(0);
    expect(medians.peakMiB).toBeGreaterThan(1);
    expect(ratios['perS of floor']).toBeGreaterThan(0);
  }
});

test('what two replicas exchange to find out what each lacks is counted, and kept to', async () => {
  const { groups } = await run('reconnect', '--events', '1000');
  expect(groups.map(({ title }) => title.split(':')[0])).toEqual([
    '1,000 events in 1 log',
    '1,000 events in 10 logs',
  ]);
  const [equal, again, , tail] = groups[0]?.rows ?? [];
  for (const row of [equal, again]) {
    expect(row?.medians).toMatchObject({ tripsToKnow: 1, trips: 1, payload: 0 });
    expect(row?.aim?.held).toBe(true);
  }
  expect(tail?.subject).toBe('100 new events');
  expect(tail?.medians).toMatchObject({ tripsToKnow: 1, trips: 3 });
  expect(tail?.medians.payload).toBeGreaterThan(10_000);
});

test('an append is seen by every device of a mesh', async () => {
  const [group] = (await run('live', '--rounds', '1', '--devices', '3', '--appends', '10')).groups;
  expect(group?.rows.map(({ subject }) => subject)).toEqual(['3 devices']);
  for (const { medians } of group?.rows ?? []) {
    const { otherP50 = 0, otherP99 = 0, allP50 = 0, answeredP50 = 0 } = medians;
    expect(answeredP50).toBeGreaterThan(0);
    expect(otherP50).toBeGreaterThan(0);
    expect(otherP99).toBeGreaterThanOrEqual(otherP50);
    // Nobody has seen it later than all have.
    expect(allP50).toBeGreaterThanOrEqual(otherP50);
  }
});

test('what a difference costs is held against a longer log', async () => {
  const { groups } = await run('growth', '--rounds', '1', '--events', '100,400');
  expect(groups.length).toBe(3);
  for (const { rows } of groups) {
    expect(rows.map(({ subject }) => subject)).toEqual(['100 events', '400 events']);
    for (const { ratios } of rows)
      for (const ratio of Object.values(ratios)) expect(ratio).toBeGreaterThan(0);
  }
  const [short, long] = groups[2]?.rows ?? [];
  // A hundred records of 300 bytes, and little else.
  expect(short?.medians.bytes).toBeGreaterThan(30_000);
  expect(long?.medians.bytes).toBeLessThan(36_000);
});
