import { join } from 'node:path';
import { BenchProcess, doJob } from '../frame/bench-process.ts';
import { withRoundFolder } from '../frame/scratch.ts';
import type { Figures, Subject } from '../frame/subject.ts';
import type { ColdSyncInput } from './hypercore-subject.ts';
import type { OrbitReceiverJob, OrbitSenderJob, OrbitSenderReady } from './jobs.ts';

const worker = (name: string): string => join(import.meta.dirname, `orbitdb-${name}-worker.ts`);

/** Most entries that are sent: with more a round takes minutes. */
const EVENTS_MAX = 1_000;

/** The cold sync of a database of OrbitDB with the first of the same records. */
export const orbitSubject = (name: string, { file, events, scratch }: ColdSyncInput): Subject => {
  const count = Math.min(events, EVENTS_MAX);
  return {
    name: `${name}, ${count.toLocaleString('en')} events`,
    measure: () =>
      withRoundFolder(scratch, async (folder) => {
        const order: OrbitSenderJob = { folder: join(folder, 'writer'), file, events: count };
        const sender = new BenchProcess(worker('sender'), order);
        try {
          const ready = await sender.next<OrbitSenderReady>();
          const job: OrbitReceiverJob = { ...ready, folder: join(folder, 'reader'), events: count };
          return await doJob<Figures>(worker('receiver'), job);
        } finally {
          await sender.end();
        }
      }),
  };
};
