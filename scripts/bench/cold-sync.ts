/**
 * A new device receives all that another process holds, over libp2p on the loopback interface, beside the floor: the
 * same bytes over one stream of libp2p, each event hashed, parsed and put once. `npm run bench:cold-sync`.
 */
import { join } from 'node:path';
import type { FloorPart, FloorReceiverJob, FloorSenderJob, FloorSenderReady } from './cold-sync/jobs.ts';
import { meetingOf } from './cold-sync/meeting.ts';
import { runBench } from './frame/bench.ts';
import { BenchProcess, doJob } from './frame/bench-process.ts';
import { profiled } from './frame/cpu-profile.ts';
import { CPU_PROF } from './frame/options.ts';
import { withRoundFolder } from './frame/scratch.ts';
import type { Figures, Subject } from './frame/subject.ts';
import { hypercoreSubject } from './peers/hypercore-subject.ts';
import { howToInstall, isInstalled } from './peers/installed.ts';
import { orbitSubject } from './peers/orbitdb-subject.ts';
import { copyHome, fillHome } from './workload/filled-home.ts';
import { EVENTS_AN_ENTITY, RECORD_BYTES } from './workload/notes.ts';
import { writeRecordFile } from './workload/record-file.ts';

const FLOOR = 'floor';

const HYPERCORE = 'hypercore';

const ORBITDB = '@orbitdb/core';

const worker = (name: string): string => join(import.meta.dirname, `cold-sync/${name}-worker.ts`);

await runBench({
  name: 'cold-sync',
  packages: [
    'libp2p',
    '@chainsafe/libp2p-noise',
    '@chainsafe/libp2p-yamux',
    'classic-level',
    HYPERCORE,
    ORBITDB,
  ],
  sizes: [{ name: 'events', byDefault: 20_000, least: 100, most: 10_000_000, help: 'events to receive' }],
  texts: [CPU_PROF],
  async prepare({ sizes: { events = 0 }, texts }, scratch) {
    const profiles = texts[CPU_PROF.name];
    const filled = join(scratch, 'filled');
    const { home } = await fillHome(filled, events, Math.ceil(events / EVENTS_AN_ENTITY));
    const file = join(scratch, 'records');
    const { records } = await writeRecordFile(home, file);

    const receive = (execArgv: readonly string[] = []): Promise<Figures> =>
      withRoundFolder(scratch, async (folder) => {
        const writer = join(folder, 'writer');
        await copyHome(filled, writer);
        // One event more than the records: the one that lets the device in.
        const reader = { folder: join(folder, 'reader'), member: false, events: records + 1 };
        return meetingOf(writer, reader, execArgv);
      });

    const floor = (name: string, part: FloorPart): Subject => ({
      name,
      measure: () =>
        withRoundFolder(scratch, async (folder) => {
          const sender = new BenchProcess(worker('floor-sender'), { file } satisfies FloorSenderJob);
          try {
            const { address } = await sender.next<FloorSenderReady>();
            const job: FloorReceiverJob = { folder, part, events: records, address, file };
            return await doJob<Figures>(worker('floor-receiver'), job);
          } finally {
            await sender.end();
          }
        }),
    });

    const withPeer = isInstalled(HYPERCORE);
    return {
      missing: [HYPERCORE, ORBITDB].filter((peer) => !isInstalled(peer)).map(howToInstall),
      ...(profiles !== undefined && {
        after: () => profiled(profiles, receive),
      }),
      groups: [
        {
          title: `A new device receives ${events.toLocaleString('en')} events of ${RECORD_BYTES} bytes`,
          figures: [
            { key: 'perS', title: 'events/s' },
            { key: 'stallMs', title: 'longest stall, ms' },
            { key: 'peakMiB', title: 'peak memory, MiB' },
          ],
          ratios: [FLOOR, ...(withPeer ? [HYPERCORE] : [])].map((of) => ({ figure: 'perS', of })),
          subjects: [
            { name: 'smo-mesh', measure: () => receive() },
            floor(FLOOR, 'all'),
            floor('floor: the stream alone', 'stream'),
            floor('floor: the work alone', 'work'),
            ...(withPeer ? [await hypercoreSubject(HYPERCORE, { file, events: records, scratch })] : []),
            ...(isInstalled(ORBITDB) ? [orbitSubject('OrbitDB', { file, events: records, scratch })] : []),
          ],
        },
      ],
    };
  },
});
