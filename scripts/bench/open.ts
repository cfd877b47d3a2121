/**
 * From the start of a process to a device that is ready, its memory at rest, and what its home takes on the disk beside
 * the records in it: `npm run bench:open`.
 */
import { join } from 'node:path';
import { runBench } from './frame/bench.ts';
import { doJob } from './frame/bench-process.ts';
import type { Subject } from './frame/subject.ts';
import type { Opened, OpenJob } from './open/jobs.ts';
import { fillHome } from './workload/filled-home.ts';
import { folderBytes } from './workload/folder-bytes.ts';
import { openPlainLevel, putOf } from './workload/level.ts';
import { batchesOf, EVENTS_AN_ENTITY, noteDrafts, noteRecords, RECORD_BYTES } from './workload/notes.ts';

const EMPTY = 'empty';

const LEVEL = 'LevelDB alone';

const worker = (name: string): string => join(import.meta.dirname, `open/${name}-worker.ts`);

await runBench({
  name: 'open',
  packages: ['libp2p', 'classic-level'],
  sizes: [{ name: 'events', byDefault: 20_000, least: 100, most: 10_000_000, help: 'events of the home' }],
  async prepare({ sizes: { events = 0 } }, scratch) {
    const [full, empty, level] = ['full', EMPTY, 'level'].map((name) => join(scratch, name)) as [
      string,
      string,
      string,
    ];
    await fillHome(full, events, Math.ceil(events / EVENTS_AN_ENTITY));
    await fillHome(empty, 0, 1);
    await fillLevel(level, events);

    const subject = (name: string, module: string, folder: string): Subject => ({
      name,
      async measure() {
        const { readyMs, restMiB } = await doJob<Opened>(module, { folder } satisfies OpenJob, [
          '--expose-gc',
        ]);
        const bytes = await folderBytes(folder);
        const payload = { diskOfPayload: bytes / (events * RECORD_BYTES) };
        return { readyMs, restMiB, diskMiB: bytes / 2 ** 20, ...(folder !== empty && payload) };
      },
    });

    return {
      groups: [
        {
          title: `A home with ${events.toLocaleString('en')} events of ${RECORD_BYTES} bytes`,
          figures: [
            { key: 'readyMs', title: 'start to ready, ms' },
            { key: 'restMiB', title: 'memory at rest, MiB' },
            { key: 'diskMiB', title: 'disk, MiB', digits: 1 },
            { key: 'diskOfPayload', title: 'disk / payload', digits: 2 },
          ],
          ratios: [
            { figure: 'readyMs', of: EMPTY },
            { figure: 'restMiB', of: EMPTY },
          ],
          subjects: [
            subject('smo-mesh', worker('smo'), full),
            subject(EMPTY, worker('smo'), empty),
            subject(LEVEL, worker('level'), level),
          ],
        },
      ],
    };
  },
});

async function fillLevel(folder: string, events: number): Promise<void> {
  const level = await openPlainLevel(folder);
  let seq = 0;
  for (const records of batchesOf(noteRecords(noteDrafts(events, events)))) {
    const puts = records.map((record) => {
      seq += 1;
      return putOf(seq, record);
    });
    await level.batch(puts, { sync: true });
  }
  await level.close();
}
