import type { RebuildListener } from '../api/index.ts';
import type { Progress } from './progress.ts';
import type { Session } from './session.ts';

/**
 * Does something of which making a state anew may be a part, and shows on the terminal how far that is.
 * @param phase what is being done meanwhile, in a few words
 */
export const withRebuildBar = async <Result>(
  session: Session,
  phase: string,
  act: (onRebuild: RebuildListener) => Promise<Result>,
): Promise<Result> => {
  // Loaded when there is something to show, which is seldom.
  let bar: Promise<Progress> | undefined;
  const load = async (): Promise<Progress> => (await import('./progress.ts')).startProgress(session);
  const onRebuild: RebuildListener = (progress) => {
    bar ??= load();
    void bar.then(({ show }) => show({ phase, ...progress }));
  };
  try {
    return await act(onRebuild);
  } finally {
    (await bar)?.stop();
  }
};
