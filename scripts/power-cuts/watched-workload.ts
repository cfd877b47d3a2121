import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { isMissing } from '../../node/files/index.ts';
import { operationsOf } from './image-folder.ts';
import type { Operation } from './operation.ts';
import { OperationRecorder } from './operation-recorder.ts';
import { SystemCalls } from './system-call.ts';
import type { WorkloadPlace } from './workload.ts';
import type { WorkloadName } from './workloads/index.ts';

const WORKER = join(import.meta.dirname, 'workload-worker.ts');

/** What strace has to tell of: what the recorder understands, and what else changes files, which it then refuses. */
const TRACED_CALLS = [
  ...['openat', 'close', 'write', 'writev', 'pwrite64', 'ftruncate', 'copy_file_range', 'fsync', 'fdatasync'],
  ...['mkdir', 'rename', 'link', 'unlink', 'rmdir', 'unlinkat'],
  ...['open', 'creat', 'pwritev', 'pwritev2', 'truncate', 'fallocate', 'sync', 'syncfs', 'sync_file_range'],
  ...[
    'renameat',
    'renameat2',
    'mkdirat',
    'linkat',
    'symlink',
    'symlinkat',
    'sendfile',
    'dup',
    'dup2',
    'dup3',
  ],
];

/** More than any one write of a workload. */
const LONGEST_WRITE_BYTES = 2 ** 26;

/** What a workload has done to its files. */
export interface WatchedWorkload {
  readonly operations: readonly Operation[];
  /** How many of them were done, and safe, before it began. */
  readonly safe: number;
}

/**
 * Runs a workload, and gives what it did to its files.
 * @throws Error when it fails, or there is no strace to watch it with
 */
export const watchWorkload = async (
  name: WorkloadName,
  { folder, elsewhere }: WorkloadPlace,
): Promise<WatchedWorkload> => {
  const before = operationsOf(folder);
  const trace = join(elsewhere, 'trace');
  await underStrace(trace, [WORKER, name, folder, elsewhere]);
  const recorder = new OperationRecorder(folder, before);
  const calls = new SystemCalls();
  for await (const line of createInterface({ input: createReadStream(trace) })) {
    const call = calls.take(line);
    if (call !== undefined) recorder.take(call);
  }
  return { operations: recorder.operations, safe: before.length };
};

/** Runs a script to its end, and has strace write what it did. */
const underStrace = async (trace: string, script: readonly string[]): Promise<void> => {
  const how = ['-f', '-qq', '-xx', '-s', String(LONGEST_WRITE_BYTES), '--seccomp-bpf'];
  const what = ['-e', `trace=${TRACED_CALLS.join()}`, '-o', trace];
  try {
    await promisify(execFile)('strace', [...how, ...what, process.execPath, ...script]);
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new Error('this takes strace, on Linux: install the package of that name');
  }
};
