import { join } from 'node:path';
import { BenchProcess, doJob } from '../frame/bench-process.ts';
import { withRoundFolder } from '../frame/scratch.ts';
import type { Figures, Subject } from '../frame/subject.ts';
import type { FillJob, PeerReceiverJob, PeerSenderJob, PeerSenderReady } from './jobs.ts';

const worker = (name: string): string => join(import.meta.dirname, `hypercore-${name}-worker.ts`);

/** What a cold sync is given. */
export interface ColdSyncInput {
  /** The records that are to be sent. */
  readonly file: string;
  readonly events: number;
  readonly scratch: string;
}

/** The cold sync of a hypercore that holds the same records as its blocks. */
export const hypercoreSubject = async (
  name: string,
  { file, events, scratch }: ColdSyncInput,
): Promise<Subject> => {
  const filled = join(scratch, name);
  await doJob(worker('fill'), { folder: filled, file } satisfies FillJob);
  return {
    name,
    measure: () =>
      withRoundFolder(scratch, async (folder) => {
        const sender = new BenchProcess(worker('sender'), { folder: filled } satisfies PeerSenderJob);
        try {
          const ready = await sender.next<PeerSenderReady>();
          const job: PeerReceiverJob = { ...ready, folder: join(folder, 'core'), events };
          return await doJob<Figures>(worker('receiver'), job);
        } finally {
          await sender.end();
        }
      }),
  };
};
