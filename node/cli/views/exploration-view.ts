import type { Exploration, GraphCount } from '../../../simulations/index.ts';
import { countText } from '../format.ts';
import { paint, type Session } from '../session.ts';
import { tableText } from '../table.ts';

/** What was looked at in a very small world, and the shortest way to what must never be. */
export const explorationText = (session: Session, found: Exploration): string =>
  [verdictText(session, found), ...sizeLines(found), ...violationLines(found)].join('\n');

const verdictText = (session: Session, { scope, exhausted, violation }: Exploration): string => {
  const { peers, links, events, drops, duplicates, crashes, partitions } = scope;
  const faults = [
    ...(drops > 0 ? [countText(drops, 'drop')] : []),
    ...(duplicates > 0 ? [countText(duplicates, 'duplicate')] : []),
    ...(crashes > 0 ? ['1 crash'] : []),
    ...(partitions > 0 ? [countText(partitions, 'partition')] : []),
  ];
  const world = [
    `${countText(peers, 'device')}${links === 'line' ? ' in a line' : ''}`,
    countText(events, 'event'),
    ...(faults.length > 0 ? faults : ['no fault']),
  ];
  if (violation !== null) return `${paint(session, 'red', 'fail')}     ${world.join(', ')}`;
  if (!exhausted)
    return `${paint(session, 'yellow', 'unknown')}  ${world.join(', ')}: the budget did not suffice`;
  return `${paint(session, 'green', 'pass')}     ${world.join(', ')}: everything that can happen was looked at`;
};

const sizeLines = (found: Exploration): readonly string[] => [
  `  ${countText(found.states, 'state')}, ${countText(found.transitions, 'transition')}, ${found.depth} deep; ${countText(found.ends, 'end')}, in which all were equal`,
  `  ${countText(found.localStates, 'state')} of single devices${unreadableText(found)}; ${countText(found.eventSets, 'set')} of events, each held to the oracle`,
];

/** Where an engine can be read, as it can in the program, there are none. */
const unreadableText = ({ unreadable }: Exploration): string =>
  unreadable === 0 ? '' : `, ${unreadable.toLocaleString('en')} of which could not be compared with others`;

const violationLines = ({ violation }: Exploration): readonly string[] =>
  violation === null
    ? []
    : [
        `  ${violation.invariant}: device ${violation.device} ${violation.message}`,
        '  after these steps:',
        ...violation.steps.map((step, i) => `  ${String(i + 1).padStart(4)}. ${step}`),
      ];

/** How many causal graphs and orders there are, and those of which the projection makes something else than the oracle. */
export const graphsText = async (counts: readonly GraphCount[]): Promise<string> => {
  const rows = counts.map(({ events, graphs, orders, arrivals, violations }) => [
    ...[events, graphs, arrivals, orders].map((count) => count.toLocaleString('en')),
    violations.length === 0 ? 'all as the oracle says' : 'not as the oracle says',
  ]);
  const table = await tableText(
    ['events', 'graphs', 'orders of arrival', 'ready orders', 'projection'],
    rows,
  );
  return [table, ...counts.flatMap(({ violations }) => violations)].join('\n');
};
