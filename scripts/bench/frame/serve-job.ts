import process from 'node:process';

/** Does the job that this process was started for; whoever has started it ends it by no longer listening. */
export const serveJob = async <Job>(
  work: (job: Job, tell: (message: object) => void) => Promise<void>,
): Promise<void> => {
  process.once('disconnect', () => process.exit());
  await work(JSON.parse(process.argv[2] ?? '{}') as Job, (message) => void process.send?.(message));
};
