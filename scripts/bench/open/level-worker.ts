/** Opens LevelDB alone and reads one record. */
import { serveJob } from '../frame/serve-job.ts';
import { openPlainLevel, putOf } from '../workload/level.ts';
import type { Opened, OpenJob } from './jobs.ts';
import { memoryAtRestMiB } from './memory-at-rest.ts';

await serveJob<OpenJob>(async ({ folder }, tell) => {
  const level = await openPlainLevel(folder);
  const { key } = putOf(1, new Uint8Array());
  if ((await level.get(key)) === undefined) throw new Error('the first record is missing');
  const readyMs = performance.now();
  const restMiB = await memoryAtRestMiB();
  await level.close();
  tell({ readyMs, restMiB } satisfies Opened);
});
