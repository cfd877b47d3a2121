import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compareMarker, openMarker } from '../../../node/home/index.ts';
import { writeSequence } from '../../support/log-writes.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { testLog } from '../../support/test-log.ts';

const first = testLog(1, 'aaaaaaaa');
const second = testLog(1, 'bbbbbbbb');
const { device } = first.signer;

const fileIn = (stateHome: string): string => join(stateHome, 'markers', `${device}.json`);

test('remembers how far each log has come, over restarts', async () => {
  const env = { SMO_STATE_HOME: temporaryFolder() };
  const marker = await openMarker(device, env);
  expect(marker.read()).toEqual(new Map());
  await marker.advance({ [first.origin]: 3 });
  await marker.advance({ [first.origin]: 5, [second.origin]: 1 });
  const expected = new Map([
    [first.origin, 5],
    [second.origin, 1],
  ]);
  expect(marker.read()).toEqual(expected);
  expect((await openMarker(device, env)).read()).toEqual(expected);
  expect(readdirSync(join(env.SMO_STATE_HOME, 'markers'))).toEqual([`${device}.json`]);
});

test('never goes back, and of overlapping calls the last one stands', async () => {
  const env = { SMO_STATE_HOME: temporaryFolder() };
  const marker = await openMarker(device, env);
  await Promise.all(Array.from({ length: 20 }, (_, i) => marker.advance({ [first.origin]: i + 1 })));
  await marker.advance({ [first.origin]: 7 });
  expect(JSON.parse(readFileSync(fileIn(env.SMO_STATE_HOME), 'utf8'))).toEqual({ [first.origin]: 20 });
});

test('what is noted while the file is replaced goes into one replacement more', async () => {
  const env = { SMO_STATE_HOME: temporaryFolder() };
  const marker = await openMarker(device, env);
  await marker.advance({ [first.origin]: 1 });
  const turns = Array.from({ length: 20 }, (_, i) => marker.advance({ [first.origin]: i + 2 }));
  expect(new Set(turns).size).toBe(1);
  const during = turns[0]?.then(() => marker.advance({ [first.origin]: 30 }));
  await Promise.all([...turns, during]);
  expect(JSON.parse(readFileSync(fileIn(env.SMO_STATE_HOME), 'utf8'))).toEqual({ [first.origin]: 30 });
});

test('an unreadable file says nothing, and is replaced by the next advance', async () => {
  const env = { SMO_STATE_HOME: temporaryFolder() };
  await (await openMarker(device, env)).advance({ [first.origin]: 3 });
  for (const text of ['', '{"', '[1]', '{"x":1}', `{"${first.origin}":"3"}`, `{"${first.origin}":-1}`]) {
    writeFileSync(fileIn(env.SMO_STATE_HOME), text);
    const marker = await openMarker(device, env);
    expect(marker.read()).toEqual(new Map());
    await marker.advance({ [first.origin]: 4 });
    expect((await openMarker(device, env)).read()).toEqual(new Map([[first.origin, 4]]));
  }
});

test('a store that holds less than the marker is behind, log by log', () => {
  const writes = writeSequence();
  const tails = [writes.next(first, 4).tail, writes.next(testLog(2), 9).tail];
  const compare = (...entries: [typeof first.origin, number][]) => compareMarker(new Map(entries), tails);
  expect(compare()).toEqual([]);
  expect(compare([first.origin, 3])).toEqual([]);
  expect(compare([first.origin, 4])).toEqual([]);
  expect(compare([first.origin, 5])).toEqual([
    expect.objectContaining({ code: 'store_behind_marker', origin: first.origin, marked: 5, held: 4 }),
  ]);
  expect(compare([first.origin, 4], [second.origin, 1])).toEqual([
    expect.objectContaining({ origin: second.origin, marked: 1, held: 0 }),
  ]);
});
