import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A new folder that is removed when the test is over. */
export const temporaryFolder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'smo-test-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};
