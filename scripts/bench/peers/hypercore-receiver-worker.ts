/** Downloads all blocks of a hypercore, each of which is verified and stored. Nothing is made of what they say. */
import { once } from 'node:events';
import { connect } from 'node:net';
import Hypercore from 'hypercore';
import { serveJob } from '../frame/serve-job.ts';
import { watchProcess } from '../frame/watch.ts';
import type { PeerReceiverJob } from './jobs.ts';

await serveJob<PeerReceiverJob>(async ({ folder, events, port, key }, tell) => {
  const core = new Hypercore(folder, Buffer.from(key, 'hex'));
  await core.ready();
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const stop = watchProcess();
  const beganMs = performance.now();
  const stream = core.replicate(true);
  for (const end of [socket, stream]) end.on('error', () => undefined);
  socket.pipe(stream).pipe(socket);
  await core.update({ wait: true });
  await core.download({ start: 0, end: core.length }).done();
  const endedMs = performance.now();
  const watched = stop();
  if (core.contiguousLength !== events)
    throw new Error(`${core.contiguousLength} of ${events} blocks have come`);
  await core.close();
  tell({ perS: (1_000 * events) / (endedMs - beganMs), ...watched });
});
