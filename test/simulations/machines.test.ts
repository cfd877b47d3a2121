import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { scriptOutput } from './script-output.ts';

const SCRIPT = resolve(import.meta.dirname, 'print-trace.ts');

/** What keeps Node from compiling anything: what is left is the interpreter. */
const INTERPRETED = ['--no-opt', '--no-maglev', '--no-sparkplug'];

const traceOf = (options: readonly string[], scenario: string): Promise<string> =>
  scriptOutput(...options, SCRIPT, scenario, '7');

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
