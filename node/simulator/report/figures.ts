import type { Chart, Point } from '../plots/chart.ts';
import { cdfOf } from '../plots/distribution.ts';
import type { Moment, RunRecord, Spread } from './run-record.ts';
import { idealBytes } from './theory.ts';

/** The figures of a run, in the order in which they are read. */
export const figuresOf = (record: RunRecord, convergedAt: number | null): readonly Chart[] => [
  convergence(record, convergedAt),
  timeToVisibility(record),
  afterLastFault(record),
  bytesPerDevice(record),
  redundancy(record),
  conflicts(record),
  stretch(record),
];

const TIME = { label: 'virtual time (s)' };
const SHARE = { domain: [0, 1], format: '.0%' } as const;

const convergence = (record: RunRecord, convergedAt: number | null): Chart => ({
  title: 'Convergence over time',
  caption:
    'How much of what the devices that are up hold together each of them holds, on average. At 100 % all hold the same.',
  x: TIME,
  y: { label: 'events present', ...SHARE },
  series: [{ name: 'all devices', kind: 'line', points: over(record, ({ share }) => share) }],
  shaded: shaded(record),
  marks: [
    { x: seconds(record.plan.phases.chaosUs), name: 'end of the chaos' },
    ...(convergedAt === null ? [] : [{ x: seconds(convergedAt), name: 'all equal' }]),
  ],
});

const timeToVisibility = ({ delaysUs, journeys }: RunRecord): Chart => ({
  title: 'Time to visibility',
  caption:
    'From when the author of an event was told that it is safe to when it could be seen on another device; over all pairs of an event and another device. The floor is the earliest arrival over the sessions that there were, of a sample of the events.',
  x: { label: 'time (s)', scale: 'log' },
  y: { label: 'share of events and devices', ...SHARE },
  series: [
    { name: 'measured', kind: 'step', points: cdfOf(delaysUs.values.map(seconds)) },
    { name: 'floor', kind: 'step', points: cdfOf(journeys.map(({ leastUs }) => seconds(leastUs))) },
  ],
});

const afterLastFault = ({ lateUs, deviceLateUs, lastFaultUs }: RunRecord): Chart => ({
  title: 'Convergence after the heal',
  caption:
    lastFaultUs === undefined
      ? 'Nothing went wrong in this run.'
      : `From ${seconds(lastFaultUs).toFixed(1)} s, when the last fault was mended, to when what was missing then could be seen: each event on each device that lacked it, and each such device with all of them.`,
  x: { label: 'time after the last fault (s)' },
  y: { label: 'share', ...SHARE },
  series: [
    { name: 'events that were missing', kind: 'step', points: cdfOf(lateUs.values.map(seconds)) },
    { name: 'devices that lacked some', kind: 'step', points: cdfOf(deviceLateUs.map(seconds)) },
  ],
});

const bytesPerDevice = (record: RunRecord): Chart => {
  const { devices } = record.traffic;
  const of = (values: readonly number[]): readonly Point[] =>
    values.map((bytes, device) => ({ x: device, y: bytes / 1_000 }));
  return {
    title: 'Bytes of each device',
    caption:
      'Frames, both ways, beside the ideal: the bytes of all records that other devices wrote, each received once and nothing else.',
    x: { label: 'device', format: wholeText },
    y: { label: 'kilobytes' },
    series: [
      { name: 'received', kind: 'dots', points: of(devices.map(({ bytesReceived }) => bytesReceived)) },
      { name: 'sent', kind: 'dots', points: of(devices.map(({ bytesSent }) => bytesSent)) },
      { name: 'ideal', kind: 'dots', points: of(idealBytes(record)) },
    ],
  };
};

const redundancy = (record: RunRecord): Chart => ({
  title: 'Redundancy',
  caption:
    'Records that arrived, and those of them that a device had not yet and stored, since the run began, of all devices. What is between the lines came in vain, or is about to be stored.',
  x: TIME,
  y: { label: 'records' },
  series: [
    { name: 'received', kind: 'line', points: over(record, ({ recordsReceived }) => recordsReceived) },
    { name: 'needed', kind: 'line', points: over(record, ({ recordsStored }) => recordsStored) },
  ],
  shaded: shaded(record),
});

const conflicts = (record: RunRecord): Chart => {
  const series = (name: string, of: (moment: Moment) => Spread) => ({
    name,
    kind: 'line' as const,
    points: over(record, (moment) => of(moment).mean),
    band: record.moments.map((moment) => {
      const { low, high } = of(moment);
      return { x: seconds(moment.atUs), low, high };
    }),
  });
  return {
    title: 'Conflicts over time',
    caption:
      'Conflicts that a device knows of: the mean of all devices that are up, between the least and the most.',
    x: TIME,
    y: { label: 'conflicts' },
    series: [series('open', ({ open }) => open), series('closed', ({ closed }) => closed)],
    shaded: shaded(record),
  };
};

const stretch = ({ journeys }: RunRecord): Chart => ({
  title: 'Stretch',
  caption:
    'The time that an event took to be seen on another device, divided by the least that it can have taken over the sessions that there were; of a sample of the events.',
  x: { label: 'stretch (times the floor)', scale: 'log' },
  y: { label: 'share of events and devices', ...SHARE },
  series: [
    {
      name: 'stretch',
      kind: 'step',
      points: cdfOf(journeys.map(({ tookUs, leastUs }) => tookUs / leastUs)),
    },
  ],
});

/** Ticks between two devices stay without a number. */
const wholeText = (value: number): string => (Number.isInteger(value) ? String(value) : '');

const seconds = (us: number): number => us / 1_000_000;

const over = ({ moments }: RunRecord, value: (moment: Moment) => number): readonly Point[] =>
  moments.map((moment) => ({ x: seconds(moment.atUs), y: value(moment) }));

const shaded = ({ parted, moments }: RunRecord) => {
  const endUs = moments.at(-1)?.atUs ?? 0;
  return {
    name: 'some devices cannot reach each other',
    spans: parted
      .filter(([fromUs]) => fromUs < endUs)
      .map(([fromUs, toUs]) => [seconds(fromUs), seconds(Math.min(toUs, endUs))] as const),
  };
};
