import type { Outcome } from '../../../simulations/index.ts';
import { EventsFile } from '../files/events-file.ts';
import { MetricsFile } from '../files/metrics-file.ts';
import { ShivizFile } from '../files/shiviz-file.ts';
import { SightingsFile } from '../files/sightings-file.ts';
import { chartHtml } from '../plots/chart.ts';
import { escapeHtml, pageHtml, tableHtml } from '../plots/html.ts';
import { figuresOf } from './figures.ts';
import type { RunRecord } from './run-record.ts';
import { comparisons, msText } from './theory.ts';

/** Which program has made a run. */
export interface Versions {
  readonly version: string;
  readonly node: string;
}

/**
 * A run as a page for people. It says nothing that depends on the machine, so that the same run makes the same page;
 * wall time and memory are in the manifest beside it.
 */
export const runReport = (record: RunRecord, outcome: Outcome, versions: Versions): string => {
  const { name, seed, verdict } = outcome;
  const { about } = record.plan;
  return pageHtml(`${name}, seed ${seed}: ${verdict}`, [
    `<h1>${escapeHtml(name)}, seed ${seed} <span class="verdict">${verdict}</span></h1>`,
    ...(about === '' ? [] : [`<p>${escapeHtml(about)}</p>`]),
    tableHtml([], factRows(outcome, versions)),
    '<p>To run exactly this again, in the folder of this file: <code>smo sim replay .</code></p>',
    ...wrongHtml(outcome),
    '<h2>Theory and measurement</h2>',
    tableHtml(
      ['', 'theory', 'measured'],
      comparisons(record, outcome).map(({ figure, theory, measured }) => [figure, theory, measured]),
    ),
    '<p>Theory counts rounds in which every device calls a random one; here devices have links, and tell what is new to all of them that need it.</p>',
    '<h2>Figures</h2>',
    ...figuresOf(record, outcome.convergedAt).map(chartHtml),
    '<h2>Files beside this one</h2>',
    tableHtml([], FILES),
  ]);
};

/** Times in all of them are virtual microseconds since the run began. */
const FILES: readonly (readonly string[])[] = [
  ['scenario.expanded.yaml', 'the run with every decision made: what is replayed'],
  ['manifest.json', 'what came of it, and who made it'],
  [SightingsFile.fileName, 'when each event could first be seen on each device'],
  [MetricsFile.fileName, 'how each device stood, every so often: one figure a line'],
  [EventsFile.fileName, 'what happened, one JSON object a line'],
  [ShivizFile.fileName, 'who knew of what when: a file for ShiViz'],
];

const factRows = (outcome: Outcome, { version, node }: Versions): readonly (readonly string[])[] => {
  const { convergedAt, healedAtUs, conflicts } = outcome;
  const whole = (count: number): string => count.toLocaleString('en');
  return [
    ['devices', whole(outcome.peers)],
    ['events', whole(outcome.events)],
    [
      'all equal',
      convergedAt === null ? 'never' : `${msText(convergedAt - healedAtUs)} after the end of the chaos`,
    ],
    ['conflicts', `${conflicts.open} open, ${conflicts.closed} closed`],
    ['excluded events', whole(outcome.excluded)],
    ['frames', `${whole(outcome.messages)} with ${whole(outcome.bytes)} bytes`],
    ['virtual time', msText(outcome.virtualUs)],
    ['steps', whole(outcome.steps)],
    ['trace hash', outcome.traceHash],
    ['state digests', outcome.digests.join(', ')],
    ['made by', `smo-mesh ${version} on Node.js ${node}`],
  ];
};

const wrongHtml = ({ violations, missed }: Outcome): readonly string[] => [
  ...(violations.length === 0
    ? []
    : [
        '<h2>What was violated</h2>',
        tableHtml(
          ['invariant', 'at', 'device', 'what'],
          violations.map(({ invariant, atUs, device, message }) => [
            invariant,
            msText(atUs),
            String(device),
            message,
          ]),
        ),
      ]),
  ...(missed.length === 0
    ? []
    : [
        '<h2>What did not happen</h2>',
        `<p>The scenario is there to show this, and the run did not: ${escapeHtml(missed.join(', '))}.</p>`,
      ]),
];
