import { describe, expect, it } from 'vitest';
import type { Origin } from '../../../protocol/event/index.ts';
import { EVENT_LIMITS } from '../../../protocol/event/index.ts';
import { encodeManifest, type Manifest } from '../../../protocol/manifest/index.ts';
import {
  encodeFrame,
  type SegmentRange,
  SYNC_LIMITS,
  type SyncFrame,
  type Window,
} from '../../../protocol/sync/index.ts';
import { RangeSender, type SenderStep } from '../../../protocol/sync/range-sender.ts';
import { signRange, testLog } from '../../support/test-log.ts';

const LOG = testLog(1);

interface Held {
  readonly origin: Origin;
  /** The last one. */
  readonly segment: number;
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
  const { origin, segment } = manifest;
  return {
    origin,
    segment,
    segments: ranges,
  };
};

type Want = Parameters<RangeSender['want']>;

/** A want for the test log from a position on, up to its end. */
const want = (number: number, over: Partial<Window> = {}, origin = LOG.origin): Want => [
  number,
  origin,
  { segment: 0, events: 0, until: 2 ** 32, ...over },
];

/** A sender over a log; `run` takes all that can be sent now, reading as a store would. */
const sending = (held: Held | undefined) => {
  const sender = new RangeSender((origin) => (origin === held?.origin ? held : undefined));
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
  it('of a whole log brings its segments in order, each with its manifest; the last frame ends it', () => {
    const held = hold([[5, 6], [7], [8, 9]]);
    const { sender, run } = sending(held);
    expect(sender.want(...want(4))).toBeUndefined();
    const manifests = held.segments.map(({ manifest }) => encodeManifest(manifest));
    expect(run()).toEqual([
      { type: 'range', want: 4, manifest: manifests[0], records: [record(5), record(6)], follows: 'segment' },
      { type: 'range', want: 4, manifest: manifests[1], records: [record(7)], follows: 'segment' },
      { type: 'range', want: 4, manifest: manifests[2], records: [record(8), record(9)], follows: 'nothing' },
    ]);
  });

  it.each<[string, Partial<Window>, readonly (readonly number[])[]]>([
    ['from within a segment', { segment: 1, events: 1 }, [[8], [9]]],
    ['from a whole segment without its seal', { segment: 1, events: 2 }, [[], [9]]],
    ['from the next segment on', { segment: 2 }, [[9]]],
    ['up to a segment', { until: 1 }, [[5], [7, 8]]],
    ['up to just where it begins', { segment: 1, until: 1 }, [[7, 8]]],
    ['up to before it begins', { segment: 1, until: 0 }, []],
    ['from the newest head', { segment: 2, events: 1 }, []],
    ['from past the newest head', { segment: 3 }, []],
    ['from far past the log', { segment: 2 ** 53 - 1, events: 2 ** 53 - 1, until: 2 ** 53 - 1 }, []],
  ])('%s brings what follows there', (_, window, expected) => {
    const { sender, run } = sending(hold([[5], [7, 8], [9]]));
    sender.want(...want(1, window));
    const frames = run();
    const brought = frames.flatMap((frame) =>
      frame.type === 'range' ? [frame.records.map(({ length }) => length)] : [],
    );
    expect(brought).toEqual(expected);
    const last = frames.at(-1);
    expect(last?.type === 'range' ? last.follows : last?.type).toBe(
      expected.length > 0 ? 'nothing' : 'want-end',
    );
  });

  it('of a log that is sealed at its end brings the seal without records', () => {
    const { sender, run } = sending(hold([[5, 6]], true));
    sender.want(...want(1, { events: 2 }));
    expect(run()).toEqual([
      { type: 'range', want: 1, manifest: expect.any(Uint8Array), records: [], follows: 'nothing' },
    ]);
  });

  it('ends on its own where the store has lost what was to follow', () => {
    const held = hold([[5], [6]]);
    const { sender, run } = sending({ ...held, segments: held.segments.slice(0, 1) });
    sender.want(...want(1));
    expect(typesOf(run())).toBe('range want-end');
  });

  it('of an unknown log ends at once', () => {
    const { sender, run } = sending(undefined);
    sender.want(...want(9));
    expect(run()).toEqual([{ type: 'want-end', want: 9 }]);
  });

  it('ends when the store has lost what the frontier names', () => {
    const held = hold([[5]]);
    const { sender, run } = sending({ ...held, segments: [] });
    sender.want(...want(1));
    expect(run()).toEqual([{ type: 'want-end', want: 1 }]);
  });

  it('waits its turn', () => {
    const { sender, run } = sending(hold([[5]]));
    sender.want(...want(1));
    sender.want(...want(2, {}, testLog(2).origin));
    sender.want(...want(3, { events: 1 }));
    expect(run().map((frame) => [frame.type, 'want' in frame && frame.want])).toEqual([
      ['range', 1],
      ['want-end', 2],
      ['want-end', 3],
    ]);
  });

  it('is refused past the limit, and not at it', () => {
    const { sender } = sending(hold([[5]]));
    for (let i = 0; i < SYNC_LIMITS.wantsPerPeer; i += 1) expect(sender.want(...want(i))).toBeUndefined();
    expect(sender.want(...want(99))).toMatchObject({ code: 'past_limit' });
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
    sender.want(...want(1));
    const frames = run();
    expect(sent(frames)).toBe(SYNC_LIMITS.creditBytes);
    expect(typesOf(frames)).toBe('range range range range');
    expect(sender.credit(1)).toBeUndefined();
    expect(typesOf(run())).toBe('range');
  });

  it('holds a record back until there is enough for all of it', () => {
    const { sender, run } = sending(hold([[big, big, big, big - 10], [big]]));
    sender.want(...want(1));
    expect(sent(run())).toBe(SYNC_LIMITS.creditBytes - 10);
    sender.credit(big - 11);
    expect(run()).toEqual([]);
    sender.credit(1);
    expect(sent(run())).toBe(big);
  });

  it('for more than was sent is a fault, for all of it is not', () => {
    const { sender, run } = sending(hold([[100]]));
    sender.want(...want(1));
    run();
    expect(sender.credit(100)).toBeUndefined();
    expect(sender.credit(1)).toMatchObject({ code: 'credit_exceeded' });
  });

  it('is not used up by seals', () => {
    const { sender, run } = sending(hold([[big, big, big, big]], true));
    sender.want(...want(1));
    run();
    sender.want(...want(2, { events: 4 }));
    expect(typesOf(run())).toBe('range');
  });
});

describe('a frame', () => {
  it('is cut near its size, always carries a record, and fits its limit', () => {
    const limit = SYNC_LIMITS.rangeFrameBytes;
    const sizes = [1, limit / 2, limit / 2, EVENT_LIMITS.recordBytesMax, 1, limit - 1, 1, 1];
    const { sender, run } = sending(hold([sizes]));
    sender.want(...want(1));
    const ranges = run().flatMap((frame) => (frame.type === 'range' ? [frame] : []));
    expect(ranges.map(({ records }) => records.map(({ length }) => length))).toEqual([
      [1, limit / 2],
      [limit / 2],
      [EVENT_LIMITS.recordBytesMax],
      [1, limit - 1],
      [1, 1],
    ]);
    expect(ranges.map(({ follows }) => follows)).toEqual([...new Array(4).fill('records'), 'nothing']);
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
