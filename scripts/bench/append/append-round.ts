import { join } from 'node:path';
import { doJob } from '../frame/bench-process.ts';
import { withRoundFolder } from '../frame/scratch.ts';
import type { Figures } from '../frame/subject.ts';
import type { AppendJob } from './append-job.ts';

/** Those who append: a device of ours, or LevelDB alone. */
export const APPENDER = {
  smo: join(import.meta.dirname, 'smo-worker.ts'),
  level: join(import.meta.dirname, 'level-worker.ts'),
} as const;

/** One round: a process appends what it is told to, in a new folder. */
export const appendRound = (
  scratch: string,
  worker: string,
  order: Omit<AppendJob, 'folder'>,
  execArgv: readonly string[] = [],
): Promise<Figures> =>
  withRoundFolder(scratch, (folder) =>
    doJob<Figures>(worker, { ...order, folder } satisfies AppendJob, execArgv),
  );
