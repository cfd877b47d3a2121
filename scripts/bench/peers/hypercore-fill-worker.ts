/** Makes a hypercore of the records of a file. */
import Hypercore from 'hypercore';
import { serveJob } from '../frame/serve-job.ts';
import { readRecordFile, recordsOf } from '../workload/record-file.ts';
import type { FillJob } from './jobs.ts';

await serveJob<FillJob>(async ({ folder, file }, tell) => {
  const core = new Hypercore(folder);
  await core.ready();
  for await (const records of recordsOf(readRecordFile(file))) await core.append(records);
  await core.close();
  tell({ blocks: core.length });
});
