/**
 * Repeats a study: runs the sweep of each scenario file in its folder, and writes the tables to the folder of its
 * results.
 *
 *   node scripts/study.ts [--jobs N] [--seeds N] [FOLDER]
 *
 * Without a folder it is docs/studies/convergence. What was run before is not run again; to begin anew, remove the
 * `runs.jsonl` of the results. Exits with 1 if any run did not pass.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  options: { jobs: { type: 'string' }, seeds: { type: 'string' } },
  allowPositionals: true,
});
const folder = positionals[0] ?? join(root, 'docs/studies/convergence');
const options = Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);

/** Ten thousand devices may need more of a heap than an equal share for each process, unless somebody has said how much. */
const NODE_OPTIONS = `--max-old-space-size=16000 ${process.env.NODE_OPTIONS ?? ''}`.trim();

for (const file of globSync('*.yaml', { cwd: folder }).toSorted()) {
  const name = basename(file, '.yaml');
  console.log(`\n${name}`);
  const out = join(folder, 'results', name);
  const words = ['sim', 'sweep', join(folder, file), '--out', out, '--mode', 'scale', ...options];
  const { status } = spawnSync(process.execPath, [join(root, 'node/cli/main.ts'), ...words], {
    stdio: 'inherit',
    env: { ...process.env, NODE_OPTIONS },
  });
  if (status !== 0) process.exitCode = 1;
}
