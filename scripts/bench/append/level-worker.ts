/** Puts the same bytes into LevelDB, each put or batch on the disk before it counts: the least that a store can do. */
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { serveJob } from '../frame/serve-job.ts';
import { batchesOf, noteDrafts, noteRecords } from '../workload/notes.ts';
import { type AppendJob, timeAppends } from './append-job.ts';

await serveJob<AppendJob>(async (job, tell) => {
  const level = new ClassicLevel<number, Uint8Array>(join(job.folder, 'level'), {
    keyEncoding: {
      name: 'uint64be',
      format: 'buffer',
      encode(seq: number) {
        const key = Buffer.alloc(8);
        key.writeBigUInt64BE(BigInt(seq));
        return key;
      },
      decode: (key: Buffer) => Number(key.readBigUInt64BE()),
    },
    valueEncoding: 'view',
  });
  await level.open();
  let seq = 0;
  const figures = await timeAppends(
    job,
    (count) => noteRecords(noteDrafts(count, count)),
    (records) => {
      const puts = records.map((value) => {
        seq += 1;
        return { type: 'put' as const, key: seq, value };
      });
      return level.batch(puts, { sync: true });
    },
    batchesOf,
  );
  await level.close();
  tell(figures);
});
