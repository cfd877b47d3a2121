import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copiesOf, lagOf } from '../../../node/host/copies.ts';
import { SEEN_AGAIN_MS, Sightings } from '../../../node/host/sightings.ts';
import { makeOrigin, type Origin, type Seq } from '../../../protocol/event/index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { numberedSigner } from '../../support/test-signer.ts';

const [a, b] = [numberedSigner(1).device, numberedSigner(2).device];
const [logA, logB] = [makeOrigin(a, 'aaaaaaaa'), makeOrigin(b, 'bbbbbbbb')];

const holds = (...entries: readonly (readonly [Origin, Seq])[]): ReadonlyMap<Origin, Seq> => new Map(entries);

test('what a device held is known after a restart, the newest of it', async () => {
  const home = temporaryFolder();
  const sightings = await Sightings.open(home);
  expect(sightings.get(a)).toBeUndefined();
  sightings.note([{ device: a, seenMs: 1, holds: holds([logA, 5]) }]);
  sightings.note([{ device: a, seenMs: 2, holds: holds([logA, 7], [logB, 1]) }]);
  sightings.note([{ device: b, seenMs: 3, holds: holds() }]);
  await sightings.saved();
  const again = await Sightings.open(home);
  expect(again.get(a)).toEqual({ device: a, seenMs: 2, holds: holds([logA, 7], [logB, 1]) });
  expect(again.get(b)).toEqual({ device: b, seenMs: 3, holds: holds() });
});

test('a device that is seen again and holds the same is written now and then, and at the end', async () => {
  let writes = 0;
  const sightings = await Sightings.open(temporaryFolder(), async () => {
    writes += 1;
  });
  const see = (seenMs: number, seq: Seq): void =>
    sightings.note([{ device: a, seenMs, holds: holds([logA, seq]) }]);
  const writesAtTheEnd = async (): Promise<number> => {
    await sightings.saved();
    return writes;
  };
  see(1, 5);
  expect(await writesAtTheEnd()).toBe(1);
  for (let seenMs = 2; seenMs < 100; seenMs += 1) see(seenMs, 5);
  expect(await writesAtTheEnd()).toBe(2);
  see(99 + SEEN_AGAIN_MS, 5);
  see(100 + SEEN_AGAIN_MS, 6);
  see(101 + SEEN_AGAIN_MS, 6);
  expect(await writesAtTheEnd()).toBe(5);
  expect(await writesAtTheEnd()).toBe(5);
});

test('what could not be written is written with the next note', async () => {
  const texts: string[] = [];
  let isFull = true;
  const sightings = await Sightings.open(temporaryFolder(), async (_, text) => {
    if (isFull) throw new Error('the disk is full');
    texts.push(text);
  });
  const sighting = { device: a, seenMs: 1, holds: holds([logA, 5]) };
  sightings.note([sighting]);
  await sightings.saved();
  isFull = false;
  sightings.note([sighting]);
  await sightings.saved();
  expect(texts).toEqual([`[{"device":"${a}","seenMs":1,"holds":{"${logA}":5}}]\n`]);
});

test('a file that cannot be read is an empty one, and is replaced', async () => {
  const home = temporaryFolder();
  const path = join(home, 'sightings.json');
  for (const text of ['', '{', '[{"device":"x"}]', `[{"device":"${a}","seenMs":1,"holds":{"${logA}":-1}}]`]) {
    await writeFile(path, text);
    const sightings = await Sightings.open(home);
    expect(sightings.get(a)).toBeUndefined();
  }
  const sightings = await Sightings.open(home);
  sightings.note([{ device: a, seenMs: 1, holds: holds([logA, 5]) }]);
  await sightings.saved();
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual([{ device: a, seenMs: 1, holds: { [logA]: 5 } }]);
});

test('of a device with too many logs nothing is noted', async () => {
  const sightings = await Sightings.open(temporaryFolder());
  const many = (count: number) =>
    new Map(
      Array.from({ length: count }, (_, i): [Origin, Seq] => [
        makeOrigin(
          a,
          `${'abcdefghijklmnop'[(i >> 8) & 15]}${'abcdefghijklmnop'[(i >> 4) & 15]}${'abcdefghijklmnop'[i & 15]}aaaaa`,
        ),
        1,
      ]),
    );
  sightings.note([{ device: a, seenMs: 1, holds: many(1024) }]);
  expect(sightings.get(a)?.holds.size).toBe(1024);
  sightings.note([{ device: b, seenMs: 1, holds: many(1025) }]);
  expect(sightings.get(b)).toBeUndefined();
  // Its file lies in a folder that is gone with the test.
  await sightings.saved();
});

test('an event is somewhere else if one other device holds it; a device is complete if it holds them all', () => {
  const held = holds([logA, 10], [logB, 4]);
  const others = new Map([
    [a, holds([logA, 8], [logB, 4])],
    [b, holds([logA, 10])],
  ]);
  expect(copiesOf(held, others)).toEqual({ onlyHere: 0, complete: [] });
  expect(lagOf(held, others.get(b) ?? holds())).toBe(4);
  others.delete(b);
  expect(copiesOf(held, others)).toEqual({ onlyHere: 2, complete: [] });
  others.set(a, holds([logA, 11], [logB, 4]));
  expect(copiesOf(held, others)).toEqual({ onlyHere: 0, complete: [a] });
  expect(copiesOf(held, new Map())).toEqual({ onlyHere: 14, complete: [] });
});
