import { type Command, Option } from 'commander';
import { SmoError } from '../../../../protocol/fault/index.ts';
import { addCommand } from '../../command-line.ts';
import { interruptible } from '../../interruptible.ts';
import { parseCount } from '../../option-values.ts';
import { EXIT, paint, printResult, type Session } from '../../session.ts';
import type { RealRunInput } from '../../simulator.ts';
import { parseSeed } from './seed-option.ts';

type RealOptions = Pick<RealRunInput, 'seed' | 'peers' | 'workload' | 'transport'>;

/** Adds `sim real`. */
export const addReal = (parent: Command, session: Session): void => {
  addCommand(parent, 'real', {
    summary: 'run a scenario on real devices too, and compare the two',
    description:
      'Runs a scenario in the simulator, and then on real devices, each with a home, stores and libp2p: in this process, or each in a network namespace of its own, which takes root on Linux. They write the same events, with the keys and times of the simulation, and are parted when the virtual ones were. Both must come to the same state. Scenarios of partitions and broken sessions only; up to 50 devices and 300 links, 16 devices in namespaces.',
    examples: [
      'sim real even-split',
      'sim real three-way-split --transport namespaces',
      'sim real bridge --seed 7',
    ],
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
        .choices(['memory', 'tcp', 'namespaces'])
        .default('memory'),
    )
    .action((scenario: string, options: RealOptions) => runReal(session, scenario, options));
};

const runReal = async (session: Session, scenario: string, options: RealOptions): Promise<void> => {
  const [host, { startProgress }] = await Promise.all([session.host(), import('../../progress.ts')]);
  const progress = startProgress(session);
  const report = await interruptible(session, (signal) =>
    host.simReal({ scenario, ...options, signal, onProgress: progress.show }),
  )
    .catch((error: unknown) => skippedBy(error))
    .finally(progress.stop);
  if (report instanceof SmoError) return printSkipped(session, scenario, report);
  if (report.problems.length > 0) session.fail();
  await printResult(session, report, async () => {
    const { realText } = await import('../../views/real-view.ts');
    return realText(session, report);
  });
};

/** A run that is not possible on this machine says nothing, neither good nor bad. */
const skippedBy = (error: unknown): SmoError => {
  if (error instanceof SmoError && error.code === 'no_namespaces') return error;
  throw error;
};

const printSkipped = async (
  session: Session,
  scenario: string,
  { message, hint }: SmoError,
): Promise<void> => {
  session.fail(EXIT.unknown);
  await printResult(
    session,
    { skipped: message },
    () => `${paint(session, 'yellow', 'skipped')} ${scenario}: ${message}. ${hint}`,
  );
};
