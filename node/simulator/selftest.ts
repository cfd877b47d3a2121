import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { SmoError } from '../../protocol/fault/index.ts';
import type { SimBug, SimSelftestInput, WorkProgress } from '../cli/index.ts';

/** What the thread that hunts is to do. */
export interface SelftestOrder {
  readonly bug: string | undefined;
  readonly seeds: number;
}

/** What it tells. */
export type SelftestMessage =
  | { readonly type: 'progress'; readonly progress: WorkProgress }
  | { readonly type: 'bug'; readonly bug: SimBug }
  | { readonly type: 'no-such-bug'; readonly bugs: readonly string[] };

/**
 * Hunts bugs that are planted into the engine. They are in the repository alone, not in what is installed, and are
 * planted in its source while that is read.
 *
 * @throws SmoError `needs_checkout`, `bug_not_found`
 */
export const selftest = async ({ bug, seeds, onProgress, onBug }: SimSelftestInput): Promise<void> => {
  const order: SelftestOrder = { bug, seeds };
  const worker = new Worker(workerFile(), { workerData: order, execArgv: [] });
  let told = Promise.resolve();
  worker.on('message', (message: SelftestMessage) => {
    if (message.type === 'progress') onProgress(message.progress);
    else told = told.then(() => (message.type === 'bug' ? onBug(message.bug) : refuse(bug, message.bugs)));
    // Whoever waits for the end learns of it.
    told.catch(() => void worker.terminate());
  });
  try {
    await once(worker, 'exit');
  } finally {
    await worker.terminate();
  }
  await told;
};

const refuse = (bug: string | undefined, bugs: readonly string[]): never => {
  throw new SmoError(
    'bug_not_found',
    `There is no planted bug named "${bug}".`,
    `Those that there are: ${bugs.join(', ')}.`,
  );
};

const workerFile = (): string => {
  const file = join(dirname(findPackageJSON(import.meta.url) ?? ''), 'scripts/selftest/worker.ts');
  if (existsSync(file) && process.features.typescript !== false) return file;
  throw new SmoError(
    'needs_checkout',
    'The self-test plants bugs in the source of the engine, which is not part of an installed program.',
    'Clone the repository, run "npm install" in it, and there "npm run sim:selftest", with Node 22.18 or later.',
  );
};
