/**
 * What becomes of appends, of a cold sync and of a reconnect as the log grows. A reconnect should take the same however
 * long the log is: `npm run bench:growth`.
 */
import { join } from 'node:path';
import { openDevice } from '../../node/index.ts';
import { homeIn } from '../home-place.ts';
import type { AppendJob } from './append/append-job.ts';
import { APPENDER } from './append/append-round.ts';
import { meetingOf } from './cold-sync/meeting.ts';
import { runBench } from './frame/bench.ts';
import { doJob } from './frame/bench-process.ts';
import { withRoundFolder } from './frame/scratch.ts';
import type { Figures, Group, Subject } from './frame/subject.ts';
import { copyHome, fillHome } from './workload/filled-home.ts';
import { BATCH, EVENTS_AN_ENTITY, noteDrafts, RECORD_BYTES } from './workload/notes.ts';

/** Events that are appended to the log. */
const APPENDS = 5_000;

/** Events that the one device has written while the two were apart. */
const NEWS = 100;

/** Texts of their own. */
const NEWS_SEED = 3n;

/** Homes that are copied for each round. */
interface Space {
  readonly events: number;
  /** One device alone. */
  readonly alone: string;
  /** Two that held the same, until one of them wrote. */
  readonly writer: string;
  readonly reader: string;
  /** Events of them together. */
  readonly total: number;
}

await runBench({
  name: 'growth',
  packages: ['libp2p', 'classic-level'],
  lists: [
    {
      name: 'events',
      byDefault: [10_000, 30_000, 100_000],
      least: 100,
      most: 10_000_000,
      help: 'events of the log; all is compared with the first number',
    },
  ],
  async prepare({ lists: { events = [] } }, scratch) {
    const spaces: Space[] = [];
    for (const count of events) spaces.push(await spaceOf(join(scratch, String(count)), count));
    const subjects = (measure: (space: Space, folder: string) => Promise<Figures>): readonly Subject[] =>
      spaces.map((space) => ({
        name: nameOf(space.events),
        measure: () => withRoundFolder(scratch, (folder) => measure(space, folder)),
      }));
    const ratios = (figure: string): Group['ratios'] =>
      events.slice(0, 1).map((first) => ({ figure, of: nameOf(first) }));
    return {
      groups: [
        {
          title: `Batches of ${BATCH.toLocaleString('en')} appended to a log of so many events, ${APPENDS.toLocaleString('en')} in all`,
          figures: [{ key: 'perS', title: 'events/s' }],
          ratios: ratios('perS'),
          subjects: subjects(appendMore),
        },
        {
          title: `A new device receives so many events of ${RECORD_BYTES} bytes`,
          figures: [
            { key: 'perS', title: 'events/s' },
            { key: 'stallMs', title: 'longest stall, ms' },
            { key: 'peakMiB', title: 'peak memory, MiB' },
          ],
          ratios: ratios('perS'),
          subjects: subjects(coldSync),
        },
        {
          title: `Two devices that hold so many events meet again, and one has written ${NEWS} more`,
          figures: [
            { key: 'ms', title: 'ms', digits: 1 },
            { key: 'bytes', title: 'bytes' },
          ],
          ratios: [...ratios('ms'), ...ratios('bytes')],
          subjects: subjects(reconnect),
        },
      ],
    };
  },
});

function nameOf(events: number): string {
  return `${events.toLocaleString('en')} events`;
}

async function spaceOf(folder: string, events: number): Promise<Space> {
  const [alone, writer, reader] = ['alone', 'writer', 'reader'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await fillHome(alone, events, Math.ceil(events / EVENTS_AN_ENTITY));
  const total = heldBy(events);
  await copyHome(alone, writer);
  await meetingOf(writer, { folder: reader, member: false, events: total });
  const { home, env } = homeIn(writer);
  const { api, close } = await openDevice(home, env);
  await api.append({ drafts: noteDrafts(NEWS, NEWS, NEWS_SEED) });
  await close();
  // The reader has written an event of its own at the end of the cold sync.
  return { events, alone, writer, reader, total: total + 1 + NEWS };
}

/** Beside what was written, those that founded the space and let the second device in. */
function heldBy(events: number): number {
  return events + 2;
}

async function appendMore({ alone }: Space, folder: string): Promise<Figures> {
  await copyHome(alone, folder);
  const job: AppendJob = { folder, filled: true, manner: 'batches', events: APPENDS };
  return doJob<Figures>(APPENDER.smo, job);
}

async function coldSync({ alone, events }: Space, folder: string): Promise<Figures> {
  const writer = join(folder, 'writer');
  await copyHome(alone, writer);
  return meetingOf(writer, { folder: join(folder, 'reader'), member: false, events: heldBy(events) });
}

async function reconnect({ writer, reader, total }: Space, folder: string): Promise<Figures> {
  const [here, there] = [join(folder, 'writer'), join(folder, 'reader')];
  await copyHome(writer, here);
  await copyHome(reader, there);
  return meetingOf(here, { folder: there, member: true, events: total });
}
