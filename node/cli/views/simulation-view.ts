import type { Outcome, RunViolation } from '../../../simulations/index.ts';
import { countText } from '../format.ts';
import { type Colour, paint, type Session } from '../session.ts';
import type { SimScenario } from '../simulator.ts';
import { tableText } from '../table.ts';

/** The scenarios, one a line. */
export const scenariosText = (scenarios: readonly SimScenario[]): Promise<string> =>
  tableText(
    ['scenario', 'hunts'],
    scenarios.map(({ name, about }) => [name, about]),
  );

const COLOURS: Readonly<Record<Outcome['verdict'], Colour>> = {
  pass: 'green',
  fail: 'red',
  unknown: 'yellow',
};

/** What came of a run: one line, and more of them when something was wrong. */
export const outcomeText = (session: Session, outcome: Outcome): string => {
  const { verdict, name, seed, peers, events, bytes, messages, conflicts, wallMs } = outcome;
  const facts = [
    countText(peers, 'device'),
    countText(events, 'event'),
    healingText(outcome),
    ...(outcome.stretch === null ? [] : [`stretch ${outcome.stretch.toFixed(1)}`]),
    `${countText(messages, 'message')} of ${bytesText(bytes)}`,
    `conflicts: ${conflicts.open} open, ${conflicts.closed} closed`,
    `took ${secondsText(1_000 * wallMs)}`,
  ];
  const head = `${paint(session, COLOURS[verdict], verdict.padEnd(7))} ${name}, seed ${seed}: ${facts.join('; ')}`;
  return [
    head,
    ...outcome.violations.map((violation) => `  ${violationText(violation)}`),
    ...missedText(outcome),
  ].join('\n');
};

const healingText = ({ convergedAt, healedAtUs, digests }: Outcome): string => {
  if (convergedAt === null) return 'never equal';
  const text = `equal ${((convergedAt - healedAtUs) / 1_000).toFixed(0)} ms after the heal`;
  return digests.length > 1 ? `${text} but for what is lost` : text;
};

/** Whether a replay went as the run before. */
export const traceText = (session: Session, sameTrace: boolean): string =>
  sameTrace
    ? 'The same happened, to the last step.'
    : paint(
        session,
        'red',
        'Something else happened: the run was made by another version, or chance came in.',
      );

/** What was broken, when, and on which device. */
export const violationText = ({ invariant, atUs, device, message }: RunViolation): string =>
  `${invariant} at ${secondsText(atUs)}, device ${device}: ${message}`;

const missedText = ({ missed }: Outcome): readonly string[] =>
  missed.length === 0 ? [] : [`  it says nothing, as this did not happen: ${missed.join(', ')}`];

const secondsText = (us: number): string => `${(us / 1_000_000).toFixed(1)} s`;

/** So many bytes, for people. */
export const bytesText = (bytes: number): string =>
  bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
