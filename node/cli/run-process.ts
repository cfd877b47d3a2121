import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import process from 'node:process';
import type { CliHost } from './context.ts';
import { processIo } from './process-io.ts';
import { runCli } from './program.ts';

/** Runs the command line of this process and ends it with the exit code of the command. */
export const runProcess = async (host: () => Promise<CliHost>): Promise<void> => {
  const exitCode = await runCli({
    argv: process.argv.slice(2),
    io: processIo(),
    host,
    version: packageVersion(),
  });
  // All output has left by now; a handle that a library left open must not keep the process alive.
  process.exit(exitCode);
};

const packageVersion = (): string => {
  const file = findPackageJSON(import.meta.url);
  return file === undefined ? 'unknown' : JSON.parse(readFileSync(file, 'utf8')).version;
};
