/**
 * Keeps some objects and makes many more that live just long enough to count as old; tells how large the heap was at its
 * most. With `small` as its argument it does so as a device that is up.
 */
import { keepHeapSmall } from '../../node/host/heap.ts';

const KEPT = 200_000;
const ROUNDS = 30;

if (process.argv[2] === 'small') keepHeapSmall();

const newObjects = (round: number): readonly object[] =>
  Array.from({ length: KEPT }, (_, i) => ({ round, i, text: `object ${i} of round ${round}` }));

let held: readonly object[] = [];
let most = 0;
for (let round = 0; round < ROUNDS; round += 1) {
  held = newObjects(round);
  most = Math.max(most, process.memoryUsage().heapTotal);
}
process.stdout.write(`${JSON.stringify({ most, held: held.length })}\n`);
