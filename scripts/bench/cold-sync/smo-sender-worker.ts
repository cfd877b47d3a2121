/** A device that is up and lets another one in. */
import { runDevice } from '../../../node/index.ts';
import { homeIn } from '../../home-place.ts';
import { serveJob } from '../frame/serve-job.ts';
import type { SenderJob, SenderReady } from './jobs.ts';

const EXPIRES_IN_MS = 60_000;

await serveJob<SenderJob>(async ({ folder }, tell) => {
  const { home, env } = homeIn(folder);
  await runDevice(
    home,
    {
      listen: ['/ip4/127.0.0.1/tcp/0'],
      mdns: false,
      dial: [],
      signal: new AbortController().signal,
      log: () => undefined,
      onReady: async ({ api, addresses }) => {
        const { ticket } = await api.invite({ role: 'writer', expiresInMs: EXPIRES_IN_MS });
        tell({ ticket, addresses } satisfies SenderReady);
      },
    },
    env,
  );
});
