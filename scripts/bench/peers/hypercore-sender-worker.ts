/** Hands a hypercore out to whoever connects over TCP. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import Hypercore from 'hypercore';
import { serveJob } from '../frame/serve-job.ts';
import type { PeerSenderJob, PeerSenderReady } from './jobs.ts';

await serveJob<PeerSenderJob>(async ({ folder }, tell) => {
  const core = new Hypercore(folder);
  await core.ready();
  const server = createServer({ noDelay: true }, (socket) => {
    const stream = core.replicate(false);
    for (const end of [socket, stream]) end.on('error', () => undefined);
    socket.pipe(stream).pipe(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  tell({ port, key: core.key.toString('hex') } satisfies PeerSenderReady);
});
