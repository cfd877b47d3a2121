/** Puts the same bytes into LevelDB, each put or batch on the disk before it counts: the least that a store can do. */
import { serveJob } from '../frame/serve-job.ts';
import { openPlainLevel, putOf } from '../workload/level.ts';
import { batchesOf, noteDrafts, noteRecords } from '../workload/notes.ts';
import { type AppendJob, timeAppends } from './append-job.ts';

await serveJob<AppendJob>(async (job, tell) => {
  const level = await openPlainLevel(job.folder);
  let seq = 0;
  const figures = await timeAppends(
    job,
    (count) => noteRecords(noteDrafts(count, count)),
    (records) => {
      const puts = records.map((record) => {
        seq += 1;
        return putOf(seq, record);
      });
      return level.batch(puts, { sync: true });
    },
    batchesOf,
  );
  await level.close();
  tell(figures);
});
