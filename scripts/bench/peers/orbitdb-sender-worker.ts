/** Makes a database of OrbitDB of the first records of a file, and hands it out. */
import { serveJob } from '../frame/serve-job.ts';
import { RecordSplitter, readRecordFile } from '../workload/record-file.ts';
import type { OrbitSenderJob, OrbitSenderReady } from './jobs.ts';
import { startOrbit } from './orbitdb-node.ts';

await serveJob<OrbitSenderJob>(async ({ folder, file, events }, tell) => {
  const { orbit, libp2p } = await startOrbit(folder);
  const database = await orbit.open('bench', { type: 'events' });
  const splitter = new RecordSplitter();
  let left = events;
  for await (const part of readRecordFile(file)) {
    for (const record of splitter.push(part).slice(0, left)) {
      await database.add(Buffer.from(record).toString());
      left -= 1;
    }
    if (left === 0) break;
  }
  const address = String(libp2p.getMultiaddrs()[0]);
  tell({ address, database: database.address } satisfies OrbitSenderReady);
});
