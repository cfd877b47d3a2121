import type { Server } from 'node:http';
import type { NodeApi } from '../api/index.ts';
import { claimSocket } from './socket-claim.ts';

/** Serves a running device to the commands of its home. */
export interface ControlServer {
  readonly socketPath: string;
  /**
   * Listens; resolves when clients can connect.
   *
   * @throws SmoError `home_in_use`, `socket_path_taken` or `socket_failed`.
   */
  start(): Promise<void>;
  /** Takes no more calls, ends streams with `device_stopped`, and is done within a second. Idempotent. */
  stop(): Promise<void>;
}

/** How long calls that are under way may go on once the server stops. */
const STOP_GRACE_MS = 800;

/**
 * A control server for a node on a local socket (a named pipe on Windows). On Unix the socket has mode 0600
 * from its first moment on. One server is started once.
 */
export const createControlServer = (api: NodeApi, socketPath: string): ControlServer => {
  const stopping = new AbortController();
  const active = new Set<Promise<void>>();
  let server: Server | undefined;
  let stopped: Promise<void> | undefined;

  const start = async (): Promise<void> => {
    // Loaded here, so that the commands that only look for a running device do not wait for HTTP.
    const [{ createServer }, { answer }] = await Promise.all([import('./http.ts'), import('./answer.ts')]);
    const http = createServer((request, response) => {
      const done = answer(api, request, response, stopping.signal).finally(() => active.delete(done));
      active.add(done);
    });
    // A client that comes back after a pause must not meet a connection that ends at just that moment.
    http.keepAliveTimeout = 0;
    await claimSocket(http, socketPath);
    server = http;
  };

  const stop = async (): Promise<void> => {
    stopping.abort();
    if (server === undefined) return;
    const closed = new Promise<unknown>((resolve) => server?.close(resolve));
    await settledWithin([...active], STOP_GRACE_MS);
    server.closeAllConnections();
    await closed;
  };

  return {
    socketPath,
    start,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
};

/** Waits until all have settled, at most so long. */
const settledWithin = async (promises: readonly Promise<void>[], timeoutMs: number): Promise<void> => {
  const { promise: timeout, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeoutMs);
  await Promise.race([Promise.allSettled(promises), timeout]);
  clearTimeout(timer);
};
