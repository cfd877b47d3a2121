/**
 * All benchmarks one after the other, each in a process of its own, in small sizes unless told otherwise: `npm run bench`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { readArgs } from '../read-args.ts';
import { type BenchOptions, readOptions, type SizeOption, usageOf } from './frame/options.ts';
import { withScratch } from './frame/scratch.ts';

const BENCHES = ['append', 'cold-sync', 'open', 'query'] as const;

const SIZES: readonly SizeOption[] = [
  { name: 'events', byDefault: 20_000, least: 1_000, most: 10_000_000, help: 'events of each' },
];

const options = readArgs(
  (args) => readOptions(args, { sizes: SIZES }),
  usageOf('npm run bench', { sizes: SIZES }),
);
process.exitCode =
  options === undefined ? 1 : await withScratch(options.folder, (dir) => runAll(options, dir));

/** The exit code: that of the first benchmark that has failed. */
async function runAll({ rounds, sizes, folder, json }: BenchOptions, scratch: string): Promise<number> {
  const reports: unknown[] = [];
  for (const bench of BENCHES) {
    const report = join(scratch, `${bench}.json`);
    const args = Object.entries({ ...sizes, rounds, folder, json: report }).flatMap(([name, value]) => [
      `--${name}`,
      String(value),
    ]);
    const child = spawn(process.execPath, [join(import.meta.dirname, `${bench}.ts`), ...args], {
      stdio: 'inherit',
    });
    const [code] = await once(child, 'exit');
    if (code !== 0) return code ?? 1;
    reports.push(JSON.parse(await readFile(report, 'utf8')));
    console.log();
  }
  if (json !== undefined) await writeFile(json, `${JSON.stringify(reports, null, 2)}\n`);
  return 0;
}
