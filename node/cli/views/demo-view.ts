import type { DemoPartition, DemoReport, DemoSide } from '../context.ts';
import { bytesText, countText, printable } from '../format.ts';
import { paint, type Session } from '../session.ts';
import { tableText } from '../table.ts';

/** Characters of a digest that a person compares by eye. */
const DIGEST_CHARS = 16;

/** What the demo came to, for people. */
export const demoText = async (session: Session, report: DemoReport): Promise<string> => {
  const devices = await tableText(
    ['device', 'events', 'segments', 'received', 'sent', 'verified', 'digest'],
    report.devices.map((device) => [
      device.name,
      device.events.toLocaleString('en'),
      device.segments.toLocaleString('en'),
      bytesText(device.bytesIn),
      bytesText(device.bytesOut),
      device.verified ? 'yes' : 'NO',
      device.digest.slice(0, DIGEST_CHARS),
    ]),
  );
  const verdict = (ok: boolean, yes: string, no: string): string =>
    ok ? paint(session, 'green', yes) : paint(session, 'red', no);
  return [
    'What happened:',
    ...report.story.map((step) => `  ${printable(step)}`),
    '',
    'The partition:',
    await partitionText(report.partition),
    '',
    devices,
    '',
    `Played ${countText(report.commits, 'commit')} of ${printable(report.source)} in ${(report.durationMs / 1000).toFixed(1)} s:`,
    `  ${countText(report.events, 'event')} in ${countText(report.segments, 'sealed segment')}, ${bytesText(report.bytesMoved)} moved, ${countText(report.conflictsClosed, 'conflict')} closed`,
    `  ${verdict(report.converged, 'all devices have the same digest', 'the devices DIFFER')}`,
    `  ${verdict(report.stateEqualsGit, 'the state equals git ls-tree -r HEAD', 'the state DIFFERS from git ls-tree -r HEAD')}`,
  ].join('\n');
};

/** Both sides of the partition, and what came of them, below each other. */
const partitionText = async ({ field, sides, healed }: DemoPartition): Promise<string> => {
  const row = (side: DemoSide, when: string): readonly string[] => [
    when,
    side.devices.join(', '),
    side.events.toLocaleString('en'),
    side.value,
    side.digest.slice(0, DIGEST_CHARS),
  ];
  const rows = [...sides.map((side) => row(side, 'apart')), row(healed, 'healed')];
  return tableText(['when', 'devices', 'events', field, 'digest'], rows, '  ');
};
