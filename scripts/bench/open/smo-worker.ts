/** Starts a device as `smo up` does: ready when it listens and answers on its control socket. */
import { enableCompileCache } from 'node:module';
import { homeIn } from '../../home-place.ts';
import { serveJob } from '../frame/serve-job.ts';
import type { Opened, OpenJob } from './jobs.ts';
import { memoryAtRestMiB } from './memory-at-rest.ts';

enableCompileCache();

await serveJob<OpenJob>(async ({ folder }, tell) => {
  // Loaded with the cache, as the command does.
  const { runDevice } = await import('../../../node/index.ts');
  const { keepHeapSmall } = await import('../../../node/host/heap.ts');
  keepHeapSmall();
  const { home, env } = homeIn(folder);
  const stop = new AbortController();
  const ready = Promise.withResolvers<number>();
  const stopped = runDevice(
    home,
    {
      listen: ['/ip4/127.0.0.1/tcp/0'],
      mdns: false,
      dial: [],
      signal: stop.signal,
      log: () => undefined,
      onReady: () => ready.resolve(performance.now()),
    },
    env,
  );
  const readyMs = await Promise.race([ready.promise, stopped.then(() => Number.NaN)]);
  const restMiB = await memoryAtRestMiB();
  stop.abort();
  await stopped;
  tell({ readyMs, restMiB } satisfies Opened);
});
