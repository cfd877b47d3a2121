import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LogWrite, RecordStore, SegmentRange, WholeSegment } from '../../protocol/engine/index.ts';
import { type WriteSequence, writeSequence } from '../support/log-writes.ts';
import { numberedRecords, type TestLog, testLog } from '../support/test-log.ts';

/** How the suite gets the stores that it tests. */
export interface RecordStoreHarness {
  /** A store that has never been written to. */
  open(): Promise<RecordStore>;
  /** The store of the last `open` as it is after a restart; absent when the implementation keeps nothing. */
  readonly reopen?: () => Promise<RecordStore>;
  close(): Promise<void>;
}

const DURABLE = { durable: true } as const;
const SEALED = { sealed: true } as const;
const log = testLog(1);
const other = testLog(2);

/** What every implementation of the {@link RecordStore} port must do. */
export const recordStoreConformance = (name: string, harness: RecordStoreHarness): void => {
  describe(`record store port: ${name}`, () => {
    let store: RecordStore;
    let writes: WriteSequence;

    beforeEach(async () => {
      store = await harness.open();
      writes = writeSequence();
    });
    afterEach(() => harness.close());

    /** The store as it is, and, where there is such a thing, after a restart. */
    const restarted = async (): Promise<RecordStore> => (harness.reopen ? harness.reopen() : store);

    test('is empty at first', async () => {
      expect(store.storeId).toMatch(/^[a-z2-7]+$/);
      expect(store.arrivals()).toBe(0);
      expect(await store.tails()).toEqual([]);
      expect(await store.manifests(log.origin)).toEqual([]);
      expect(await collect(store.journal(0))).toEqual([]);
      expect(store.record(log.origin, 1)).toBeUndefined();
      expect(await store.records(log.origin, 1, 10)).toEqual([]);
      expect(await store.range(log.origin, 0, 0)).toBeUndefined();
      expect(store.manifest(log.origin, 0)).toBeUndefined();
      expect(await store.evidence()).toEqual([]);
      expect(store.damagedLogs()).toEqual([]);
      expect(store.damagedSegments()).toEqual([]);
    });

    test('gives back an open segment that grew in steps', async () => {
      await store.write([writes.next(log, 3)], DURABLE);
      await store.write([writes.next(log, 2)], { durable: false });
      store = await restarted();
      expect(await store.tails()).toEqual([writes.tail(log)]);
      expect(await store.records(log.origin, 1, 10)).toEqual(numberedRecords(1, 5));
      expect(await store.records(log.origin, 2, 2)).toEqual(numberedRecords(2, 2));
      expect(await store.records(log.origin, 6, 1)).toEqual([]);
      expect(store.record(log.origin, 5)).toEqual(numberedRecords(5, 1)[0]);
      expect(store.record(log.origin, 6)).toBeUndefined();
      expect(store.record(log.origin, 0)).toBeUndefined();
      expect(store.record(other.origin, 1)).toBeUndefined();
      expect(await store.manifests(log.origin)).toEqual([writes.tail(log)?.manifest]);
    });

    test('keeps three segments: grown and sealed, sealed at once, sealed without new records', async () => {
      await writeThreeSegments(store, writes, log);
      store = await restarted();
      const manifests = await store.manifests(log.origin);
      expect(
        manifests.map(({ segment, firstSeq, events, sealed }) => [segment, firstSeq, events, sealed]),
      ).toEqual([
        [0, 1, 7, true],
        [1, 8, 4, true],
        [2, 12, 2, true],
        [3, 14, 1, false],
      ]);
      expect(await store.records(log.origin, 1, 100)).toEqual(numberedRecords(1, 14));
      expect(await store.records(log.origin, 6, 4)).toEqual(numberedRecords(6, 4));
      for (let seq = 1; seq <= 14; seq += 1) {
        expect(store.record(log.origin, seq)).toEqual(numberedRecords(seq, 1)[0]);
      }
    });

    test('gives ranges of sealed and open segments from any place', async () => {
      await writeThreeSegments(store, writes, log);
      store = await restarted();
      const [first, , , head] = await store.manifests(log.origin);
      const range = (segment: number, events: number) => store.range(log.origin, segment, events);
      expect(await range(0, 0)).toEqual({ manifest: first, firstSeq: 1, records: numberedRecords(1, 7) });
      expect(await range(0, 5)).toEqual({ manifest: first, firstSeq: 6, records: numberedRecords(6, 2) });
      expect(await range(0, 7)).toEqual({ manifest: first, firstSeq: 8, records: [] });
      expect(await range(0, 99)).toEqual({ manifest: first, firstSeq: 8, records: [] });
      expect(await range(3, 0)).toEqual({ manifest: head, firstSeq: 14, records: numberedRecords(14, 1) });
      expect(await range(4, 0)).toBeUndefined();
      expect(await range(-1, 0)).toBeUndefined();
    });

    test('reads rightly while a segment is being sealed', async () => {
      await store.write([writes.next(log, 50)], DURABLE);
      const sealing = store.write([writes.next(log, 50, SEALED)], DURABLE);
      let done = false;
      void sealing.then(() => {
        done = true;
      });
      while (!done) {
        expect(store.record(log.origin, 50)).toEqual(numberedRecords(50, 1)[0]);
        expect((await store.range(log.origin, 0, 0))?.records.slice(0, 50)).toEqual(numberedRecords(1, 50));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await sealing;
      expect(await store.records(log.origin, 1, 200)).toEqual(numberedRecords(1, 100));
    });

    test('takes several steps of several logs in one commit, and commits that overlap', async () => {
      const steps: LogWrite[] = [
        writes.next(log, 2),
        writes.next(other, 1),
        writes.next(log, 1, SEALED),
        writes.next(log, 2),
      ];
      const commits = [store.write(steps, DURABLE), store.write([writes.next(log, 1)], DURABLE)];
      await Promise.all(commits);
      store = await restarted();
      expect(store.arrivals()).toBe(5);
      expect(await store.records(log.origin, 1, 9)).toEqual(numberedRecords(1, 6));
      expect(await store.records(other.origin, 1, 9)).toEqual(numberedRecords(1, 1));
      expect((await store.manifests(log.origin)).map(({ sealed }) => sealed)).toEqual([true, false]);
    });

    test('keeps the newest arrival of each log, oldest first', async () => {
      const third = testLog(3);
      const steps = [writes.next(log, 2), writes.next(other, 3), writes.next(third, 1)];
      await store.write(steps, DURABLE);
      await store.write([writes.next(log, 1), writes.next(log, 1, SEALED)], DURABLE);
      await store.write([writes.next(third, 4)], DURABLE);
      const all = [
        { arrival: 2, origin: other.origin, seq: 3 },
        { arrival: 5, origin: log.origin, seq: 4 },
        { arrival: 6, origin: third.origin, seq: 5 },
      ];
      const check = async (): Promise<void> => {
        expect(await collect(store.journal(0))).toEqual(all);
        expect(await collect(store.journal(1))).toEqual(all);
        expect(await collect(store.journal(2))).toEqual(all.slice(1));
        expect(await collect(store.journal(5))).toEqual(all.slice(2));
        expect(await collect(store.journal(6))).toEqual([]);
        expect(await collect(store.journal(99))).toEqual([]);
        expect(store.arrivals()).toBe(6);
      };
      await check();
      store = await restarted();
      await check();
    });

    test('gives the manifest of each segment at once', async () => {
      await writeThreeSegments(store, writes, log);
      store = await restarted();
      const manifests = await store.manifests(log.origin);
      expect(manifests.map(({ segment }) => store.manifest(log.origin, segment))).toEqual(manifests);
      for (const segment of [-1, 4, 0.5]) expect(store.manifest(log.origin, segment)).toBeUndefined();
      expect(store.manifest(other.origin, 0)).toBeUndefined();
    });

    test('keeps the newest evidence of each log, with records or alone', async () => {
      const evidence = (to: TestLog, ...bytes: number[]) => ({
        origin: to.origin,
        bytes: Uint8Array.from(bytes),
      });
      await store.write([writes.next(log, 1)], { ...DURABLE, evidence: [evidence(log, 1)] });
      await store.write([], { ...DURABLE, evidence: [evidence(other, 0, 255), evidence(log)] });
      await store.write([writes.next(log, 1)], DURABLE);
      const broken = { ...writes.next(log, 1), firstSeq: 9 };
      const refused = store.write([broken], { ...DURABLE, evidence: [evidence(log, 7)] });
      await expect(refused).rejects.toThrow(RangeError);
      const sorted = [evidence(log), evidence(other, 0, 255)].sort((a, b) => (a.origin < b.origin ? -1 : 1));
      expect(await store.evidence()).toEqual(sorted);
      store = await restarted();
      expect(await store.evidence()).toEqual(sorted);
      expect(store.arrivals()).toBe(2);
    });

    test('a restored segment changes nothing of a store that is whole', async () => {
      await writeThreeSegments(store, writes, log);
      const before = await contentsOf(store);
      for (const segment of [1, 3]) await store.restore(await wholeSegment(store, log, segment));
      expect(await contentsOf(store)).toEqual(before);
      store = await restarted();
      expect(await contentsOf(store)).toEqual(before);
      await store.write([writes.next(log, 1)], DURABLE);
      expect(await store.records(log.origin, 1, 99)).toEqual(numberedRecords(1, 15));
    });

    test.each(FOREIGN_SEGMENTS)('does not restore what is no segment of the log: %s', async (_, change) => {
      await writeThreeSegments(store, writes, log);
      const before = await contentsOf(store);
      const segment = change(await wholeSegment(store, log, 1));
      await expect(store.restore(segment)).rejects.toThrow(RangeError);
      expect(await contentsOf(await restarted())).toEqual(before);
    });

    test('lists many logs in order of origin', async () => {
      const logs = Array.from({ length: 40 }, (_, index) =>
        testLog(40 - index, index % 2 ? 'zzzzzzzz' : '22222222'),
      );
      await store.write(
        logs.map((each) => writes.next(each, 1)),
        DURABLE,
      );
      store = await restarted();
      const origins = (await store.tails()).map(({ manifest }) => manifest.origin);
      expect(origins).toEqual(logs.map(({ origin }) => origin).sort());
    });

    test('keeps records of no bytes and of any bytes', async () => {
      const records = [new Uint8Array(), Uint8Array.of(0, 255, 10), new Uint8Array(300_000).fill(7)];
      // A manifest counts at least a byte for each record; that is a rule of the manifest, not of the store.
      await store.write([writes.next(log, records)], DURABLE);
      await store.write([writes.next(other, records, SEALED)], DURABLE);
      store = await restarted();
      expect(await store.records(log.origin, 1, 3)).toEqual(records);
      expect(await store.records(other.origin, 1, 3)).toEqual(records);
    });

    test.each(BROKEN_WRITES)('refuses a write that does not continue its log: %s', async (_, breakIt) => {
      await store.write([writes.next(log, 3), writes.next(log, 1, SEALED), writes.next(log, 2)], DURABLE);
      const before = await contentsOf(store);
      const broken = breakIt(writes.next(log, 2));
      await expect(store.write([broken], DURABLE)).rejects.toThrow(RangeError);
      expect(await contentsOf(store)).toEqual(before);
      expect(await contentsOf(await restarted())).toEqual(before);
    });

    test('refuses a head again that brings nothing', async () => {
      await store.write([writes.next(log, 3)], DURABLE);
      const again = writes.next(log, []);
      await expect(store.write([again], DURABLE)).rejects.toThrow(RangeError);
    });

    test('writes nothing of a commit when one of its writes does not fit, and goes on', async () => {
      await store.write([writes.next(log, 1)], DURABLE);
      const before = await contentsOf(store);
      const good = writes.next(log, 1);
      const bad = { ...writes.next(other, 1), firstSeq: 2 };
      await expect(store.write([good, bad], DURABLE)).rejects.toThrow(RangeError);
      expect(await contentsOf(store)).toEqual(before);
      await store.write([good], DURABLE);
      store = await restarted();
      expect(await store.records(log.origin, 1, 9)).toEqual(numberedRecords(1, 2));
      expect(store.record(other.origin, 1)).toBeUndefined();
    });

    test('a commit without writes changes nothing', async () => {
      await store.write([], DURABLE);
      expect(store.arrivals()).toBe(0);
    });

    if (harness.reopen !== undefined) {
      test('keeps its id', async () => {
        const { storeId } = store;
        expect((await restarted()).storeId).toBe(storeId);
      });
    }
  });
};

/** Ways to spoil a write of records 7 and 8 in segment 1, which began at seq 5. */
const BROKEN_WRITES: readonly (readonly [string, (write: LogWrite) => LogWrite])[] = [
  ['a gap', (write) => ({ ...write, firstSeq: write.firstSeq + 1 })],
  ['an overlap', (write) => ({ ...write, firstSeq: write.firstSeq - 1 })],
  ['a record too few', (write) => ({ ...write, records: write.records.slice(1) })],
  ['a segment skipped', (write) => withManifest(write, { segment: 2 })],
  ['a sealed segment again', (write) => withManifest(write, { segment: 0 })],
  ['another begin of the segment', (write) => withManifest(write, { firstSeq: 6, events: 3 })],
  ['the manifest of another log', (write) => withManifest(write, { origin: other.origin })],
  ['an arrival skipped', (write) => ({ ...write, arrival: write.arrival + 1 })],
  ['an arrival again', (write) => ({ ...write, arrival: write.arrival - 1 })],
];

/** Ways to make another segment of the second one of a log. */
const FOREIGN_SEGMENTS: readonly (readonly [string, (segment: WholeSegment) => WholeSegment])[] = [
  ['one of a log that is not held', (segment) => ({ ...segment, origin: other.origin })],
  ['a later one', ({ manifest, ...rest }) => ({ ...rest, manifest: { ...manifest, segment: 4 } })],
  ['another manifest', ({ manifest, ...rest }) => ({ ...rest, manifest: { ...manifest, createdAt: 5 } })],
  [
    'a head where it is sealed',
    ({ manifest, ...rest }) => ({ ...rest, manifest: { ...manifest, sealed: false } }),
  ],
  ['a record too few', ({ records, ...rest }) => ({ ...rest, records: records.slice(1) })],
];

const wholeSegment = async (store: RecordStore, of: TestLog, segment: number): Promise<WholeSegment> => {
  const range = (await store.range(of.origin, segment, 0)) ?? expect.fail(`there is no segment ${segment}`);
  return { origin: of.origin, manifest: range.manifest, records: range.records };
};

const withManifest = (write: LogWrite, over: Partial<SegmentRange['manifest']>): LogWrite => ({
  ...write,
  tail: { ...write.tail, manifest: { ...write.tail.manifest, ...over } },
});

const writeThreeSegments = async (store: RecordStore, writes: WriteSequence, to: TestLog): Promise<void> => {
  await store.write([writes.next(to, 2)], DURABLE);
  await store.write([writes.next(to, 3)], DURABLE);
  await store.write([writes.next(to, 2, SEALED)], DURABLE);
  await store.write([writes.next(to, 4, SEALED)], DURABLE);
  await store.write([writes.next(to, 2)], DURABLE);
  await store.write([writes.next(to, 0, SEALED)], DURABLE);
  await store.write([writes.next(to, 1)], DURABLE);
};

const contentsOf = async (store: RecordStore) => ({
  tails: await store.tails(),
  arrivals: store.arrivals(),
  journal: await collect(store.journal(0)),
  manifests: await store.manifests(log.origin),
  records: await store.records(log.origin, 1, 1000),
});

const collect = async <T>(items: AsyncIterable<T>): Promise<readonly T[]> => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};
