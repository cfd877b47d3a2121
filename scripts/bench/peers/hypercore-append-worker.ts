/** Appends the same bytes to a hypercore as blocks. It counts an append as done before it is on the disk. */
import { join } from 'node:path';
import Hypercore from 'hypercore';
import { type AppendJob, timeAppends } from '../append/append-job.ts';
import { serveJob } from '../frame/serve-job.ts';
import { batchesOf, noteDrafts, noteRecords } from '../workload/notes.ts';

await serveJob<AppendJob>(async (job, tell) => {
  const core = new Hypercore(join(job.folder, 'core'));
  await core.ready();
  const figures = await timeAppends(
    job,
    (count) => noteRecords(noteDrafts(count, count)),
    (records) => core.append(records),
    batchesOf,
  );
  await core.close();
  tell(figures);
});
