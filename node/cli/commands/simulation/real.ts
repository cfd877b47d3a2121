import { type Command, Option } from 'commander';
import { addCommand } from '../../command-line.ts';
import type { RealRunInput } from '../../context.ts';
import { interruptible } from '../../interruptible.ts';
import { parseCount } from '../../option-values.ts';
import { printResult, type Session } from '../../session.ts';
import { parseSeed } from './seed-option.ts';

type RealOptions = Pick<RealRunInput, 'seed' | 'peers' | 'workload' | 'transport'>;

/** Adds `sim real`. */
export const addReal = (parent: Command, session: Session): void => {
  addCommand(parent, 'real', {
    summary: 'run a scenario on real devices too, and compare the two',
    description:
      'Runs a scenario in the simulator, and then on real devices in this process, each with a home, stores and libp2p: they write the same events, with the keys and times of the simulation, and are parted when the virtual ones were. Both must come to the same state. Scenarios of partitions and broken sessions only; up to 50 devices.',
    examples: ['sim real even-split', 'sim real three-way-split --transport tcp', 'sim real bridge --seed 7'],
  })
    .argument('<scenario>', 'name of a scenario that comes with the program, or path of a file')
    .addOption(new Option('--seed <seed>', 'up to 2^64 - 1').argParser(parseSeed).default(1n, '1'))
    .option('--peers <n>', 'how many devices, in place of what the scenario says', parseCount(2))
    .option(
      '--workload <workload>',
      'what is written: git:PATH or jsonl:FILE, in place of what the scenario says',
    )
    .addOption(
      new Option('--transport <transport>', 'how the devices speak with each other')
        .choices(['memory', 'tcp'])
        .default('memory'),
    )
    .action((scenario: string, options: RealOptions) => runReal(session, scenario, options));
};

const runReal = async (session: Session, scenario: string, options: RealOptions): Promise<void> => {
  const [host, { startProgress }] = await Promise.all([session.host(), import('../../progress.ts')]);
  const progress = startProgress(session);
  const report = await interruptible(session, (signal) =>
    host.simReal({ scenario, ...options, signal, onProgress: progress.show }),
  ).finally(progress.stop);
  if (report.problems.length > 0) session.fail();
  await printResult(session, report, async () => {
    const { realText } = await import('../../views/real-view.ts');
    return realText(session, report);
  });
};
