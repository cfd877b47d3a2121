import { describe, expect, it } from 'vitest';
import { SYNC_LIMITS, type SyncFrame } from '../../../protocol/sync/index.ts';
import { frontierFrame, hello, meet, numberedEntry, Side, spelled } from '../../support/session-side.ts';

const MANIFEST = Uint8Array.of(1, 2, 3);

/** So many records of so many bytes together. */
const recordsOf = (count: number, bytes: number): readonly Uint8Array[] =>
  Array.from({ length: count }, () => new Uint8Array(bytes / count));

const brings = (frame: SyncFrame): boolean => frame.type === 'frontier' && frame.brought !== undefined;

/** Two sides that hold the first three records of a log, and know that of each other. */
const equal = (): readonly [Side, Side] => {
  const sides = [new Side('a'), new Side('b')] as const;
  for (const side of sides) side.holdEntry(numberedEntry(1, 3));
  meet(...sides);
  return sides;
};

/** A side moves a log on, and says with which records. */
const write = (side: Side, events: number, records: readonly Uint8Array[]): readonly SyncFrame[] => {
  const entry = numberedEntry(1, events);
  side.holdEntry(entry);
  const written = new Map([[entry.origin, { manifest: MANIFEST, records }]]);
  side.note(side.session.advanced([entry], 0, written));
  return side.take();
};

describe('the news of what was written', () => {
  it('bring it to whom it leads on, and only once that is known', () => {
    const [a] = equal();
    expect(write(a, 5, recordsOf(2, 20)).map(brings)).toEqual([true]);
    // The other one has not said that it holds those.
    expect(write(a, 6, recordsOf(1, 10)).map(brings)).toEqual([false]);
    a.receive(frontierFrame({ arrivals: 1, held: { arrivals: 3, missing: [] } }));
    expect(write(a, 7, recordsOf(1, 10)).map(brings)).toEqual([true]);
  });

  it('bring nothing with which the log has not moved', () => {
    const [a] = equal();
    expect(write(a, 5, recordsOf(1, 10)).map(brings)).toEqual([false]);
  });

  it('come first among other news', () => {
    const [a] = equal();
    const [one, other] = [numberedEntry(2, 1), numberedEntry(3, 1)];
    const written = new Map([[other.origin, { manifest: MANIFEST, records: recordsOf(1, 10) }]]);
    a.note(a.session.advanced([one, other], 0, written));
    expect(a.take()).toMatchObject([{ entries: [spelled(other), spelled(one)], brought: {} }]);
  });

  it('bring at most so much, and nothing without credit', () => {
    const [a] = equal();
    expect(write(a, 4, recordsOf(1, SYNC_LIMITS.broughtBytesMax + 1)).map(brings)).toEqual([false]);
    const [b] = equal();
    const frames: boolean[] = [];
    for (let n = 0; n * SYNC_LIMITS.broughtBytesMax <= SYNC_LIMITS.creditBytes; n += 1) {
      frames.push(...write(b, 4 + n, recordsOf(1, SYNC_LIMITS.broughtBytesMax)).map(brings));
      b.receive(frontierFrame({ arrivals: 1, held: { arrivals: 2 + n, missing: [] } }));
    }
    expect(frames.slice(0, -1).every((each) => each)).toBe(true);
    expect(frames.at(-1)).toBe(false);
    b.receive({ type: 'credit', bytes: SYNC_LIMITS.creditBytes / 2 });
    expect(write(b, 100, recordsOf(100 - 4 - frames.length + 1, 900)).map(brings)).toEqual([true]);
  });
});

describe('records that nobody has asked for', () => {
  const { origin } = numberedEntry(1);

  /** What a side that holds three records does with two more, or as many as it is told. */
  const take = (side: Side, events: number, records: readonly Uint8Array[]) =>
    side
      .receive(
        frontierFrame({
          entries: [spelled(numberedEntry(1, events))],
          arrivals: 2,
          brought: { manifest: MANIFEST, records },
        }),
      )
      .map(({ type }) => type);

  const greeted = (): Side => {
    const side = new Side().holdEntry(numberedEntry(1, 3)).open();
    side.receive(hello());
    side.take();
    return side;
  };

  it('are handed on when they come next, before it is looked what there is to be asked for', () => {
    const side = greeted();
    const records = recordsOf(2, 20);
    expect(take(side, 5, records)).toEqual(['brought', 'learnt']);
    const range = {
      origin,
      segment: 0,
      skipped: 3,
      manifest: MANIFEST,
      records,
      bytes: 20,
      resumed: false,
      continues: false,
    };
    expect(side.effects.find(({ type }) => type === 'brought')).toEqual({ type: 'brought', range });
  });

  it.each([
    ['leave a gap', 6, (_: Side) => undefined],
    ['are held already', 4, (_: Side) => undefined],
    ['are of a log that is not accepted', 5, (side: Side) => side.refused.add(origin)],
    [
      'are of a log on which the peer is not believed',
      5,
      (side: Side) => side.session.dispute(origin, { code: 'stalled', message: 'late' }),
    ],
  ])('are dropped when they %s, and their credit is given back', (_, events, prepare) => {
    const side = greeted();
    prepare(side);
    const records = recordsOf(2, SYNC_LIMITS.broughtBytesMax);
    for (let n = 0; n <= SYNC_LIMITS.creditBytes / SYNC_LIMITS.broughtBytesMax / 2; n += 1)
      expect(take(side, events, records)).not.toContain('brought');
    expect(side.take()).toContainEqual({
      type: 'credit',
      bytes: SYNC_LIMITS.creditBytes / 2 + SYNC_LIMITS.broughtBytesMax,
    });
    expect(side.faults).toEqual([]);
  });

  it('end the session when there was no credit for them', () => {
    const side = greeted();
    const records = recordsOf(2, SYNC_LIMITS.broughtBytesMax);
    for (let n = 0; n < SYNC_LIMITS.creditBytes / SYNC_LIMITS.broughtBytesMax; n += 1) take(side, 5, records);
    expect(side.faults).toEqual([]);
    take(side, 5, recordsOf(2, 2));
    expect(side.faults).toEqual(['credit_exceeded']);
  });

  it('are released like any others', () => {
    const side = greeted();
    const bytes = SYNC_LIMITS.broughtBytesMax;
    for (let n = 0; n <= SYNC_LIMITS.creditBytes / bytes / 2; n += 1) take(side, 5, recordsOf(2, bytes));
    expect(side.take().filter(({ type }) => type === 'credit')).toEqual([]);
    side.note(side.session.release(bytes, 0));
    expect(side.take()).toContainEqual({ type: 'credit', bytes });
  });
});
