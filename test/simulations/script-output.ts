import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import { endWithTest } from '../support/end-with-test.ts';

/** Has Node run a script, with options before it and arguments behind it, and gives what it printed. */
export const scriptOutput = async (...args: readonly string[]): Promise<string> => {
  const running = promisify(execFile)(process.execPath, [...args]);
  endWithTest(running.child);
  return (await running).stdout;
};
