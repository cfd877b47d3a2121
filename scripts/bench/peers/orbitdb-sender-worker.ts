/** Makes a database of OrbitDB of the first records of a file, and hands it out. */
import { serveJob } from '../frame/serve-job.ts';
import { readRecordFile, recordsOf } from '../workload/record-file.ts';
import type { OrbitSenderJob, OrbitSenderReady } from './jobs.ts';
import { startOrbit } from './orbitdb-node.ts';

await serveJob<OrbitSenderJob>(async ({ folder, file, events }, tell) => {
  const { orbit, libp2p } = await startOrbit(folder);
  const database = await orbit.open('bench', { type: 'events' });
  for await (const records of recordsOf(readRecordFile(file), events)) {
    for (const record of records) await database.add(Buffer.from(record).toString());
  }
  const address = String(libp2p.getMultiaddrs()[0]);
  tell({ address, database: database.address } satisfies OrbitSenderReady);
});
