import cliProgress from 'cli-progress';
import type { DemoProgress } from './context.ts';
import type { Session } from './session.ts';

export interface Progress {
  readonly show: (progress: DemoProgress) => void;
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
  bar.start(1, 0, { phase: '' });
  return {
    show: ({ phase, done, total }) => {
      bar.setTotal(total);
      bar.update(done, { phase });
    },
    stop: () => bar.stop(),
  };
};
