/**
 * Has negentropy find out what is lacking in sets of records, each with a timestamp and an id of 32 bytes. One second
 * lies between two records, so that bounds need no part of an id, which is the best that can happen to it.
 */
import crypto from 'node:crypto';
import { Negentropy, NegentropyStorageVector } from '@welshman/net/dist/net/src/negentropy.js';
import { serveJob } from '../frame/serve-job.ts';
import type { Lack, NegentropyCost, NegentropyJob } from './negentropy-job.ts';

/** Times count in whole seconds there: it reads numbers of up to 31 bits. */
const FIRST_S = 1_700_000_000;

// Where it finds no window, it takes this for the module of Node.
Object.defineProperty(globalThis, 'crypto', { value: crypto });

const idOf = (number: number): Uint8Array => crypto.hash('sha256', String(number), 'buffer');

const isLacking = (lack: Lack, events: number): ((number: number) => boolean) => {
  if ('newest' in lack) return (number) => number >= events - lack.newest;
  const { scattered } = lack;
  const numbers = new Set(
    Array.from({ length: scattered }, (_, n) => Math.floor(((n + 0.5) * events) / scattered)),
  );
  return (number) => numbers.has(number);
};

const compare = async (
  ids: readonly Uint8Array[],
  all: NegentropyStorageVector,
  lack: Lack,
): Promise<NegentropyCost> => {
  const lacking = isLacking(lack, ids.length);
  const part = storageOf(ids, (number) => !lacking(number));
  const [here, other] = [new Negentropy(part, 0), new Negentropy(all, 0)];
  let [trips, there, back, found] = [0, 0, 0, 0];
  for (let message: string | null = await here.initiate(); message !== null; ) {
    const [answer] = await other.reconcile(message);
    if (answer === null) throw new Error('negentropy has left a message without an answer');
    trips += 1;
    there += message.length / 2;
    back += answer.length / 2;
    const [next, , need] = await here.reconcile(answer);
    found += need.length;
    message = next;
  }
  const expected = 'newest' in lack ? lack.newest : lack.scattered;
  if (found !== expected) throw new Error(`negentropy has found ${found} of ${expected} records`);
  return { trips, there, back };
};

const storageOf = (
  ids: readonly Uint8Array[],
  holds: (number: number) => boolean,
): NegentropyStorageVector => {
  const storage = new NegentropyStorageVector();
  for (const [number, id] of ids.entries()) if (holds(number)) storage.insert(FIRST_S + number, id);
  storage.seal();
  return storage;
};

await serveJob<NegentropyJob>(async ({ events, lacks }, tell) => {
  const ids = Array.from({ length: events }, (_, number) => idOf(number));
  const all = storageOf(ids, () => true);
  const costs: NegentropyCost[] = [];
  for (const lack of lacks) costs.push(await compare(ids, all, lack));
  tell(costs);
});
