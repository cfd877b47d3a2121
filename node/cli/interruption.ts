import type { Session } from './session.ts';

/** Aborts at the first Ctrl-C; the second one ends the process at once. */
export const interruption = (
  session: Session,
): { readonly signal: AbortSignal; readonly release: () => void } => {
  const abort = new AbortController();
  const release = session.io.onSignal((signal) => {
    if (abort.signal.aborted) session.io.exitNow(signal === 'SIGINT' ? 130 : 143);
    abort.abort();
  });
  return { signal: abort.signal, release };
};
