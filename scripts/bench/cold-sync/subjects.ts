import { join } from 'node:path';
import { BenchProcess, doJob } from '../frame/bench-process.ts';
import { withRoundFolder } from '../frame/scratch.ts';
import type { Figures, Subject } from '../frame/subject.ts';
import { copyHome, fillHome } from '../workload/filled-home.ts';
import { EVENTS_AN_ENTITY } from '../workload/notes.ts';
import { writeRecordFile } from '../workload/record-file.ts';
import type { FloorPart, FloorReceiverJob, FloorSenderJob, FloorSenderReady } from './jobs.ts';
import { meetingOf } from './meeting.ts';

const worker = (name: string): string => join(import.meta.dirname, `floor-${name}-worker.ts`);

/** What there is to be received, of which every round takes a copy. */
export interface ColdSyncSource {
  readonly scratch: string;
  /** Folder of the home that holds it. */
  readonly filled: string;
  /** The same records in one file. */
  readonly file: string;
  readonly records: number;
}

/** Makes a home with so many events. */
export const coldSyncSource = async (scratch: string, events: number): Promise<ColdSyncSource> => {
  const filled = join(scratch, 'filled');
  const { home } = await fillHome(filled, events, Math.ceil(events / EVENTS_AN_ENTITY));
  const file = join(scratch, 'records');
  const { records } = await writeRecordFile(home, file);
  return { scratch, filled, file, records };
};

/** One round of ours. */
export const receiveAll = (
  { scratch, filled, records }: ColdSyncSource,
  execArgv: readonly string[] = [],
): Promise<Figures> =>
  withRoundFolder(scratch, async (folder) => {
    const writer = join(folder, 'writer');
    await copyHome(filled, writer);
    // One event more than the records: the one that lets the device in.
    const reader = { folder: join(folder, 'reader'), member: false, events: records + 1 };
    return meetingOf(writer, reader, execArgv);
  });

/** The least that a device can do with the same, or one part of that. */
export const floorSubject = (
  { scratch, file, records }: ColdSyncSource,
  name: string,
  part: FloorPart,
): Subject => ({
  name,
  measure: () =>
    withRoundFolder(scratch, async (folder) => {
      const sender = new BenchProcess(worker('sender'), { file } satisfies FloorSenderJob);
      try {
        const { address } = await sender.next<FloorSenderReady>();
        const job: FloorReceiverJob = { folder, part, events: records, address, file };
        return await doJob<Figures>(worker('receiver'), job);
      } finally {
        await sender.end();
      }
    }),
});
