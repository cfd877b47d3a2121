import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders whose files take minutes: begun last, they would keep one worker busy long after the others are done. */
const LONG = ['test/e2e/hostile/', 'test/e2e/hosts/', 'test/e2e/cli/', 'test/simulations/'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((folder) => moduleId.includes(folder));
      return at < 0 ? LONG.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

/** The tests that start the program have it built first. */
const E2E = 'test/e2e/**/*.test.ts';

/**
 * Files that replace a module for themselves. They have their modules to themselves; all others share those that a worker
 * has loaded, which is a fifth of the processor time less.
 */
const REPLACING = globSync('test/**/*.test.ts', { cwd: import.meta.dirname }).filter((file) =>
  readFileSync(join(import.meta.dirname, file), 'utf8').includes('vi.mock('),
);

export default defineConfig({
  test: {
    /** One more than a small machine has cores, as the tests that start devices wait for a quarter of their time. */
    maxWorkers: 3,
    isolate: false,
    testTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'e2e',
          include: [E2E],
          globalSetup: 'test/support/build-program.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'in-process',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, E2E, ...REPLACING],
        },
      },
      {
        extends: true,
        test: {
          name: 'replacing',
          include: REPLACING,
          isolate: true,
        },
      },
    ],
  },
});
