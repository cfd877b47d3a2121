import { resolve } from 'node:path';
import type { Command } from 'commander';
import { addCommand } from '../command-line.ts';
import type { DemoInput } from '../context.ts';
import { interruption } from '../interruption.ts';
import { parseCount } from '../option-values.ts';
import { printResult, type Session } from '../session.ts';

interface DemoOptions {
  readonly git?: string;
  readonly devices: number;
  readonly keep?: string;
  readonly crash: boolean;
}

/** `demo`: several devices on this machine, from pairing to equal states. */
export const addDemoCommand = (program: Command, session: Session): void => {
  addCommand(program, 'demo', {
    group: 'First steps:',
    summary: 'watch several devices on this machine come to the same state',
    description:
      'Starts devices as processes of their own, pairs them, spreads the history of a git repository over them, cuts them off from each other and lets them go on, then brings them together; makes a conflict and resolves it; and compares the result with git.',
    examples: ['demo', 'demo --git ~/src/project --devices 5', 'demo --keep /tmp/devices --crash'],
  })
    .option(
      '--git <path>',
      'the repository (default: the one around the working folder, or a small made one)',
    )
    .option('--devices <n>', 'how many devices', parseCount(2), 3)
    .option('--keep <folder>', 'keep the homes of the devices in this folder')
    .option('--crash', 'kill each device once on the way', false)
    .action((options: DemoOptions) => runDemo(session, options));
};

const runDemo = async (session: Session, options: DemoOptions): Promise<void> => {
  const [host, { startProgress }] = await Promise.all([session.host(), import('../progress.ts')]);
  const { signal, release } = interruption(session);
  const progress = startProgress(session);
  const input: DemoInput = {
    devices: options.devices,
    crash: options.crash,
    command: session.io.command,
    signal,
    onProgress: progress.show,
    ...(options.git === undefined ? {} : { git: resolve(options.git) }),
    ...(options.keep === undefined ? {} : { keep: resolve(options.keep) }),
  };
  let report: Awaited<ReturnType<typeof host.demo>>;
  try {
    report = await host.demo(input);
  } finally {
    progress.stop();
    release();
  }
  if (!report.ok) session.fail();
  await printResult(session, report, async () => {
    const { demoText } = await import('../views/demo-view.ts');
    return demoText(session, report);
  });
};
