import { lstat, unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { SmoError } from '../../protocol/fault/index.ts';

/** Socket files are made with the rights of their owner alone: 0777 less this is 0600 (sockets have no x). */
const OWNER_ONLY_UMASK = 0o177;

/**
 * Starts listening on a local socket path. A socket file that nobody answers on was left by a process that
 * died, and is replaced. The caller holds the lock of the home, so no other process replaces it meanwhile.
 *
 * @throws SmoError `home_in_use` when somebody answers there, `socket_path_taken` when a file that is no
 *   socket stands there, `socket_failed` when the system refuses.
 */
export const claimSocket = async (server: Server, path: string): Promise<void> => {
  try {
    await listenPrivately(server, path);
    return;
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw socketFailed(path, error);
  }
  if (await isAnswered(path)) throw homeInUse(path);
  await removeStale(path);
  await listenPrivately(server, path).catch((error) => {
    throw codeOf(error) === 'EADDRINUSE' ? homeInUse(path) : socketFailed(path, error);
  });
};

/**
 * Whether a process accepts connections on a local socket path.
 *
 * @throws SmoError `socket_denied` when this user may not connect there.
 */
export const isAnswered = async (path: string): Promise<boolean> => {
  const socket = connect(path);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTSOCK') return false;
    if (code === 'EACCES' || code === 'EPERM') {
      throw new SmoError(
        'socket_denied',
        `no permission to reach the device at ${path}`,
        'Run the command as the user whose device it is.',
      );
    }
    // A full queue of pending connections (EAGAIN) and the like: somebody is there.
    return true;
  } finally {
    socket.destroy();
  }
};

/** libuv binds within the call of listen(), so the umask never holds for anything else in this process. */
const listenPrivately = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    const umask = process.umask(OWNER_ONLY_UMASK);
    try {
      server.listen(path, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      process.umask(umask);
    }
  });

const removeStale = async (path: string): Promise<void> => {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return;
  if (!stats.isSocket()) {
    throw new SmoError(
      'socket_path_taken',
      `${path} is in the way: it is no socket`,
      'Move it elsewhere and start again.',
    );
  }
  await unlink(path);
};

const homeInUse = (path: string): SmoError =>
  new SmoError(
    'home_in_use',
    `another process already serves this home at ${path}`,
    'Stop that one first, or leave it running: commands reach it by themselves.',
  );

const socketFailed = (path: string, error: unknown): SmoError =>
  new SmoError(
    'socket_failed',
    `cannot listen on ${path}: ${error instanceof Error ? error.message : String(error)}`,
    'Check that its folder exists and can be written to.',
  );

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;
