import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { endWithTest } from '../support/end-with-test.ts';

const SCRIPT = resolve(import.meta.dirname, 'print-trace.ts');

/** What keeps Node from compiling anything: what is left is the interpreter. */
const INTERPRETED = ['--no-opt', '--no-maglev', '--no-sparkplug'];

const traceOf = async (options: readonly string[], scenario: string): Promise<string> => {
  const running = promisify(execFile)(process.execPath, [...options, SCRIPT, scenario, '7']);
  endWithTest(running.child);
  return (await running).stdout;
};

test.each(['even-split', 'everything-at-once'])(
  'the trace of %s is the same whether Node compiles what it runs or not',
  async (scenario) => {
    const [compiled, interpreted] = await Promise.all([
      traceOf([], scenario),
      traceOf(INTERPRETED, scenario),
    ]);
    expect(compiled).toMatch(/^[0-9a-f]{64}$/);
    expect(interpreted).toBe(compiled);
  },
);
