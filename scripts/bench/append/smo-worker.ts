/** Appends to a device that is embedded in this process, as an application would. */
import { initDevice, openDevice } from '../../../node/index.ts';
import { homeIn } from '../../home-place.ts';
import { serveJob } from '../frame/serve-job.ts';
import { batchesOf, EVENTS_AN_ENTITY, noteDrafts } from '../workload/notes.ts';
import { type AppendJob, timeAppends } from './append-job.ts';

await serveJob<AppendJob>(async (job, tell) => {
  const { home, env } = homeIn(job.folder);
  if (job.filled !== true) await initDevice(home, { name: 'bench', spaceName: 'bench' }, env);
  const { api, close } = await openDevice(home, env);
  const make = (count: number) => noteDrafts(count, Math.ceil(count / EVENTS_AN_ENTITY));
  const figures = await timeAppends(job, make, (drafts) => api.append({ drafts }), batchesOf);
  await close();
  tell(figures);
});
