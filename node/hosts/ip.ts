import { execFileSync } from 'node:child_process';

/** A command of iproute2 that failed. */
export class IpError extends Error {}

/**
 * Runs a command of iproute2 and gives what it printed.
 * @throws IpError with the first line that it complained with
 */
export const ip = (...args: readonly string[]): string => run('ip', args);

/** Several commands inside a namespace, one after the other, by one process. */
export const ipBatch = (namespace: string, lines: readonly string[]): string =>
  run('ip', ['-n', namespace, '-batch', '-'], lines.join('\n'));

/** `tc` inside a namespace. */
export const tc = (namespace: string, ...args: readonly string[]): string =>
  run('tc', ['-n', namespace, ...args]);

/** Runs a command of iproute2 on what may be gone already; then it gives nothing. */
export const tryIp = (...args: readonly string[]): string => {
  try {
    return ip(...args);
  } catch (error) {
    if (!(error instanceof IpError)) throw error;
    return '';
  }
};

const run = (program: string, args: readonly string[], input = ''): string => {
  try {
    return execFileSync(program, args, { input, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    const [line] = stderr.trim().split('\n');
    throw new IpError(`${program} ${args.join(' ')}: ${line}`);
  }
};
