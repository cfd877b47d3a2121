/**
 * A device that receives what it lacks of what the other one holds: all, where it is new and joins first. The clock runs
 * from the moment when the two are connected until all events are verified and applied, and an event of its own, which is
 * in the same file behind all of them, is on the disk. The connection must hold until then: each end pings the other one
 * every 10 s, and cuts it when nothing has come for 20 s.
 */
import { keepHeapSmall } from '../../../node/host/heap.ts';
import { joinSpace } from '../../../node/host/join.ts';
import { Network } from '../../../node/host/network.ts';
import { openNetworkFiles } from '../../../node/host/network-files.ts';
import { openDevice } from '../../../node/host/open-device.ts';
import { homeIn } from '../../home-place.ts';
import { serveJob } from '../frame/serve-job.ts';
import { watchProcess } from '../frame/watch.ts';
import { noteDrafts } from '../workload/notes.ts';
import type { ReceiverJob } from './jobs.ts';

const TIMEOUT_MS = 3_600_000;

// As the command `smo up` does.
keepHeapSmall();

await serveJob<ReceiverJob>(async ({ folder, member, ticket, addresses, events }, tell) => {
  const { home, env } = homeIn(folder);
  if (!member) await joinSpace(home, { ticket, name: 'receiver', timeoutMs: TIMEOUT_MS });
  const device = await openDevice(home, env);
  const { host } = device;
  const said: string[] = [];
  const network = new Network(device, {
    listen: ['/ip4/127.0.0.1/tcp/0'],
    dial: addresses,
    mdns: false,
    ...(await openNetworkFiles(device)),
    log: (line) => said.push(line),
    onFailure: (error) => {
      throw error;
    },
  });
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const stop = watchProcess();
  const connected = host
    .until(() => [...host.engine.peers()].length > 0, signal)
    .then(() => performance.now());
  const complete = host.until(() => host.engine.replica.appliedCount >= events, signal);
  await network.start();
  const beganMs = await connected;
  await complete;
  const { bytesIn, bytesOut } = network.state().traffic;
  await host.settled();
  await host.append(noteDrafts(1, 1).map((draft) => ({ draft })));
  const endedMs = performance.now();
  const watched = stop();
  const lost = said.find((line) => line.startsWith('lost '));
  if (lost !== undefined) throw new Error(`the connection did not hold: ${lost}`);
  await network.stop();
  await device.close();
  const ms = endedMs - beganMs;
  tell({ perS: (1_000 * events) / ms, ms, bytes: bytesIn + bytesOut, ...watched });
});
