import { equalBytes } from '../../protocol/bytes/index.ts';
import { stateKey } from '../../protocol/engine/state-keys.ts';
import type { EventDraft } from '../../protocol/event/index.ts';
import { SEGMENT_LIMITS } from '../../protocol/segment/index.ts';
import { extendLog, type FilledPair } from './filled-pair.ts';
import type { TestLog } from './test-log.ts';
import { bytesOf, type Meeting, meet, meetOn, part, payloadOf } from './wired-pair.ts';

/** What two replicas that hold the same are made to differ in, and what finding it out may cost. */
export interface Difference {
  readonly name: string;
  /** The records that the second one lacks: so many of the newest, or so many evenly over all. */
  readonly lack: { readonly newest: number } | { readonly scattered: number };
  readonly promise: Promised;
  /** What is aimed at beyond that, whether it is reached or not. */
  readonly aim?: Promised;
  /** Makes them differ and lets them meet. */
  meet(pair: FilledPair): Promise<Meeting>;
}

/** A promise about a meeting. */
export interface Promised {
  readonly text: string;
  /** How it is broken; undefined when it is held. */
  broken(meeting: Meeting): string | undefined;
}

/** Bytes beside the payload, both ways together. */
export const costOf = ({ there, back }: Meeting): number =>
  bytesOf(there) + bytesOf(back) - payloadOf(there) - payloadOf(back);

/** All differences that are measured, in the order in which they have to be made. */
export const differencesOf = ({ a, b, logs }: FilledPair): readonly Difference[] => {
  const own = logs.find(({ signer }) => signer.device === a.id);
  // What a device wrote itself comes to it from others only when it was lost.
  const foreign = logs.filter(({ signer }) => signer.device !== a.id && signer.device !== b.id);
  const changed = [own, ...foreign].filter((log) => log !== undefined).slice(0, 10);
  const [first] = changed;
  const many = `${changed.length} ${changed.length === 1 ? 'log' : 'logs'}`;
  return [
    { name: 'none, never met', lack: newest(0), promise: EQUAL, meet: ({ a, b }) => meet(a, b) },
    { name: 'none, met before', lack: newest(0), promise: EQUAL, meet: ({ a, b }) => meet(a, b) },
    { name: '1 new event', lack: newest(1), promise: news(1), meet: (pair) => afterAppend(pair, own, 1) },
    {
      name: '100 new events',
      lack: newest(100),
      promise: news(1),
      aim: TAIL,
      meet: (pair) => afterAppend(pair, own, 100),
    },
    {
      name: `events in ${many}`,
      lack: newest(changed.length),
      promise: news(changed.length),
      meet: (pair) => afterNews(pair, changed),
    },
    {
      name: 'event in 1 log, no cursor',
      lack: newest(1),
      promise: strange(1),
      meet: (pair) => afterLoss(pair, [first]),
    },
    ...(changed.length > 1
      ? [
          {
            name: `events in ${many}, no cursor`,
            lack: newest(changed.length),
            promise: strange(changed.length),
            meet: (pair: FilledPair) => afterLoss(pair, changed),
          },
        ]
      : []),
    {
      name: '1 unreadable record',
      lack: { scattered: 1 },
      promise: UNREADABLE,
      meet: (pair) => afterDamage(pair, first, false),
    },
    {
      name: '1 changed record',
      lack: { scattered: 1 },
      promise: CHANGED,
      meet: (pair) => afterDamage(pair, first, true),
    },
    {
      name: '100 unreadable, scattered',
      lack: { scattered: SCATTERED },
      promise: {
        text: `< 500 + 400 * ${SCATTERED} beside`,
        broken: exchanging(under(500 + 400 * SCATTERED, costOf)),
      },
      aim: { text: '4 trips to know, < 60,000 bytes', broken: knowing(4, under(60_000, totalOf)) },
      meet: (pair) => afterScatter(pair, SCATTERED),
    },
  ];
};

/** Records that are damaged all over the logs. */
const SCATTERED = 100;

const newest = (events: number) => ({ newest: events });

const totalOf = ({ there, back }: Meeting): number => bytesOf(there) + bytesOf(back);

const under = (limit: number, cost: (meeting: Meeting) => number) => (meeting: Meeting) =>
  cost(meeting) < limit ? undefined : `${cost(meeting)} bytes, promised are fewer than ${limit}`;

const EQUAL: Promised = {
  text: '1 trip, < 200 each way',
  broken: (meeting) =>
    meeting.roundTrips === 1
      ? under(200, ({ there, back }) => Math.max(bytesOf(there), bytesOf(back)))(meeting)
      : `${meeting.roundTrips} round trips`,
};

const knowing =
  (most: number, broken: Promised['broken']): Promised['broken'] =>
  (meeting) =>
    meeting.tripsToKnow > most ? `${meeting.tripsToKnow} round trips to know` : broken(meeting);

/** A tail of new events, whatever its length. */
const TAIL: Promised = {
  text: '1 trip to know, < 500 beside',
  broken: knowing(1, under(500, costOf)),
};

const exchanging = (broken: Promised['broken']) => (meeting: Meeting) =>
  payloadOf(meeting.there) + payloadOf(meeting.back) === 0 ? 'nothing was exchanged' : broken(meeting);

/** After new events, between replicas that have met. */
const news = (logs: number): Promised => ({
  text: `< 500 + 100 * ${logs} beside`,
  broken: exchanging(under(500 + 100 * logs, costOf)),
});

/** After new events, between replicas that never met, or have forgotten it. */
const strange = (logs: number): Promised => ({
  text: `< 500 + 2000 * ${logs} beside`,
  broken: exchanging(under(500 + 2000 * logs, costOf)),
});

const UNREADABLE: Promised = { text: '< 500 beside', broken: exchanging(under(500, costOf)) };

const CHANGED: Promised = {
  text: '< 4096 of hashes',
  broken: exchanging(under(4096, ({ there, back }) => there.hashes + back.hashes)),
};

/** The first device has written while they were apart. */
const afterAppend = async ({ a, b }: FilledPair, log: TestLog | undefined, events: number) => {
  const origin = log?.origin ?? a.options.origin;
  // Written in two steps, since the first event of a log says what it has seen of all others.
  await a.append([{ origin, draft: draft(0) }]);
  await meet(a, b);
  await part(a, b);
  await a.append(Array.from({ length: events }, (_, n) => ({ origin, draft: draft(n) })));
  return meet(a, b);
};

/** The first device has got news of several logs from elsewhere. */
const afterNews = async ({ a, b }: FilledPair, logs: readonly (TestLog | undefined)[]) => {
  a.step({ type: 'tick', nowMs: a.nowMs });
  await a.settle();
  for (const log of logs) if (log !== undefined) await extendLog(a, log, 1);
  await a.open();
  return meet(a, b);
};

/** The same, and the second device has forgotten how much of the first one it holds. */
const afterLoss = async (pair: FilledPair, logs: readonly (TestLog | undefined)[]) => {
  const { a, b } = pair;
  await b.options.disk.state.write([{ key: stateKey.cursor(a.id), row: null }]);
  await b.open();
  return afterNews(pair, logs);
};

/** Records all over the second device's copies of the logs cannot be read. */
const afterScatter = async ({ a, b, logs, events }: FilledPair, count: number): Promise<Meeting> => {
  const { disk } = b.options;
  for (let n = 0; n < count; n += 1) {
    const at = Math.floor(((n + 0.5) * events * logs.length) / count);
    const log = logs[Math.floor(at / events)];
    if (log === undefined) throw new Error('there are fewer logs than were filled');
    disk.damage({ ...placeOf(log, 1 + (at % events)), changed: false });
  }
  let meeting = await meet(a, b);
  // A peer answers so many questions a second.
  for (let turn = 0; turn < count && disk.records.damagedSegments().length > 0; turn += 1) {
    meeting = await meetOn(a, b, 1_000, meeting);
  }
  if (disk.records.damagedSegments().length > 0) throw new Error('the damage was not healed');
  return meeting;
};

/** A record in the middle of the second device's copy of a log cannot be read, or reads as something else. */
const afterDamage = async ({ a, b, events }: FilledPair, log: TestLog | undefined, changed: boolean) => {
  if (log === undefined) throw new Error('there is no log to be damaged');
  const { disk } = b.options;
  const { records } = disk;
  const seq = Math.ceil(events / 2);
  const whole = records.record(log.origin, seq);
  disk.damage({ ...placeOf(log, seq), changed });
  const meeting = await meet(a, b);
  const healed = records.damagedSegments().length > 0 ? undefined : records.record(log.origin, seq);
  if (!whole || !healed || !equalBytes(whole, healed)) throw new Error('the damage was not healed');
  return meeting;
};

const placeOf = ({ origin }: TestLog, seq: number) => ({
  origin,
  segment: Math.floor((seq - 1) / SEGMENT_LIMITS.eventsMax),
  seq,
});

const draft = (n: number): EventDraft => ({
  type: 'plos.core/StateUpdated',
  entityId: `note-${n % 10}`,
  payload: { title: `version ${n}` },
});
