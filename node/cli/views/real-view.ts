import { countText } from '../format.ts';
import { paint, type Session } from '../session.ts';
import type { RealBytes, RealFigures, RealReport } from '../simulator.ts';
import { tableText } from '../table.ts';
import { bytesText } from './simulation-view.ts';

/** Characters of a digest that tell it from others. */
const DIGEST_CHARS = 16;

/** What came of a scenario in the simulator and on real devices, side by side. */
export const realText = async (session: Session, report: RealReport): Promise<string> => {
  const { name, seed, peers, transport, simulated, real, problems, wallMs } = report;
  const verdict = problems.length === 0 ? paint(session, 'green', 'pass') : paint(session, 'red', 'fail');
  const head = `${verdict}    ${name}, seed ${seed}: ${countText(peers, 'real device')} over ${transport}; took ${(wallMs / 1_000).toFixed(1)} s`;
  const rows: readonly (readonly [string, (figures: RealFigures) => string])[] = [
    ['state', ({ digests }) => digests.map((digest) => digest.slice(0, DIGEST_CHARS)).join(' ')],
    ['events', ({ events }) => events.toLocaleString('en')],
    ['open conflicts', ({ conflicts }) => conflicts.open.toLocaleString('en')],
    ['closed conflicts', ({ conflicts }) => conflicts.closed.toLocaleString('en')],
    ['bytes', ({ bytes }) => bytesText(bytes)],
  ];
  const table = await tableText(
    ['', 'simulated', 'real'],
    rows.map(([title, text]) => [title, text(simulated), text(real)]),
    '  ',
  );
  const bytes = `  ${bytesCompared(report.bytes)}`;
  return [head, table, bytes, ...problems.map((problem) => `  ${problem}`)].join('\n');
};

const bytesCompared = ({ morePercent, morePercentMax, unjudged }: RealBytes): string => {
  const got = `The real devices got ${Math.abs(morePercent)} % ${morePercent < 0 ? 'less' : 'more'} than the virtual ones`;
  if (unjudged !== undefined) return `${got}, which is not judged: ${unjudged}.`;
  return `${got}; up to ${morePercentMax} % may be.`;
};
