import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SmoError } from '../../protocol/fault/index.ts';
import type { NodeApi } from '../api/index.ts';
import { type ControlServer, connectControl, createControlServer } from '../control/index.ts';
import { secureSocketFolder, socketPaths } from '../home/index.ts';

/**
 * The device of a home that runs in another process; undefined when it does not.
 *
 * @throws SmoError `socket_folder_unsafe`, `socket_denied`
 */
export const connectRunning = async (dir: string): Promise<NodeApi | undefined> => {
  const paths = socketPaths(dir);
  for (const path of paths) {
    try {
      if (path !== paths[0]) await access(dirname(path));
      await secureSocketFolder(path);
    } catch (error) {
      if (path === paths[0]) throw error;
      // Nobody listens there, or somebody else does, which is nothing to this home.
      continue;
    }
    const api = await connectControl(path);
    if (api !== undefined) return api;
  }
  return undefined;
};

/**
 * Serves a running device to the commands of its home: at a socket in the home, or, where that cannot be, elsewhere.
 *
 * @param log told when it is elsewhere
 * @throws SmoError `home_in_use`, `socket_path_taken`, `socket_failed`, `socket_folder_unsafe`
 */
export const serveCommands = async (
  api: NodeApi,
  dir: string,
  log: (line: string) => void,
): Promise<ControlServer> => {
  const paths = socketPaths(dir);
  for (const path of paths) {
    const control = createControlServer(api, path);
    try {
      await secureSocketFolder(path);
      await control.start();
      return control;
    } catch (error) {
      if (path === paths.at(-1) || !(error instanceof SmoError && NO_SOCKET_HERE.has(error.code)))
        throw error;
      log(`${error.message}; takes commands at ${paths.at(-1)} instead`);
    }
  }
  throw new RangeError('a home has no place for a socket');
};

/** What a file system says that holds no sockets, or an old one that made a file of one. */
const NO_SOCKET_HERE: ReadonlySet<string> = new Set(['socket_failed', 'socket_path_taken']);
