/**
 * Runs a mesh of real processes for a long time, in trouble all the while: everybody writes, quarrels and
 * resolves; devices are cut off, flap, and are killed; all decisions follow from a seed. At the end all must hold
 * the same, every store must verify, and no process may have grown. Exits with 0 if so, and with 1 if not.
 */
import process from 'node:process';
import { readArgs } from './read-args.ts';
import { readOptions, replayCommand, type SoakOptions, USAGE } from './soak/options.ts';
import { openingText, outcomeText, summaryText } from './soak/report.ts';
import { createRig } from './soak/rig.ts';
import { Soak } from './soak/soak.ts';

/** Lines of each device's log that are shown after a failure. */
const LOG_LINES = 15;

const soak = async (options: SoakOptions): Promise<boolean> => {
  console.log(openingText(options));
  console.log(`replay: ${replayCommand(options)}\n`);
  const rig = await createRig(options);
  let good = false;
  try {
    const run = new Soak(options, rig, console.log);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => run.interrupt());
    const outcomes = await run.run();
    console.log(`\n${outcomeText(outcomes)}\n\n${summaryText(options, outcomes, run.faults)}`);
    const [first] = outcomes;
    good = outcomes.every(
      ({ digest, verified, memory }) => digest === first?.digest && verified && memory?.flat !== false,
    );
  } catch (error) {
    console.error(error);
    for (const { device } of rig.stations)
      console.error([device.name, ...device.log.slice(-LOG_LINES)].join('\n  '));
  }
  await rig.close(!good || options.keep !== undefined);
  if (!good) console.log(`\nfailed; the homes are in ${rig.folder}\nreplay: ${replayCommand(options)}`);
  return good;
};

const options = readArgs(readOptions, USAGE);
if (options === undefined || !(await soak(options))) process.exitCode = 1;
