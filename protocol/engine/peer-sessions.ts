import type { DeviceId } from '../crypto/index.ts';
import type { Origin } from '../event/index.ts';
import type { Fault } from '../fault/index.ts';
import {
  type Answer,
  earliest,
  type FrontierEntry,
  nextPlace,
  type PartialSegment,
  type Question,
  type SegmentRange,
  type SessionEffect,
  type SessionView,
  SyncSession,
  type Written,
} from '../sync/index.ts';
import type { InquiredPeer } from './inquiries.ts';
import { PartialSegments } from './partial-segments.ts';
import { PeerAnswers } from './peer-answers.ts';
import { claimsMore, type PeerState, peerState } from './peer-state.ts';
import { type SessionsHost, sessionView } from './sessions-host.ts';
import { SlowPeers } from './slow-peers.ts';
import { SyncRounds } from './sync-rounds.ts';
import { WantPlanner } from './want-planner.ts';

/**
 * All sync sessions of an engine: what comes of them is handed on, and what is missing is asked for, as
 * {@link WantPlanner} decides. Invariant P3: what others are told is committed.
 */
export class PeerSessions {
  readonly #host: SessionsHost;
  readonly #view: SessionView;
  readonly #sessions = new Map<DeviceId, SyncSession>();
  /** For each peer the session that the read under way is for; it may have ended since. */
  readonly #reads = new Map<DeviceId, SyncSession>();
  readonly #parts = new PartialSegments();
  readonly #answers: PeerAnswers;
  readonly #planner: WantPlanner;
  readonly #slow = new SlowPeers();
  readonly #rounds: SyncRounds;
  #hasCompared = false;

  constructor(host: SessionsHost) {
    this.#host = host;
    const { crypto, device, logs, shelf } = host;
    const held = (origin: Origin) => logs.held(origin);
    const accepts = (origin: Origin) => host.accepts(origin);
    this.#view = sessionView(host);
    this.#rounds = new SyncRounds(crypto, device);
    this.#answers = new PeerAnswers({
      session: (peer) => this.#sessions.get(peer),
      readAnswer: (peer, question) => host.emit({ type: 'read-answer', peer, question }),
    });
    const mayAsk = (peer: DeviceId) => host.mayAsk(peer);
    this.#planner = new WantPlanner({ sessions: this.#sessions, shelf, mayAsk, accepts, held });
  }

  connected(peer: DeviceId, nowMs: number): void {
    const session = new SyncSession(this.#view, this.#host.cursors.get(peer), this.#parts.take(peer));
    this.#sessions.set(peer, session);
    this.#rounds.begin(nowMs);
    this.#perform(peer, session, session.open(), nowMs);
  }

  disconnected(peer: DeviceId, nowMs: number): void {
    const part = this.#sessions.get(peer)?.wants.part;
    if (part !== undefined && this.#isMissing(part)) this.#parts.keep(peer, part);
    this.#end(peer);
    this.#slow.forget(peer);
    if (this.#sessions.size === 0) this.#host.shelf.clear();
    // What was asked of that peer may now be asked of another.
    this.plan(nowMs);
  }

  frame(peer: DeviceId, frame: Uint8Array, nowMs: number): void {
    this.#with(peer, nowMs, (session) => session.receive(frame, nowMs));
  }

  rangeRead(peer: DeviceId, range: SegmentRange | undefined, nowMs: number): void {
    const session = this.#sessions.get(peer);
    const isDue = session !== undefined && this.#reads.get(peer) === session;
    this.#reads.delete(peer);
    if (isDue) this.#perform(peer, session, session.rangeRead(range ?? this.#undamaged(session)), nowMs);
    // What was read is of no use to a session that began since; now its own read can follow.
    else if (session !== undefined) this.#read(peer, session);
  }

  /** A `read-answer` effect has completed. */
  answerRead(peer: DeviceId, answer: Answer, nowMs: number): void {
    const session = this.#answers.end(peer);
    if (session !== undefined) this.#perform(peer, session, session.answerRead(answer), nowMs);
    // What was read is of no use to a session that began since; now its own read can follow.
    else this.#answers.begin(peer, nowMs);
  }

  /** Peers that can be asked about logs. */
  *inquired(): Iterable<InquiredPeer> {
    for (const [device, session] of this.#sessions) {
      if (!this.#host.mayAsk(device)) continue;
      yield {
        device,
        disputed: session.remote.disputed,
        get hasRoom() {
          return session.takesAsk;
        },
      };
    }
  }

  /** Whether any peer is not believed on a log. */
  get hasDisputes(): boolean {
    for (const session of this.#sessions.values()) if (session.remote.disputed.size > 0) return true;
    return false;
  }

  /** Asks a peer a question; returns the number of the ask, undefined when there is no session. */
  ask(peer: DeviceId, question: Question, nowMs: number): number | undefined {
    const session = this.#sessions.get(peer);
    if (session === undefined) return undefined;
    const { ask, effects } = session.ask(question, nowMs);
    this.#perform(peer, session, effects, nowMs);
    return ask;
  }

  /** Ends the dispute with a peer over a log. */
  settle(peer: DeviceId, origin: Origin, nowMs: number): void {
    this.#with(peer, nowMs, (session) => session.settle(origin));
  }

  /** A range that a session received has been dealt with. */
  release(peer: DeviceId, session: SyncSession, bytes: number, nowMs: number): void {
    // Credit is a matter of one session: the next one of the same peer begins with all of it.
    if (this.#sessions.get(peer) !== session) return;
    this.#perform(peer, session, session.release(bytes, nowMs), nowMs);
  }

  /** Stops asking a peer for a log while it stays connected; another peer may have it. */
  dispute(peer: DeviceId, origin: Origin, fault: Fault, nowMs: number): void {
    this.#host.emit({ type: 'refused', peer, origin, fault });
    this.#with(peer, nowMs, (session) => session.dispute(origin, fault));
    this.plan(nowMs);
  }

  /**
   * Tells every peer of new published positions, at once or soon.
   * @param written what was written to logs of this device to come there
   */
  announce(entries: readonly FrontierEntry[], nowMs: number, written?: Written): void {
    for (const [peer, session] of this.#sessions) {
      this.#perform(peer, session, session.advanced(entries, nowMs, written), nowMs);
    }
  }

  /** Sends every peer the proof that a log has forked. */
  prove(origin: Origin, nowMs: number): void {
    for (const [peer, session] of this.#sessions) {
      this.#perform(peer, session, session.prove(origin), nowMs);
    }
  }

  /**
   * Whether what a peer holds has been looked at, and none of the connected ones claims to know more of a log that
   * is written here. A claim is over when the peer has sent what it speaks of, or nothing, or what it did not sign.
   */
  get hasCompared(): boolean {
    return this.#hasCompared && ![...this.#sessions.values()].some((session) => this.#claimsMore(session));
  }

  #claimsMore(session: SyncSession): boolean {
    return claimsMore(session, (origin) => this.#host.writes(origin));
  }

  /** Asks for what is missing, of whoever has it; what a peer is late with, of somebody else who has it by now. */
  plan(nowMs: number): void {
    for (const [peer, session] of this.#sessions) {
      if (session.wants.isLate) this.#perform(peer, session, session.yieldLate(this.#elsewhere(peer)), nowMs);
    }
    for (const { peer, session, origin, window } of this.#planner.plan()) {
      this.#perform(peer, session, session.want(origin, window, nowMs), nowMs);
    }
  }

  /** Does what is due: gives up what has taken too long, tells what waited, begins a round of anti-entropy. */
  tick(nowMs: number): void {
    for (const [peer, session] of this.#sessions) {
      this.#perform(peer, session, session.tick(nowMs, this.#elsewhere(peer)), nowMs);
      this.#replaceSlow(peer, session, nowMs);
      for (const ask of session.expireAsks(nowMs)) this.#host.answered(peer, ask, undefined);
    }
    this.#answers.tick(nowMs);
    this.#slow.keep(this.#wanted());
    this.plan(nowMs);
    const [peer, session] = this.#rounds.take([...this.#sessions], nowMs) ?? [];
    if (peer === undefined || session === undefined) return;
    this.#perform(peer, session, session.compare(), nowMs);
    // While nothing is written, they are kept once in a while.
    this.#host.cursors.save();
  }

  /**
   * Asks a device for what it has signed by hearsay, if it is connected. It holds that unless it has lost it, so
   * it is asked, and not held to it.
   */
  suppose(peer: DeviceId, entry: FrontierEntry, nowMs: number): void {
    const session = this.#sessions.get(peer);
    if (session === undefined) return;
    session.suppose(entry);
    this.plan(nowMs);
  }

  /** Whether anything is on its way that was asked for. */
  get isReceiving(): boolean {
    for (const session of this.#sessions.values()) if (session.wants.load > 0) return true;
    return false;
  }

  /** Whether any peer is connected. */
  get any(): boolean {
    return this.#sessions.size > 0;
  }

  /** The connected peers. */
  peers(): Iterable<DeviceId> {
    return this.#sessions.keys();
  }

  /** When the next tick is needed, in ms since 1970. */
  get deadlineMs(): number | undefined {
    const sessions = [...this.#sessions.values()].map((session) => session.deadlineMs);
    return earliest(this.#rounds.deadlineMs, this.#answers.deadlineMs, ...sessions);
  }

  /** What is known of each connected peer. */
  *states(): Iterable<PeerState> {
    for (const [device, session] of this.#sessions) yield peerState(device, session, this.#host.logs);
  }

  #with(peer: DeviceId, nowMs: number, step: (session: SyncSession) => readonly SessionEffect[]): void {
    const session = this.#sessions.get(peer);
    // A frame or a completed read may come after its session has ended.
    if (session !== undefined) this.#perform(peer, session, step(session), nowMs);
  }

  /** Asks for what a session is to send next, unless a read for the peer's session before is under way. */
  #read(peer: DeviceId, session: SyncSession): void {
    const { reading } = session;
    if (reading === undefined || this.#reads.has(peer)) return;
    this.#reads.set(peer, session);
    const { origin, segment, events } = reading;
    this.#host.emit({ type: 'read-range', peer, origin, segment, events });
  }

  #undamaged({ reading }: SyncSession): SegmentRange | undefined {
    return reading && this.#host.undamaged(reading);
  }

  #perform(peer: DeviceId, session: SyncSession, effects: readonly SessionEffect[], nowMs: number): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'send':
          this.#host.emit({ type: 'send', peer, frame: effect.frame });
          break;
        case 'read':
          this.#read(peer, session);
          break;
        case 'read-answer':
          this.#answers.begin(peer, nowMs);
          break;
        case 'answered':
          this.#host.answered(peer, effect.ask, effect.answer);
          break;
        case 'received':
          this.#host.received(peer, session, effect.range);
          break;
        case 'brought':
          // What is not asked for anything is not believed unasked either.
          if (this.#host.mayAsk(peer)) this.#host.received(peer, session, effect.range);
          else this.release(peer, session, effect.range.bytes, nowMs);
          break;
        case 'evidence':
          this.#host.evidence(peer, effect.evidence);
          break;
        case 'cursor':
          this.#host.cursors.set(peer, effect.cursor);
          break;
        case 'learnt':
          // Unless the session has just ended, with what the peer claimed to know.
          if (this.#sessions.get(peer) === session) this.#hasCompared ||= session.remoteKnown;
          this.plan(nowMs);
          break;
        case 'close':
          this.#end(peer);
          if (!effect.byRemote) this.#host.strike(peer, effect.fault);
          this.#host.emit({ type: 'disconnect', peer, fault: effect.fault });
          break;
      }
    }
  }

  #end(peer: DeviceId): void {
    const session = this.#sessions.get(peer);
    if (session === undefined) return;
    // What it claimed to know was never seen.
    if (this.#claimsMore(session)) this.#hasCompared = false;
    this.#sessions.delete(peer);
    this.#host.ended(peer);
  }

  #isMissing({ origin, segment }: PartialSegment): boolean {
    return segment >= nextPlace(this.#host.logs.held(origin)).segment;
  }

  /** Whether another peer could be asked for a log. */
  #elsewhere(peer: DeviceId): (origin: Origin) => boolean {
    return (origin) => this.#planner.hasAlternative(origin, new Set([peer]));
  }

  /** Takes a log from a peer that is slow to send it, if another one has it. */
  #replaceSlow(peer: DeviceId, session: SyncSession, nowMs: number): void {
    const origin = session.wants.takeSlow(nowMs);
    if (origin === undefined) return;
    const slow = this.#slow.add(origin, peer);
    if (!this.#planner.hasAlternative(origin, slow)) return;
    const fault = { code: 'slow', message: `sends log ${origin} too slowly` };
    this.#host.emit({ type: 'refused', peer, origin, fault });
    this.#perform(peer, session, session.yield(origin, fault), nowMs);
  }

  /** Logs that are asked for. */
  #wanted(): ReadonlySet<Origin> {
    const wants = [...this.#sessions.values()].flatMap((session) => [...session.wants.open()]);
    return new Set(wants.map(({ origin }) => origin));
  }
}
