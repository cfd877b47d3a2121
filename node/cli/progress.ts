import cliProgress from 'cli-progress';
import type { Session } from './session.ts';
import type { WorkProgress } from './work-progress.ts';

export interface Progress {
  readonly show: (progress: WorkProgress) => void;
  /** Clears the bar away, before anything else is printed; the next `show` brings it back. */
  readonly stop: () => void;
}

/** A progress bar on the terminal; without a terminal, or for programs, nothing. */
export const startProgress = (session: Session): Progress => {
  const { terminal } = session.io;
  if (terminal === undefined || session.json) return { show: () => undefined, stop: () => undefined };
  const bar = new cliProgress.SingleBar({
    stream: terminal,
    format: '{bar} {percentage}%  {phase}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
  });
  return {
    show: ({ phase, done, total }) => {
      if (!bar.isActive) bar.start(total, 0, { phase });
      bar.setTotal(total);
      bar.update(done, { phase });
    },
    stop: () => bar.stop(),
  };
};
