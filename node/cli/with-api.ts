import type { NodeApi } from '../api/index.ts';
import { withRebuildBar } from './rebuild-bar.ts';
import type { Session } from './session.ts';

/** Opens the home for the length of one use. */
export const withApi = async <T>(session: Session, use: (api: NodeApi) => Promise<T>): Promise<T> => {
  const host = await session.host();
  const opened = await withRebuildBar(session, 'applying what is stored', (onRebuild) =>
    host.open(session.home(), onRebuild),
  );
  try {
    return await use(opened.api);
  } finally {
    await opened.close();
  }
};
