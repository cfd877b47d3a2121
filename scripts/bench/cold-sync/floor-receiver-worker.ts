/**
 * The least that a device can do with events that it receives: one stream of libp2p brings their bytes, each is hashed
 * and parsed once, and put into LevelDB in batches of which the last is synced. No order, no signature, no state.
 */
import { hash } from 'node:crypto';
import { multiaddr } from '@multiformats/multiaddr';
import { serveJob } from '../frame/serve-job.ts';
import { watchProcess } from '../frame/watch.ts';
import { openPlainLevel, type PlainLevel, type Put, putOf } from '../workload/level.ts';
import { BATCH } from '../workload/notes.ts';
import { readRecordFile, recordsOf } from '../workload/record-file.ts';
import { FLOOR_PROTOCOL, floorNode } from './floor-node.ts';
import type { FloorReceiverJob } from './jobs.ts';

const SHA256_BYTES = 32;

/** Takes the records one by one; what it gives resolves when the last one is on the disk. */
const workOn = async (records: AsyncIterable<readonly Uint8Array[]>, level: PlainLevel): Promise<number> => {
  let batch: Put[] = [];
  let [count, sound] = [0, 0];
  // One batch is written while the next one is made.
  let writing = Promise.resolve();
  for await (const list of records) {
    for (const record of list) {
      const digest = hash('sha256', record, 'buffer');
      const body = Buffer.from(record.buffer, record.byteOffset + 1, record.length - 1);
      const { type } = JSON.parse(body.toString());
      if (digest.length === SHA256_BYTES && typeof type === 'string') sound += 1;
      count += 1;
      batch.push(putOf(count, record));
      if (batch.length < BATCH) continue;
      await writing;
      writing = level.batch(batch, { sync: false });
      batch = [];
    }
  }
  await writing;
  await level.batch(batch, { sync: true });
  if (sound !== count) throw new Error(`${count - sound} of ${count} records are no events`);
  return count;
};

const countOf = async (records: AsyncIterable<readonly Uint8Array[]>): Promise<number> => {
  let count = 0;
  for await (const list of records) count += list.length;
  return count;
};

await serveJob<FloorReceiverJob>(async ({ folder, part, events, address, file }, tell) => {
  const level = await openPlainLevel(folder);
  const node = await floorNode([]);
  const connection = part === 'work' ? undefined : await node.dial(multiaddr(address));
  const stop = watchProcess();
  const beganMs = performance.now();
  const parts = (await connection?.newStream(FLOOR_PROTOCOL)) ?? readRecordFile(file);
  const records = recordsOf(parts, events);
  const count = await (part === 'stream' ? countOf(records) : workOn(records, level));
  const endedMs = performance.now();
  const watched = stop();
  if (count !== events) throw new Error(`${count} of ${events} records have come`);
  await level.close();
  tell({ perS: (1_000 * count) / (endedMs - beganMs), ...watched });
});
