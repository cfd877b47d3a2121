/** Makes a hypercore of the records of a file. */
import Hypercore from 'hypercore';
import { serveJob } from '../frame/serve-job.ts';
import { RecordSplitter, readRecordFile } from '../workload/record-file.ts';
import type { FillJob } from './jobs.ts';

await serveJob<FillJob>(async ({ folder, file }, tell) => {
  const core = new Hypercore(folder);
  await core.ready();
  const splitter = new RecordSplitter();
  for await (const part of readRecordFile(file)) await core.append(splitter.push(part));
  await core.close();
  tell({ blocks: core.length });
});
