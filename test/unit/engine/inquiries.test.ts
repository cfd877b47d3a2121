import { describe, expect, it } from 'vitest';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import { Inquiries } from '../../../protocol/engine/inquiries.ts';
import type { SegmentPlace, WholeSegment } from '../../../protocol/engine/ports.ts';
import type { Origin } from '../../../protocol/event/index.ts';
import { decodeEvidence, type Evidence, verifyEvidence } from '../../../protocol/evidence/index.ts';
import type { Fault } from '../../../protocol/fault/index.ts';
import { type Answer, type Question, SYNC_LIMITS } from '../../../protocol/sync/index.ts';
import { fastCrypto as crypto } from '../../support/fast-crypto.ts';
import { HeldHistory, honest } from '../../support/held-history.ts';
import { numberedRecords, TEST_SPACE, testLog } from '../../support/test-log.ts';
import { numberedSigner } from '../../support/test-signer.ts';

const LOG = testLog();
const { origin } = LOG;
const RETRY = SYNC_LIMITS.antiEntropyMs;

/** Four segments of 20 records, the last one open; from `from` on the records are those of another history. */
const history = (from = Number.POSITIVE_INFINITY, name = 33): HeldHistory =>
  HeldHistory.sign(
    LOG,
    [0, 20, 40, 60].map((before) => ({
      records: numberedRecords(before + 1, 20).map((record, i) =>
        before + 1 + i < from ? record : Uint8Array.from([...record, name]),
      ),
      sealed: before < 60,
    })),
  );

interface Ask {
  readonly peer: DeviceId;
  readonly ask: number;
  readonly question: Question;
}

/** An engine with its store and its peers, as inquiries see them. */
class World {
  readonly disputed = new Map<DeviceId, Map<Origin, Fault>>();
  readonly answers = new Map<DeviceId, (question: Question) => Answer>();
  readonly asks: Ask[] = [];
  readonly evidence: Evidence[] = [];
  readonly strikes: [DeviceId, string][] = [];
  readonly settled: DeviceId[] = [];
  readonly restored: WholeSegment[] = [];
  storeDamage: readonly SegmentPlace[] = [];
  isStored = true;
  hasRoom = true;
  isGone = false;
  asked = 0;
  readonly inquiries: Inquiries;

  constructor(own: HeldHistory) {
    this.inquiries = new Inquiries({
      crypto,
      space: TEST_SPACE,
      logs: own,
      peers: () =>
        [...this.disputed].map(([device, disputed]) => ({ device, disputed, hasRoom: this.hasRoom })),
      hasDisputes: () => [...this.disputed.values()].some(({ size }) => size > 0),
      ask: (peer, question) => {
        if (this.isGone) return undefined;
        this.asked += 1;
        this.asks.push({ peer, ask: this.asked, question });
        return this.asked;
      },
      damagedSegments: () => this.storeDamage,
      isStored: () => this.isStored,
      isForked: () => this.evidence.length > 0,
      learnEvidence: (bytes) => {
        const evidence = decodeEvidence(bytes);
        if (!evidence.ok) throw new Error(evidence.fault.message);
        this.evidence.push(evidence.value);
        this.inquiries.forked(evidence.value);
      },
      strike: (peer, { code }) => this.strikes.push([peer, code]),
      settled: (peer) => {
        this.settled.push(peer);
        this.disputed.get(peer)?.clear();
      },
      restore: (segment) => this.restored.push(segment),
    });
  }

  connect(number: number, answer: (question: Question) => Answer): DeviceId {
    const { device } = numberedSigner(number);
    this.disputed.set(device, new Map());
    this.answers.set(device, answer);
    return device;
  }

  dispute(peer: DeviceId, code = 'history_differs'): void {
    this.disputed.get(peer)?.set(origin, { code, message: '' });
  }

  /** Answers whatever is asked, until nothing is. */
  settle(nowMs = 0): void {
    this.inquiries.plan(nowMs);
    for (let next = this.asks.shift(); next !== undefined; next = this.asks.shift()) {
      const answer = this.answers.get(next.peer)?.(next.question);
      if (answer !== undefined) this.inquiries.answered(next.peer, next.ask, answer, nowMs);
      this.inquiries.plan(nowMs);
      if (this.asked > 1000) throw new Error('the inquiries do not come to an end');
    }
  }

  get forks(): readonly unknown[] {
    return this.evidence.map((evidence) => {
      const fork = verifyEvidence(crypto, TEST_SPACE, evidence);
      return fork.ok ? fork.value.seq : fork.fault.code;
    });
  }
}

const silent = (question: Question): Answer =>
  question.type === 'commitments' ? { type: 'commitments', commitments: [] } : { type: 'nodes', hashes: [] };

describe('a dispute', () => {
  it.each(['history_differs', 'chain_break', 'order_violation'])(
    'over %s leads to the proof of a fork',
    (code) => {
      const world = new World(history());
      const peer = world.connect(2, honest(history(47)));
      world.dispute(peer, code);
      world.settle();
      expect(world.forks).toEqual([47]);
      expect(world.settled).toEqual([peer]);
      expect(world.strikes).toEqual([]);
    },
  );

  it('with any peer is settled once the fork is proved', () => {
    const world = new World(history());
    const peers = [world.connect(2, honest(history(47))), world.connect(3, silent), world.connect(4, silent)];
    world.dispute(peers[0] as DeviceId);
    world.dispute(peers[1] as DeviceId, 'chain_break');
    world.dispute(peers[2] as DeviceId, 'bad_signature');
    world.settle();
    expect(world.forks).toEqual([47]);
    expect(world.settled).toEqual(peers.slice(0, 2));
  });

  it.each(['stalled', 'withheld', 'bad_signature'])('over %s leads to nothing', (code) => {
    const world = new World(history());
    world.dispute(world.connect(2, honest(history(47))), code);
    world.settle();
    expect(world.asked).toBe(0);
  });

  it('is looked into when everything is stored and the peer has room, and once', () => {
    const world = new World(history());
    const peer = world.connect(2, silent);
    world.dispute(peer);
    world.isStored = false;
    world.settle();
    world.isStored = true;
    world.hasRoom = false;
    world.settle();
    expect(world.asked).toBe(0);
    world.hasRoom = true;
    world.settle();
    const { asked } = world;
    expect(asked).toBeGreaterThan(0);
    world.settle(1);
    expect(world.asked).toBe(asked);
  });

  it('without any ground is held against the peer, if it is what the peer said', () => {
    const world = new World(history());
    const [liar, late] = [world.connect(2, honest(history())), world.connect(3, honest(history()))];
    world.dispute(liar);
    world.dispute(late, 'order_violation');
    world.settle();
    expect(world.strikes).toEqual([[liar, 'false_claim']]);
    expect(world.settled).toEqual([late]);
  });

  it('with answers that contradict each other is held against the peer', () => {
    const world = new World(history());
    const peer = world.connect(2, (question) => {
      const answer = honest(history(47))(question);
      return answer.type === 'nodes' ? { ...answer, hashes: answer.hashes.toReversed() } : answer;
    });
    world.dispute(peer);
    world.settle();
    expect(world.strikes).toEqual([[peer, 'nodes_mismatch']]);
  });

  it('with answers that are withheld or late is looked into again later', () => {
    const world = new World(history());
    const other = history(47);
    let isWithheld = true;
    const peer = world.connect(2, (question) =>
      isWithheld && question.type === 'nodes' ? { type: 'nodes', hashes: [] } : honest(other)(question),
    );
    world.dispute(peer);
    world.settle(5);
    expect(world.strikes).toEqual([]);
    isWithheld = false;
    world.settle(4 + RETRY);
    expect(world.forks).toEqual([]);
    world.inquiries.plan(5 + RETRY);
    const late = world.asks.shift();
    world.inquiries.answered(peer, late?.ask ?? 0, undefined, 6 + RETRY);
    world.settle(5 + 2 * RETRY);
    expect(world.forks).toEqual([]);
    world.settle(6 + 2 * RETRY);
    expect(world.forks).toEqual([47]);
  });

  it('is forgotten with its session, and an answer to a session that is over as well', () => {
    const world = new World(history());
    const peer = world.connect(2, honest(history(47)));
    world.dispute(peer);
    world.inquiries.plan(0);
    const stale = world.asks.shift();
    world.inquiries.disconnected(peer);
    world.inquiries.answered(peer, stale?.ask ?? 0, { type: 'commitments', commitments: [] }, 0);
    expect(world.strikes).toEqual([]);
    world.settle();
    expect(world.forks).toEqual([47]);
  });
});

describe('a signed head of another history', () => {
  it('has every peer asked, without blame, until one shows that history', () => {
    const world = new World(history());
    world.connect(2, honest(history()));
    world.inquiries.suspected(origin);
    world.settle();
    expect(world.asked).toBeGreaterThan(0);
    expect([world.forks, world.strikes]).toEqual([[], []]);
    world.connect(3, honest(history(47)));
    world.settle();
    expect(world.forks).toEqual([47]);
    const { asked } = world;
    world.inquiries.suspected(origin);
    world.connect(4, honest(history()));
    world.settle();
    expect(world.asked).toBe(asked);
  });

  it('changes nothing where the session has just ended', () => {
    const world = new World(history());
    world.connect(2, honest(history(47)));
    world.isGone = true;
    world.inquiries.suspected(origin);
    world.settle(0);
    world.isGone = false;
    world.settle(RETRY - 1);
    expect(world.forks).toEqual([]);
    world.settle(RETRY);
    expect(world.forks).toEqual([47]);
  });
});

describe('a third history', () => {
  it('is found when a proof comes that says nothing of it, and leads to the first fork', () => {
    const [one, two, third] = [history(60, 1), history(60, 2), history(25, 3)];
    const elsewhere = new World(one);
    elsewhere.dispute(elsewhere.connect(2, honest(two)));
    elsewhere.settle();
    expect(elsewhere.forks).toEqual([60]);

    const world = new World(third);
    world.connect(2, honest(one));
    world.inquiries.forked(elsewhere.evidence[0] as Evidence);
    world.settle();
    expect(world.forks).toEqual([25]);
    const { asked } = world;
    world.settle(RETRY);
    expect(world.asked).toBe(asked);
  });

  it('is none when the own history is one of the two', () => {
    const [one, two] = [history(60, 1), history(60, 2)];
    const world = new World(one);
    const peer = world.connect(2, honest(two));
    world.dispute(peer);
    world.settle();
    const { asked } = world;
    world.settle(RETRY);
    expect(world.asked).toBe(asked);
    expect(world.forks).toEqual([60]);
  });
});

describe('a damaged segment', () => {
  const whole = history();
  const place = { origin, segment: 1 };
  const restored = { origin, manifest: whole.manifests[1], records: whole.records.slice(20, 40) };

  const damaged = (): HeldHistory => {
    const own = history();
    own.spoil(33);
    return own;
  };

  it('that an investigation finds is restored, and then the peer is asked for the log again', () => {
    const own = damaged();
    const world = new World(own);
    const peer = world.connect(2, honest(history(38)));
    world.connect(3, honest(whole));
    world.dispute(peer);
    world.settle();
    expect(world.restored).toEqual([restored]);
    expect(world.settled).toEqual([]);
    own.spoil(33);
    world.inquiries.repaired(place, true, 0);
    expect(world.settled).toEqual([peer]);
    world.dispute(peer);
    world.settle();
    expect(world.forks).toEqual([38]);
    expect(world.strikes).toEqual([]);
    expect(world.restored).toHaveLength(1);
  });

  it('that the store knows of is restored by the first peer that can', () => {
    const world = new World(damaged());
    world.storeDamage = [place];
    world.connect(2, silent);
    world.connect(3, honest(history(5)));
    world.settle();
    expect(world.restored).toEqual([]);
    world.connect(4, honest(whole));
    world.settle();
    expect(world.restored).toEqual([restored]);
    world.settle();
    expect(world.restored).toHaveLength(1);
  });

  it('that the store does not take is asked for again after a while', () => {
    const world = new World(damaged());
    world.storeDamage = [place];
    world.connect(2, honest(whole));
    world.settle(0);
    world.inquiries.repaired(place, false, 0);
    world.settle(RETRY - 1);
    expect(world.restored).toHaveLength(1);
    world.settle(RETRY);
    expect(world.restored).toEqual([restored, restored]);
  });

  it('is asked for again after a while, or when a peer comes back', () => {
    const world = new World(damaged());
    world.storeDamage = [place];
    const peer = world.connect(2, silent);
    world.settle(0);
    const { asked } = world;
    world.settle(RETRY - 1);
    expect(world.asked).toBe(asked);
    world.settle(RETRY);
    expect(world.asked).toBe(2 * asked);
    world.inquiries.disconnected(peer);
    world.settle(RETRY);
    expect(world.asked).toBe(3 * asked);
  });

  it('is asked for elsewhere when the session breaks off, or the answer is late', () => {
    const world = new World(damaged());
    world.storeDamage = [place];
    const [gone, slow] = [world.connect(2, silent), world.connect(3, silent)];
    world.inquiries.plan(0);
    expect(world.asks.map(({ peer }) => peer)).toEqual([gone]);
    world.disputed.delete(gone);
    world.inquiries.disconnected(gone);
    world.inquiries.plan(0);
    expect(world.asks.map(({ peer }) => peer)).toEqual([gone, slow]);
    world.inquiries.answered(slow, world.asks[1]?.ask ?? 0, undefined, 0);
    world.connect(4, honest(whole));
    world.asks.splice(0);
    world.settle();
    expect(world.restored).toEqual([restored]);
  });

  it('that is whole after all is stored once more, which frees it of what is wrong around it', () => {
    const world = new World(history());
    world.storeDamage = [place];
    world.connect(2, silent);
    world.settle();
    expect(world.restored).toEqual([restored]);
    expect(world.asked).toBe(0);
  });

  it('makes a peer that sends other records than it shows the hashes of liable', () => {
    const world = new World(damaged());
    world.storeDamage = [place];
    const peer = world.connect(2, (question) => {
      const answer = honest(whole)(question);
      return answer.type === 'records' ? { ...answer, records: [Uint8Array.of(1)] } : answer;
    });
    world.settle();
    expect(world.strikes).toEqual([[peer, 'record_mismatch']]);
    expect(world.restored).toEqual([]);
  });
});
