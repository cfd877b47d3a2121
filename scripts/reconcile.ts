/**
 * Measures what it takes two replicas to find out what each lacks, and to exchange it: bytes and round trips, for
 * replicas of 1,000 to 1,000,000 events. Prints a table, and exits with 1 when a promise of docs/protocol/sync.md
 * ("Cost") is broken: `node scripts/reconcile.ts [events ...]`.
 */
import process from 'node:process';
import { nativeCrypto } from '../node/crypto/index.ts';
import { equalBytes } from '../protocol/bytes/index.ts';
import { stateKey } from '../protocol/engine/state-keys.ts';
import type { EventDraft } from '../protocol/event/index.ts';
import { frontierDigest } from '../protocol/sync/index.ts';
import { extendLog, type FilledPair, type Filling, filledPair } from '../test/support/filled-pair.ts';
import type { TestLog } from '../test/support/test-log.ts';
import { type Meeting, meet, part, type Traffic } from '../test/support/wired-pair.ts';

/** Bytes each way that equal replicas may take. */
const EQUAL_BYTES = 200;

/** Bytes, both ways together, that may go beside records and manifests after new events: at all, and for each log. */
const NEWS_BYTES = 500;
const NEWS_BYTES_PER_LOG = 100;

/** By how much cost may differ between the smallest and the largest replicas: numbers get longer, trees differ. */
const GROWTH = { bytes: 96, share: 0.1 } as const;

/** Devices of the space where there are many logs. */
const DEVICES = 20;

/** What is done with a pair of replicas that hold the same, and how many logs it touches. */
interface Scenario {
  readonly name: string;
  /** Logs touched; undefined where no promise is made for that. */
  readonly logs: number | undefined;
  run(pair: FilledPair): Promise<Meeting>;
}

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1_000, 100_000, 1_000_000];
const costs = new Map<string, number[]>();
let isKept = true;

console.log('Bytes there and back: records + their lengths, manifests, everything else.\n');
for (const events of sizes) {
  for (const logs of [1, 10, 1_000].filter((count) => count < events)) {
    await measure({ events, logs, devices: logs === 1 ? 2 : DEVICES });
  }
}
for (const [name, list] of costs) {
  const [least, most] = [Math.min(...list), Math.max(...list)];
  if (most - least <= Math.max(GROWTH.bytes, GROWTH.share * least)) continue;
  fail(`${name}: the cost differs between sizes, from ${least} to ${most} bytes`);
}
console.log(isKept ? '\nAll promises are kept.' : '\nA promise is broken.');
process.exitCode = isKept ? 0 : 1;

async function measure(filling: Filling): Promise<void> {
  const pair = await filledPair(filling);
  const { events, logs } = filling;
  console.log(`${events.toLocaleString('en')} events in ${logs.toLocaleString('en')} logs`);
  for (const scenario of scenariosOf(pair)) {
    const meeting = await scenario.run(pair);
    await part(pair.a, pair.b);
    const [a, b] = [pair.a, pair.b].map(({ engine }) => frontierDigest(nativeCrypto, engine.frontier()));
    if (a === undefined || b === undefined || !equalBytes(a, b)) fail(`${scenario.name}: they still differ`);
    print(scenario.name, meeting);
    judge(`${scenario.name}, ${logs} logs`, scenario, meeting);
  }
  console.log();
}

function scenariosOf({ a, b, logs }: FilledPair): readonly Scenario[] {
  const own = logs.filter(({ signer }) => signer.device === a.id);
  // What a device wrote itself never comes to it from others.
  const foreign = logs.filter(({ signer }) => signer.device !== a.id && signer.device !== b.id);
  const changed = [own[0], ...foreign].filter((log) => log !== undefined).slice(0, 10);
  return [
    { name: 'equal, never met', logs: 0, run: ({ a, b }) => meet(a, b) },
    { name: 'equal, met before', logs: 0, run: ({ a, b }) => meet(a, b) },
    { name: '1 new event', logs: 1, run: (pair) => afterAppend(pair, own[0], 1) },
    { name: '100 new events', logs: 1, run: (pair) => afterAppend(pair, own[0], 100) },
    { name: `${changed.length} logs changed`, logs: changed.length, run: (pair) => afterNews(pair, changed) },
    {
      name: `${changed.length} logs changed, no cursor`,
      logs: undefined,
      run: (pair) => afterLoss(pair, changed),
    },
  ];
}

/** The first device has written while they were apart. */
async function afterAppend({ a, b }: FilledPair, log: TestLog | undefined, events: number): Promise<Meeting> {
  const origin = log?.origin ?? a.options.origin;
  // Written in two steps, since the first event of a log says what it has seen of all others.
  await a.append([{ origin, draft: draft(0) }]);
  await meet(a, b);
  await part(a, b);
  await a.append(Array.from({ length: events }, (_, n) => ({ origin, draft: draft(n) })));
  return meet(a, b);
}

/** The first device has got news of several logs from elsewhere. */
async function afterNews({ a, b }: FilledPair, logs: readonly TestLog[]): Promise<Meeting> {
  a.step({ type: 'tick', nowMs: a.nowMs });
  await a.settle();
  for (const log of logs) await extendLog(a, log, 1);
  await a.open();
  return meet(a, b);
}

/** The same, and the second device has forgotten how much of the first one it holds. */
async function afterLoss(pair: FilledPair, logs: readonly TestLog[]): Promise<Meeting> {
  const { a, b } = pair;
  await b.options.state.write([{ key: stateKey.cursor(a.id), row: null }]);
  await b.open();
  return afterNews(pair, logs);
}

function draft(n: number): EventDraft {
  return { type: 'plos.core/StateUpdated', entityId: `note-${n % 10}`, payload: { title: `version ${n}` } };
}

function judge(name: string, { logs }: Scenario, { there, back, roundTrips }: Meeting): void {
  const payload = there.records + there.manifests + back.records + back.manifests;
  const cost = bytesOf(there) + bytesOf(back) - payload;
  costs.set(name, [...(costs.get(name) ?? []), cost]);
  if (logs === 0) {
    if (Math.max(bytesOf(there), bytesOf(back)) >= EQUAL_BYTES) fail(`${name}: ${EQUAL_BYTES} bytes or more`);
    if (roundTrips !== 1) fail(`${name}: ${roundTrips} round trips`);
  } else if (payload === 0) fail(`${name}: nothing was exchanged`);
  if (logs === undefined || logs === 0) return;
  const most = NEWS_BYTES + NEWS_BYTES_PER_LOG * logs;
  if (cost >= most) fail(`${name}: ${cost} bytes beside the payload, promised are fewer than ${most}`);
}

function bytesOf({ records, lengths, manifests, overhead }: Traffic): number {
  return records + lengths + manifests + overhead;
}

function print(name: string, { there, back, roundTrips }: Meeting): void {
  const way = ({ records, lengths, manifests, overhead }: Traffic): string =>
    `${records} + ${lengths}, ${manifests}, ${overhead}`;
  console.log(`  ${name.padEnd(28)} ${roundTrips} rt   there ${way(there).padEnd(26)} back ${way(back)}`);
}

function fail(problem: string): void {
  isKept = false;
  console.error(`  broken: ${problem}`);
}
