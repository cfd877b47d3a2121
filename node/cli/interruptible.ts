import type { Session } from './session.ts';

/** Does something that a first Ctrl-C ends where it can be ended, and a second one at once. */
export const interruptible = async <Result>(
  session: Session,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> => {
  const abort = new AbortController();
  const release = session.io.onSignal((signal) => {
    if (abort.signal.aborted) session.io.exitNow(signal === 'SIGINT' ? 130 : 143);
    abort.abort();
  });
  try {
    return await work(abort.signal);
  } finally {
    release();
  }
};
