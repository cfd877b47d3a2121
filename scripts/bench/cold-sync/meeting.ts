import { join } from 'node:path';
import { BenchProcess, doJob } from '../frame/bench-process.ts';
import type { Figures } from '../frame/subject.ts';
import type { ReceiverJob, SenderJob, SenderReady } from './jobs.ts';

const worker = (name: string): string => join(import.meta.dirname, `smo-${name}-worker.ts`);

/** Has the device of one folder hand out what it holds, and another one receive it. */
export const meetingOf = async (
  sender: string,
  receiver: Omit<ReceiverJob, keyof SenderReady>,
  execArgv: readonly string[] = [],
): Promise<Figures> => {
  const process = new BenchProcess(worker('sender'), { folder: sender } satisfies SenderJob);
  try {
    const ready = await process.next<SenderReady>();
    return await doJob<Figures>(
      worker('receiver'),
      { ...receiver, ...ready } satisfies ReceiverJob,
      execArgv,
    );
  } finally {
    await process.end();
  }
};
