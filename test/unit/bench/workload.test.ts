import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillHome } from '../../../scripts/bench/workload/filled-home.ts';
import { noteDrafts, noteRecords, RECORD_BYTES } from '../../../scripts/bench/workload/notes.ts';
import { recordsOf, writeRecordFile } from '../../../scripts/bench/workload/record-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('every event has a record of the same length, and entities take turns', () => {
  const drafts = noteDrafts(25, 10);
  expect(noteRecords(drafts).map(({ length }) => length)).toEqual(drafts.map(() => RECORD_BYTES));
  expect(new Set(drafts.map(({ entityId }) => entityId)).size).toBe(10);
  expect(noteDrafts(25, 10)).toEqual(drafts);
});

/** A stream that brings bytes and then neither more nor its end. */
async function* endless(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
  await new Promise(() => undefined);
}

const textsOf = async (lists: AsyncIterable<readonly Uint8Array[]>): Promise<readonly string[]> => {
  const texts: string[] = [];
  for await (const list of lists) texts.push(...list.map((record) => Buffer.from(record).toString('hex')));
  return texts;
};

describe('a file of records', () => {
  test('gives the same records in whatever parts it is read', async () => {
    const folder = temporaryFolder();
    const { home } = await fillHome(folder, 30, 3);
    const { records, bytes } = await writeRecordFile(home, join(folder, 'records'));
    // The genesis of the space is one more.
    expect(records).toBe(31);
    const file = await readFile(join(folder, 'records'));
    const whole = await textsOf(recordsOf(endless(file), records));
    expect(whole.length).toBe(31);
    expect(whole.join('').length).toBe(2 * bytes);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: file.length })), async (cuts) => {
        const ends = [...cuts, file.length].sort((a, b) => a - b);
        const parts = ends.map((end, i) => file.subarray(ends[i - 1] ?? 0, end));
        expect(await textsOf(recordsOf(Readable.from(parts)))).toEqual(whole);
      }),
      { numRuns: 50 },
    );
    expect(await textsOf(recordsOf(endless(file), 7))).toEqual(whole.slice(0, 7));
  });
});
