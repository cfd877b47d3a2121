import type { Outcome } from '../../../simulations/index.ts';
import { quantileOf } from '../plots/distribution.ts';
import { type RunRecord, sum } from './run-record.ts';

/** Rounds after which all of so many devices know of something, by how they tell each other: the leading terms. */
export interface GossipRounds {
  readonly push: number;
  readonly pull: number;
  readonly pushPull: number;
}

/**
 * What is known of rumours among so many devices, each of which calls a random one in every round. (B. Pittel, "On
 * spreading a rumor", 1987, for push; R. Karp, C. Schindelhauer, S. Shenker, B. Vöcking, "Randomized rumor spreading",
 * 2000, for the others.)
 */
export const gossipRounds = (devices: number): GossipRounds => {
  const log2 = Math.log2(devices);
  const ln = Math.log(devices);
  // Of two devices one call is enough; the logarithm of less than one would count backwards.
  const late = Math.max(0, Math.log2(Math.max(1, ln)));
  return { push: log2 + ln, pull: log2 + late, pushPull: ln / Math.log(3) + late };
};

/** One figure of a run, and what there is to hold against it. */
export interface Comparison {
  readonly figure: string;
  readonly theory: string;
  readonly measured: string;
}

/** What theory has to say of a run, beside what was measured. */
export const comparisons = (record: RunRecord, { events, stretch }: Outcome): readonly Comparison[] => {
  const { plan, traffic, journeys } = record;
  const count = plan.devices.length;
  const { push, pull, pushPull } = gossipRounds(count);
  const received = sum(traffic.devices.map(({ recordsReceived }) => recordsReceived));
  const bytes = sum(traffic.devices.map(({ bytesReceived }) => bytesReceived));
  const hopUs = meanHopUs(record);
  const spreadUs = quantileOf(record.calmSpreadsUs(), 0.5);
  const [tookUs, leastUs] = [
    quantileOf(
      journeys.map((journey) => journey.tookUs),
      0.5,
    ),
    quantileOf(
      journeys.map((journey) => journey.leastUs),
      0.5,
    ),
  ];
  return [
    {
      figure: 'rounds until every device has an event',
      theory: `push ${push.toFixed(1)}, pull ${pull.toFixed(1)}, push-pull ${pushPull.toFixed(1)}`,
      measured:
        spreadUs === undefined || hopUs === undefined
          ? 'no event was written and came to all while nobody was parted'
          : `${(spreadUs / hopUs).toFixed(1)} mean delays of a link (${msText(spreadUs)} of ${msText(hopUs)}; median)`,
    },
    {
      figure: 'receptions of each record',
      theory: `${count - 1} (every device but its author once)`,
      measured: (received / Math.max(1, events)).toFixed(2),
    },
    {
      figure: 'bytes received, all devices',
      theory: `${bytesText(idealBytes(record).reduce((total, value) => total + value, 0))} (each record once, nothing else)`,
      measured: bytesText(bytes),
    },
    {
      figure: 'time to be seen on another device, median',
      theory:
        leastUs === undefined
          ? '-'
          : `${msText(leastUs)} (the floor: earliest arrival over the sessions there were)`,
      measured: tookUs === undefined ? '-' : msText(tookUs),
    },
    {
      figure: 'stretch, median',
      theory: '1 (no protocol can be faster)',
      measured: stretch === null ? '-' : stretch.toFixed(2),
    },
  ];
};

/** For each device the bytes of all records that others have written: what it cannot do without. */
export const idealBytes = ({ traffic }: Pick<RunRecord, 'traffic'>): readonly number[] => {
  const total = sum(traffic.devices.map(({ recordBytesWritten }) => recordBytesWritten));
  return traffic.devices.map(({ recordBytesWritten }) => total - recordBytesWritten);
};

const meanHopUs = ({ plan: { links } }: RunRecord): number | undefined =>
  links.length === 0
    ? undefined
    : sum(links.map(({ minUs, meanExtraUs }) => minUs + meanExtraUs)) / links.length;

export const msText = (us: number): string =>
  us < 10_000_000 ? `${(us / 1_000).toFixed(1)} ms` : `${(us / 1_000_000).toFixed(1)} s`;

const bytesText = (bytes: number): string =>
  bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
