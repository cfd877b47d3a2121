/** Opens a database that another process holds, until all of it has come. */
import { once } from 'node:events';
import { multiaddr } from '@multiformats/multiaddr';
import { serveJob } from '../frame/serve-job.ts';
import { watchProcess } from '../frame/watch.ts';
import type { OrbitReceiverJob } from './jobs.ts';
import { startOrbit } from './orbitdb-node.ts';

await serveJob<OrbitReceiverJob>(async ({ folder, events, address, database }, tell) => {
  const { orbit, libp2p } = await startOrbit(folder);
  await libp2p.dial(multiaddr(address));
  const stop = watchProcess();
  const beganMs = performance.now();
  const opened = await orbit.open(database);
  await once(opened.events, 'join');
  const endedMs = performance.now();
  const watched = stop();
  const { length } = await opened.all();
  if (length !== events) throw new Error(`${length} of ${events} entries have come`);
  tell({ perS: (1_000 * events) / (endedMs - beganMs), ...watched });
});
