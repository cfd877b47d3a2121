/** Adds the same bytes to a database of OrbitDB, one at a time: it knows no batches. */

import { type AppendJob, timeAppends } from '../append/append-job.ts';
import { serveJob } from '../frame/serve-job.ts';
import { batchesOf, noteDrafts, noteRecords } from '../workload/notes.ts';
import { startOrbit } from './orbitdb-node.ts';

await serveJob<AppendJob>(async (job, tell) => {
  const { orbit } = await startOrbit(job.folder);
  const database = await orbit.open('bench', { type: 'events' });
  const figures = await timeAppends(
    job,
    (count) => noteRecords(noteDrafts(count, count)).map((record) => Buffer.from(record).toString()),
    async (texts) => {
      for (const text of texts) await database.add(text);
    },
    batchesOf,
  );
  tell(figures);
});
