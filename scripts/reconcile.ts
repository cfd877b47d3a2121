/**
 * Measures what it takes two replicas to find out what each lacks, and to exchange it: bytes and round trips, for
 * replicas of 1,000 to 1,000,000 events. Prints a table, and exits with 1 when a promise of docs/protocol/sync.md
 * ("Cost") is broken: `node scripts/reconcile.ts [events ...]`.
 */
import process from 'node:process';
import { nativeCrypto } from '../node/crypto/index.ts';
import { equalBytes } from '../protocol/bytes/index.ts';
import { frontierDigest } from '../protocol/sync/index.ts';
import { costOf, type Difference, differencesOf } from '../test/support/differences.ts';
import { type Filling, filledPair } from '../test/support/filled-pair.ts';
import { bytesOf, type Meeting, part, payloadOf } from '../test/support/wired-pair.ts';

/** By how much a cost may vary with the number of events: numbers get longer, trees and last segments differ. */
const GROWTH = { bytes: 128, share: 0.25 } as const;

/** Devices of the space where there are many logs. */
const DEVICES = 20;

const COLUMNS = [
  ['events', 9],
  ['logs', 5],
  ['difference', 28],
  ['trips', 5],
  ['there', 6],
  ['back', 6],
  ['payload', 7],
  ['beside', 6],
  ['promised', 26],
  ['held', 4],
] as const;

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1_000, 100_000, 1_000_000];
const costs = new Map<string, number[]>();
const problems: string[] = [];

console.log(
  'Bytes there and back with the lengths of frames. Payload: records and the manifests that sign them.',
);
printRow(COLUMNS.map(([title]) => title));
for (const events of sizes) {
  for (const logs of [1, 10, 1_000].filter((count) => count < events)) {
    await measure({ events, logs, devices: logs === 1 ? 2 : DEVICES });
  }
}
for (const [name, list] of costs) {
  const [least, most] = [Math.min(...list), Math.max(...list)];
  if (most - least <= Math.max(GROWTH.bytes, GROWTH.share * least)) continue;
  problems.push(`${name}: the cost differs between sizes, from ${least} to ${most} bytes`);
}
for (const problem of problems) console.error(`broken: ${problem}`);
if (problems.length === 0) console.log('All promises are held, and no cost grows with the number of events.');
process.exitCode = problems.length === 0 ? 0 : 1;

async function measure(filling: Filling): Promise<void> {
  const pair = await filledPair(filling);
  for (const difference of differencesOf(pair)) {
    const name = `${difference.name}, ${filling.logs} logs`;
    const meeting = await difference.meet(pair);
    await part(pair.a, pair.b);
    const [a, b] = [pair.a, pair.b].map(({ engine }) => frontierDigest(nativeCrypto, engine.frontier()));
    if (a === undefined || b === undefined || !equalBytes(a, b)) problems.push(`${name}: they still differ`);
    costs.set(name, [...(costs.get(name) ?? []), costOf(meeting)]);
    const broken = difference.promise.broken(meeting);
    if (broken !== undefined) problems.push(`${name}, ${filling.events} events: ${broken}`);
    print(filling, difference, meeting, broken === undefined);
  }
}

function print(
  { events, logs }: Filling,
  { name, promise }: Difference,
  meeting: Meeting,
  held: boolean,
): void {
  const { there, back, roundTrips } = meeting;
  const payload = payloadOf(there) + payloadOf(back);
  const numbers = [roundTrips, bytesOf(there), bytesOf(back), payload, costOf(meeting)];
  const list = [events, logs, name, ...numbers, promise.text, held ? 'yes' : 'NO'];
  printRow(list.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)));
}

function printRow(cells: readonly string[]): void {
  const padded = cells.map((cell, column) => {
    const [title, width] = COLUMNS[column] ?? ['', 0];
    return ['difference', 'promised', 'held'].includes(title) ? cell.padEnd(width) : cell.padStart(width);
  });
  console.log(padded.join('  ').trimEnd());
}
