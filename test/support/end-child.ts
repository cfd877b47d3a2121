import type { ChildProcess } from 'node:child_process';

/** How long a process may take to stop before it is killed, in ms. */
const STOP_MS = 5_000;

/** Asks a process to stop and waits until it has; a stop that takes too long becomes a kill. */
export const endChild = async (
  child: ChildProcess,
  closed: Promise<unknown>,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> => {
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await closed;
  clearTimeout(timer);
};
