import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder for the tests of one file, gone when they are over. */
export const testFiles = () => {
  const folder = mkdtempSync(join(tmpdir(), 'smo-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    /** Writes a file; returns its path. */
    write(name: string, text: string | Uint8Array): string {
      const file = join(folder, name);
      writeFileSync(file, text);
      return file;
    },
  };
};
