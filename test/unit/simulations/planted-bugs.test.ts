import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planted, scenarioPath } from '../../../scripts/selftest/planted-bug.ts';
import { PLANTED_BUGS } from '../../../scripts/selftest/planted-bugs.ts';
import { loadScenario } from '../../../simulations/index.ts';

const ROOT = join(import.meta.dirname, '../../..');

const sourceOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

describe('a planted bug', () => {
  test.each(PLANTED_BUGS)('$name has its one place in the source, and changes it', (bug) => {
    const source = sourceOf(bug.file);
    expect(bug.file).toMatch(/^protocol\//);
    expect(planted(bug, source)).not.toBe(source);
  });

  test.each(PLANTED_BUGS)('$name names scenarios that there are', ({ scenarios }) => {
    for (const scenario of scenarios) expect(loadScenario(scenarioPath(scenario)).peers).not.toBe(0);
  });

  test('is refused where its place is not there, or there twice', () => {
    const bug = { ...PLANTED_BUGS[0], name: 'some', about: '', file: 'some.ts', find: 'a', replace: 'b' };
    const some = { ...bug, scenarios: ['even-split'] as const };
    expect(planted(some, 'xay')).toBe('xby');
    expect(() => planted(some, 'x')).toThrow('needs one place in some.ts, and there are 0');
    expect(() => planted(some, 'aa')).toThrow('there are 2');
  });

  test('has a name of its own, and there are enough of them', () => {
    expect(new Set(PLANTED_BUGS.map(({ name }) => name)).size).toBe(PLANTED_BUGS.length);
    expect(PLANTED_BUGS.length).toBeGreaterThanOrEqual(15);
  });
});
