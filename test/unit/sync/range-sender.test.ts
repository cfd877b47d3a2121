import { describe, expect, it } from 'vitest';
import type { Origin } from '../../../protocol/event/index.ts';
import { EVENT_LIMITS } from '../../../protocol/event/index.ts';
import { encodeManifest, type Manifest } from '../../../protocol/manifest/index.ts';
import {
  encodeFrame,
  type FrontierEntry,
  type SegmentRange,
  SYNC_LIMITS,
  type SyncFrame,
} from '../../../protocol/sync/index.ts';
import { RangeSender, type SenderStep } from '../../../protocol/sync/range-sender.ts';
import { signRange, testLog } from '../../support/test-log.ts';

const LOG = testLog(1);

interface Held {
  readonly entry: FrontierEntry;
  readonly segments: readonly SegmentRange[];
}

const record = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(7);

/** A log of segments, each of records of these sizes; all but the last are sealed. */
const hold = (segments: readonly (readonly number[])[], lastSealed = false): Held => {
  const ranges: SegmentRange[] = [];
  let tail: ReturnType<typeof signRange>['tail'] | undefined;
  for (const [i, sizes] of segments.entries()) {
    const sealed = lastSealed || i < segments.length - 1;
    const range = signRange(LOG, tail, sizes.map(record), { sealed });
    ranges.push(range);
    tail = range.tail;
  }
  const { manifest } = ranges.at(-1) as SegmentRange;
  const { origin, segment, events, sealed, firstSeq } = manifest;
  return {
    entry: { origin, segment, events, sealed, seq: firstSeq + events - 1, commitment: new Uint8Array(32) },
    segments: ranges,
  };
};

const want = (number: number, over: Partial<Extract<SyncFrame, { type: 'want' }>> = {}) =>
  ({
    type: 'want',
    want: number,
    origin: LOG.origin,
    segment: 0,
    events: 0,
    sealed: false,
    ...over,
  }) as const;

/** A sender over a log; `run` takes all that can be sent now, reading as a store would. */
const sending = (held: Held | undefined) => {
  const entryOf = (origin: Origin) => (origin === held?.entry.origin ? held.entry : undefined);
  const sender = new RangeSender({ entry: entryOf });
  const run = (): readonly SyncFrame[] => {
    const frames: SyncFrame[] = [];
    for (
      let steps: readonly SenderStep[] = [...sender.take()];
      steps.length > 0;
      steps = [...sender.take()]
    ) {
      for (const step of steps) {
        if (step.type === 'send') frames.push(step.frame);
        else sender.loaded(readRange(held, sender.reading?.segment ?? -1, sender.reading?.events ?? 0));
      }
    }
    return frames;
  };
  return { sender, run };
};

const readRange = (held: Held | undefined, segment: number, events: number): SegmentRange | undefined => {
  const range = held?.segments[segment];
  return range && { ...range, firstSeq: range.firstSeq + events, records: range.records.slice(events) };
};

const typesOf = (frames: readonly SyncFrame[]): string => frames.map(({ type }) => type).join(' ');

describe('a want', () => {
  it('of a whole log brings its segments in order, each with its manifest and its end, then want-end', () => {
    const held = hold([[5, 6], [7], [8, 9]]);
    const { sender, run } = sending(held);
    expect(sender.want(want(4))).toBeUndefined();
    const manifests = held.segments.map(({ manifest }) => encodeManifest(manifest));
    expect(run()).toMatchObject([
      {
        type: 'range',
        want: 4,
        manifest: manifests[0],
        firstSeq: 1,
        records: [record(5), record(6)],
        segmentEnd: true,
      },
      { type: 'range', want: 4, manifest: manifests[1], firstSeq: 3, records: [record(7)], segmentEnd: true },
      {
        type: 'range',
        want: 4,
        manifest: manifests[2],
        firstSeq: 4,
        records: [record(8), record(9)],
        segmentEnd: true,
      },
      { type: 'want-end', want: 4 },
    ]);
  });

  it.each([
    [
      'from within a segment',
      { segment: 1, events: 1 },
      [
        [3, 8],
        [4, 9],
      ],
    ],
    ['from a whole segment without its seal', { segment: 1, events: 2 }, [[4], [4, 9]]],
    ['from a sealed segment', { segment: 1, events: 2, sealed: true }, [[4, 9]]],
    ['from the newest head', { segment: 2, events: 1 }, []],
    ['from past the newest head', { segment: 2, events: 1, sealed: true }, []],
    ['from far past the log', { segment: 2 ** 53 - 1, events: 2 ** 53 - 1, sealed: true }, []],
  ])('%s brings what follows there', (_, position, expected) => {
    const { sender, run } = sending(hold([[5], [7, 8], [9]]));
    sender.want(want(1, position));
    const frames = run();
    const brought = frames.flatMap((frame) =>
      frame.type === 'range' ? [[frame.firstSeq, ...frame.records.map(({ length }) => length)]] : [],
    );
    expect(brought).toEqual(expected);
    expect(frames.at(-1)).toEqual({ type: 'want-end', want: 1 });
    expect(frames.every((frame) => frame.type !== 'range' || frame.segmentEnd)).toBe(true);
  });

  it('of a log that is sealed at its end brings the seal without records', () => {
    const { sender, run } = sending(hold([[5, 6]], true));
    sender.want(want(1, { events: 2 }));
    expect(run()).toMatchObject([
      { type: 'range', records: [], firstSeq: 3, segmentEnd: true, manifest: expect.any(Uint8Array) },
      { type: 'want-end' },
    ]);
  });

  it('of an unknown log ends at once', () => {
    const { sender, run } = sending(undefined);
    sender.want(want(9));
    expect(run()).toEqual([{ type: 'want-end', want: 9 }]);
  });

  it('ends when the store has lost what the frontier names', () => {
    const held = hold([[5]]);
    const { sender, run } = sending({ ...held, segments: [] });
    sender.want(want(1));
    expect(run()).toEqual([{ type: 'want-end', want: 1 }]);
  });

  it('waits its turn', () => {
    const { sender, run } = sending(hold([[5]]));
    sender.want(want(1));
    sender.want(want(2, { origin: testLog(2).origin }));
    sender.want(want(3, { events: 1 }));
    expect(run().map((frame) => [frame.type, 'want' in frame && frame.want])).toEqual([
      ['range', 1],
      ['want-end', 1],
      ['want-end', 2],
      ['want-end', 3],
    ]);
  });

  it('is refused past the limit, and not at it', () => {
    const { sender } = sending(hold([[5]]));
    for (let i = 0; i < SYNC_LIMITS.wantsPerPeer; i += 1) expect(sender.want(want(i))).toBeUndefined();
    expect(sender.want(want(99))).toMatchObject({ code: 'past_limit' });
  });
});

describe('credit', () => {
  const big = EVENT_LIMITS.recordBytesMax;
  const sent = (frames: readonly SyncFrame[]): number =>
    frames.reduce(
      (sum, frame) =>
        sum + (frame.type === 'range' ? frame.records.reduce((s, { length }) => s + length, 0) : 0),
      0,
    );

  it('lets a whole segment of the largest size out, to the byte, and not one more', () => {
    const { sender, run } = sending(hold([[big, big, big, big], [1]]));
    sender.want(want(1));
    const frames = run();
    expect(sent(frames)).toBe(SYNC_LIMITS.creditBytes);
    expect(typesOf(frames)).toBe('range range range range');
    expect(sender.credit(1)).toBeUndefined();
    expect(typesOf(run())).toBe('range want-end');
  });

  it('holds a record back until there is enough for all of it', () => {
    const { sender, run } = sending(hold([[big, big, big, big - 10], [big]]));
    sender.want(want(1));
    expect(sent(run())).toBe(SYNC_LIMITS.creditBytes - 10);
    sender.credit(big - 11);
    expect(run()).toEqual([]);
    sender.credit(1);
    expect(sent(run())).toBe(big);
  });

  it('for more than was sent is a fault, for all of it is not', () => {
    const { sender, run } = sending(hold([[100]]));
    sender.want(want(1));
    run();
    expect(sender.credit(100)).toBeUndefined();
    expect(sender.credit(1)).toMatchObject({ code: 'credit_exceeded' });
  });

  it('is not used up by seals', () => {
    const { sender, run } = sending(hold([[big, big, big, big]], true));
    sender.want(want(1));
    run();
    sender.want(want(2, { events: 4 }));
    expect(typesOf(run())).toBe('range want-end');
  });
});

describe('a frame', () => {
  it('is cut near its size, always carries a record, and fits its limit', () => {
    const sizes = [1, 100_000, 100_000, EVENT_LIMITS.recordBytesMax, 1, 196_607, 1, 1];
    const { sender, run } = sending(hold([sizes]));
    sender.want(want(1));
    const ranges = run().flatMap((frame) => (frame.type === 'range' ? [frame] : []));
    expect(ranges.map(({ records }) => records.map(({ length }) => length))).toEqual([
      [1, 100_000],
      [100_000],
      [EVENT_LIMITS.recordBytesMax],
      [1, 196_607],
      [1, 1],
    ]);
    expect(ranges.map(({ segmentEnd }) => segmentEnd)).toEqual([false, false, false, false, true]);
    expect(ranges.map(({ manifest }) => manifest !== undefined)).toEqual([true, false, false, false, false]);
    for (const range of ranges) expect(encodeFrame(range).length).toBeLessThan(SYNC_LIMITS.frameBytesMax);
  });
});

describe('a range that nobody asked for', () => {
  it('is a bug of the caller', () => {
    const { sender } = sending(hold([[5]]));
    expect(() => sender.loaded({ manifest: {} as Manifest, firstSeq: 1, records: [] })).toThrow(RangeError);
  });
});
