import type { Command } from 'commander';
import { addCommand } from '../command-line.ts';
import { withRebuildBar } from '../rebuild-bar.ts';
import { printResult, type Session } from '../session.ts';

/** `doctor`: what is wrong with this device, and mending it. */
export const addDoctorCommand = (program: Command, session: Session): void => {
  addCommand(program, 'doctor', {
    group: 'Events and logs:',
    summary: 'find out what is wrong, and mend it',
    description:
      'Looks at everything that can be wrong with this device: its home and key, every stored record and signature, the derived state and its indexes against a rebuild, forked and retired logs, clocks, and why other devices are not in sync. Says of each finding whether it comes right by itself, can be repaired, or needs you. Changes nothing without --repair, and then keeps a copy of whatever it replaces. Exit code 1 when something is left to do.',
    examples: ['doctor', 'doctor --repair', 'doctor --repair --give-up', 'doctor --json'],
  })
    .option('--repair', 'mend what can be mended', false)
    .option(
      '--give-up',
      'cut logs of this device at what cannot be read, and wait no longer for devices that may hold it',
      false,
    )
    .action(async ({ repair, giveUp }: { readonly repair: boolean; readonly giveUp: boolean }) => {
      const host = await session.host();
      const report = await withRebuildBar(session, 'making the state anew, to compare', (onRebuild) =>
        host.doctor(session.home(), { repair, giveUp, onRebuild }),
      );
      if (!report.ok) session.fail();
      await printResult(session, report, async () => {
        const { doctorText } = await import('../views/doctor-view.ts');
        return doctorText(session, report);
      });
    });
};
