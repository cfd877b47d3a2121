/** Sends the bytes of a file to whoever opens a stream. */
import type { Stream } from '@libp2p/interface';
import { pEvent } from 'p-event';
import { serveJob } from '../frame/serve-job.ts';
import { readRecordFile } from '../workload/record-file.ts';
import { FLOOR_PROTOCOL, floorNode } from './floor-node.ts';
import type { FloorSenderJob, FloorSenderReady } from './jobs.ts';

const send = async (stream: Stream, file: string): Promise<void> => {
  for await (const part of readRecordFile(file)) {
    stream.send(part);
    while (stream.writableNeedsDrain) await pEvent(stream, 'drain', { rejectionEvents: ['close'] });
  }
  await stream.close();
};

await serveJob<FloorSenderJob>(async ({ file }, tell) => {
  const node = await floorNode(['/ip4/127.0.0.1/tcp/0']);
  await node.handle(FLOOR_PROTOCOL, (stream) => send(stream, file));
  const [address] = node.getMultiaddrs();
  tell({ address: String(address) } satisfies FloorSenderReady);
});
