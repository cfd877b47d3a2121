import { describe, expect, it } from 'vitest';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import { SegmentShelf } from '../../../protocol/engine/segment-shelf.ts';
import { WantPlanner } from '../../../protocol/engine/want-planner.ts';
import type { Origin } from '../../../protocol/event/index.ts';
import type { VerifiedRange } from '../../../protocol/manifest/index.ts';
import { type FrontierEntry, SYNC_LIMITS, type SyncSession } from '../../../protocol/sync/index.ts';
import { frontierFrame, hello, numberedEntry, Side, spelled } from '../../support/session-side.ts';
import { numberedSigner } from '../../support/test-signer.ts';

const { windowSegments: WINDOW, aheadSegmentsMax: AHEAD } = SYNC_LIMITS;

/** A log that ends with an open segment of this number. */
const entryAt = (log: number, segment: number, over: Partial<FrontierEntry> = {}): FrontierEntry => ({
  ...numberedEntry(log),
  segment,
  ...over,
});

const originOf = (log: number): Origin => numberedEntry(log).origin;

/** A replica that holds nothing but what a test says, and peers that hold logs. */
class Plan {
  readonly sessions = new Map<DeviceId, SyncSession>();
  readonly shelf = new SegmentShelf();
  readonly held = new Map<Origin, FrontierEntry>();
  readonly refused = new Set<Origin>();
  readonly distrusted = new Set<DeviceId>();
  readonly planner = new WantPlanner({
    sessions: this.sessions,
    shelf: this.shelf,
    mayAsk: (peer) => !this.distrusted.has(peer),
    accepts: (origin) => !this.refused.has(origin),
    held: (origin) => this.held.get(origin),
  });

  /** A peer with a number that has told of these logs. */
  peer(number: number, ...entries: readonly FrontierEntry[]): DeviceId {
    const side = new Side(`of ${number}`).open();
    side.receive(hello({ frontierDigest: side.frontier.digest() }));
    side.receive(frontierFrame({ entries: entries.map(spelled) }));
    const { device } = numberedSigner(number);
    this.sessions.set(device, side.session);
    return device;
  }

  /** Asks for everything that is planned; each want as its peer, log, and segments. */
  run(): readonly string[] {
    const wants: string[] = [];
    for (const { peer, session, origin, window } of this.planner.plan()) {
      session.want(origin, window, 0);
      const number = [...this.sessions.keys()].indexOf(peer) + 1;
      const log = [...Array(99).keys()].findIndex((each) => originOf(each) === origin);
      const from = window.events === 0 ? `${window.segment}` : `${window.segment}/${window.events}`;
      wants.push(`peer ${number} log ${log}: ${from}-${window.until}`);
    }
    return wants;
  }

  keep(log: number, segment: number): void {
    const manifest = { origin: originOf(log), segment };
    const range = { manifest } as unknown as VerifiedRange;
    this.shelf.put({ peer: numberedSigner(1).device, range });
  }
}

describe('a long log of one peer', () => {
  it('is asked for in windows, so many segments ahead of what is due and not one more', () => {
    const plan = new Plan();
    plan.peer(1, entryAt(0, 50));
    expect(plan.run()).toEqual([
      `peer 1 log 0: 0-${WINDOW - 1}`,
      `peer 1 log 0: ${WINDOW}-${2 * WINDOW - 1}`,
      `peer 1 log 0: ${2 * WINDOW}-${3 * WINDOW - 1}`,
    ]);
    expect(WINDOW + AHEAD).toBe(3 * WINDOW);
    expect(plan.run()).toEqual([]);
  });

  it('ends where the peer ends', () => {
    const plan = new Plan();
    plan.peer(1, entryAt(0, WINDOW));
    expect(plan.run()).toEqual([`peer 1 log 0: 0-${WINDOW - 1}`, `peer 1 log 0: ${WINDOW}-${WINDOW}`]);
  });

  it.each<[string, Partial<FrontierEntry>, string]>([
    ['within an open segment', { segment: 3, events: 7 }, '3/7-6'],
    ['after a sealed one', { segment: 3, events: 7, sealed: true }, '4-7'],
  ])('is asked for from what is held: %s', (_, over, window) => {
    const plan = new Plan();
    plan.held.set(originOf(0), entryAt(0, 3, over));
    plan.peer(1, entryAt(0, 50));
    expect(plan.run()[0]).toBe(`peer 1 log 0: ${window}`);
  });
});

describe('a log that several peers hold', () => {
  it('is shared between them, the least busy first, and no segment is asked for twice (P1)', () => {
    const plan = new Plan();
    plan.peer(1, entryAt(0, 50));
    plan.peer(2, entryAt(0, 50));
    plan.peer(3, entryAt(0, 5));
    expect(plan.run()).toEqual(['peer 1 log 0: 0-3', 'peer 2 log 0: 4-7', 'peer 1 log 0: 8-11']);
    expect(plan.run()).toEqual([]);
  });

  it('goes on with another one where a peer is gone', () => {
    const plan = new Plan();
    const first = plan.peer(1, entryAt(0, 50));
    plan.peer(2, entryAt(0, 50));
    plan.run();
    plan.sessions.delete(first);
    expect(plan.run()).toEqual(['peer 1 log 0: 0-3', 'peer 1 log 0: 8-11']);
  });

  it('is not asked for where a segment is kept already', () => {
    const plan = new Plan();
    plan.peer(1, entryAt(0, 50));
    plan.keep(0, 2);
    plan.keep(0, 5);
    expect(plan.run()).toEqual(['peer 1 log 0: 0-1', 'peer 1 log 0: 3-4', 'peer 1 log 0: 6-9']);
  });

  it('is not asked of a peer that may not be asked', () => {
    const plan = new Plan();
    plan.distrusted.add(plan.peer(1, entryAt(0, 50)));
    plan.peer(2, entryAt(0, 2));
    expect(plan.run()).toEqual(['peer 2 log 0: 0-2']);
    expect(plan.planner.hasAlternative(originOf(0), new Set())).toBe(true);
    expect(plan.planner.hasAlternative(originOf(0), new Set([numberedSigner(2).device]))).toBe(false);
  });
});

describe('many logs', () => {
  it('have so many segments ahead together (P4), and each what is due', () => {
    const plan = new Plan();
    plan.peer(1, ...[0, 1, 2].map((log) => entryAt(log, 50)));
    const wants = plan.run();
    expect(wants.filter((want) => want.includes(': 0-3'))).toHaveLength(3);
    expect(wants).toHaveLength(3 + AHEAD / WINDOW);
  });

  it('are asked for until the peer has as many wants as it takes, and not one more', () => {
    const plan = new Plan();
    plan.peer(1, ...Array.from({ length: SYNC_LIMITS.wantsPerPeer + 1 }, (_, log) => entryAt(log, 0)));
    expect(plan.run()).toHaveLength(SYNC_LIMITS.wantsPerPeer);
  });

  it('are not asked for unless they are accepted (P2)', () => {
    const plan = new Plan();
    plan.refused.add(originOf(0));
    plan.peer(1, entryAt(0, 1), entryAt(1, 1));
    expect(plan.run()).toEqual(['peer 1 log 1: 0-1']);
  });
});
