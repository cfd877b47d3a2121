import { describe, expect, it } from 'vitest';
import type { PartialSegment, Window } from '../../../protocol/sync/index.ts';
import { ReceivedBytes } from '../../../protocol/sync/received-bytes.ts';
import { WantDesk } from '../../../protocol/sync/want-desk.ts';
import { newRemote } from '../../support/new-remote.ts';
import { testLog } from '../../support/test-log.ts';

const { origin } = testLog(1);
const { origin: other } = testLog(2);
const WINDOW: Window = { segment: 4, events: 2, until: 6 };
const PART: PartialSegment = {
  origin,
  segment: WINDOW.segment,
  skipped: WINDOW.events,
  records: [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)],
};

const deskAfter = (part: PartialSegment | undefined): WantDesk =>
  new WantDesk(newRemote(), new ReceivedBytes(), part);

describe('a part of a segment that came in a session before', () => {
  it('is not asked for again, once', () => {
    const desk = deskAfter(PART);
    expect(desk.want(origin, WINDOW, 0)).toEqual({ want: 1, ...WINDOW, events: 5 });
    expect(desk.part).toEqual(PART);
    desk.dispute(origin, { code: 'root_mismatch', message: '' });
    expect(desk.part).toBeUndefined();
    expect(desk.want(origin, WINDOW, 0)).toEqual({ want: 2, ...WINDOW });
  });

  it.each<[string, typeof origin, Window]>([
    ['another log', other, WINDOW],
    ['another segment', origin, { ...WINDOW, segment: 5 }],
    ['another part of it', origin, { ...WINDOW, events: 3 }],
  ])('is kept while %s is asked for', (_, log, window) => {
    const desk = deskAfter(PART);
    expect(desk.want(log, window, 0)).toEqual({ want: 1, ...window });
    expect(desk.part).toEqual(PART);
  });

  it('is nothing where none came', () => {
    const desk = deskAfter(undefined);
    expect(desk.want(origin, WINDOW, 0)).toEqual({ want: 1, ...WINDOW });
    expect(desk.part).toBeUndefined();
  });
});
