/**
 * What it takes two replicas to find out what each lacks, and to exchange it: bytes and round trips, which grow with
 * what they differ in and not with what they hold. Beside it what negentropy takes to find out the same, where it is
 * installed. Exits with 1 when a promise of docs/protocol/sync.md ("Cost") is broken: `npm run bench:reconnect`.
 */
import process from 'node:process';
import { nativeCrypto } from '../../node/crypto/index.ts';
import { equalBytes } from '../../protocol/bytes/index.ts';
import { frontierDigest } from '../../protocol/sync/index.ts';
import { costOf, type Difference, differencesOf } from '../../test/support/differences.ts';
import { type FilledPair, filledPair } from '../../test/support/filled-pair.ts';
import { bytesOf, type Meeting, part, payloadOf } from '../../test/support/wired-pair.ts';
import { runBench } from './frame/bench.ts';
import type { Figures, Group } from './frame/subject.ts';
import { howToInstall, isInstalled } from './peers/installed.ts';
import { NegentropyCosts } from './peers/negentropy-costs.ts';
import { NEGENTROPY, type NegentropyCost } from './peers/negentropy-job.ts';
import { Promises } from './reconnect/promises.ts';

/** In how many logs the events are. */
const LOGS = [1, 10, 1_000] as const;

/** Devices of the space where there are many logs. */
const DEVICES = 20;

const FIGURES = [
  { key: 'tripsToKnow', title: 'trips to know' },
  { key: 'trips', title: 'trips' },
  { key: 'there', title: 'there' },
  { key: 'back', title: 'back' },
  { key: 'payload', title: 'payload' },
  { key: 'beside', title: 'beside' },
] as const;

const NEGENTROPY_FIGURES = [
  { key: 'negentropyTrips', title: 'negentropy, trips' },
  { key: 'negentropyBytes', title: 'negentropy, bytes' },
] as const;

const promises = new Promises();

await runBench({
  name: 'reconnect',
  exact: true,
  packages: [NEGENTROPY],
  lists: [
    {
      name: 'events',
      byDefault: [1_000, 10_000, 100_000],
      least: 1_000,
      most: 1_000_000,
      help: 'events that both hold; a million takes a minute or two',
    },
  ],
  async prepare({ lists: { events = [] } }) {
    const groups: Group[] = [];
    const negentropy = isInstalled(NEGENTROPY);
    for (const count of events) {
      const costs = negentropy ? new NegentropyCosts(count) : undefined;
      for (const logs of LOGS.filter((each) => each < count)) groups.push(await groupOf(count, logs, costs));
    }
    return {
      groups,
      missing: negentropy ? [] : [howToInstall(NEGENTROPY)],
      after: async () => {
        const broken = promises.broken();
        if (broken.length === 0) return 'All promises are kept, and no cost grows with the number of events.';
        process.exitCode = 1;
        return broken.map((how) => `broken: ${how}`).join('\n');
      },
    };
  },
});

async function groupOf(
  events: number,
  logs: number,
  negentropy: NegentropyCosts | undefined,
): Promise<Group> {
  const pair = await filledPair({ events, logs, devices: logs === 1 ? 2 : DEVICES });
  const differences = differencesOf(pair);
  await negentropy?.findOut(differences.map(({ lack }) => lack));
  const named = `${logs.toLocaleString('en')} ${logs === 1 ? 'log' : 'logs'}`;
  return {
    title: `${events.toLocaleString('en')} events in ${named}: bytes there and back, beside the records and their manifests`,
    figures: [...FIGURES, ...(negentropy === undefined ? [] : NEGENTROPY_FIGURES)],
    ratios: [],
    subjects: differences.map((difference) => {
      const { lack, promise, aim = promise } = difference;
      let meeting: Meeting | undefined;
      return {
        name: difference.name,
        aim: { text: aim.text, held: () => meeting !== undefined && aim.broken(meeting) === undefined },
        async measure() {
          const label = `${difference.name}, ${named}`;
          meeting = await meetingOf(pair, difference, label);
          // How many segments are damaged depends on how many there are.
          const flat = !('scattered' in lack && lack.scattered > 1);
          promises.add(label, events, promise, meeting, flat);
          return { ...figuresOf(meeting), ...negentropyFigures(negentropy?.of(lack)) };
        },
      };
    }),
  };
}

/** Has the two differ, meet, and part again; by then they have to hold the same. */
async function meetingOf(pair: FilledPair, difference: Difference, label: string): Promise<Meeting> {
  const meeting = await difference.meet(pair);
  await part(pair.a, pair.b);
  const [a, b] = [pair.a, pair.b].map(({ engine }) => frontierDigest(nativeCrypto, engine.frontier()));
  if (a === undefined || b === undefined || !equalBytes(a, b))
    promises.addFault(`${label}: they still differ`);
  return meeting;
}

function figuresOf(meeting: Meeting): Figures {
  const { there, back, roundTrips, tripsToKnow } = meeting;
  return {
    tripsToKnow,
    trips: roundTrips,
    there: bytesOf(there),
    back: bytesOf(back),
    payload: payloadOf(there) + payloadOf(back),
    beside: costOf(meeting),
  };
}

function negentropyFigures(cost: NegentropyCost | undefined): Figures {
  return cost === undefined ? {} : { negentropyTrips: cost.trips, negentropyBytes: cost.there + cost.back };
}
