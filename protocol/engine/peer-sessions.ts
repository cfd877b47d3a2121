import { utf8Encode } from '../bytes/index.ts';
import type { Crypto, DeviceId } from '../crypto/index.ts';
import type { Origin } from '../event/index.ts';
import type { Fault } from '../fault/index.ts';
import { encodeManifest, type SpaceId } from '../manifest/index.ts';
import {
  type FrontierEntry,
  type ReceivedRange,
  type SegmentRange,
  type SessionEffect,
  type SessionView,
  SPACE_TAG_BYTES,
  SYNC_LIMITS,
  SyncSession,
} from '../sync/index.ts';
import type { EngineEffect } from './effect.ts';
import type { LogBook } from './log-book.ts';
import type { LogTail } from './ports.ts';

/** What is known of a connected peer. */
export interface PeerState {
  readonly device: DeviceId;
  /** How many published events the peer is not known to hold; undefined while its frontier is unknown. */
  readonly lag: number | undefined;
  /** How many events the peer holds that are not here; undefined while its frontier is unknown. */
  readonly behind: number | undefined;
  /** Logs on which the peer is not believed, and why. */
  readonly disputed: ReadonlyMap<Origin, Fault>;
}

/** What the sessions need from the engine. */
export interface SessionsHost {
  readonly crypto: Crypto;
  readonly device: DeviceId;
  readonly space: SpaceId;
  readonly logs: LogBook;
  /** Whether records of a log are accepted here. */
  accepts(origin: Origin): boolean;
  emit(effect: EngineEffect): void;
  /** A whole range has come in a session, not verified. */
  received(peer: DeviceId, session: SyncSession, range: ReceivedRange): void;
  /** Manifests that a peer announces: verified ones give frontier entries, others undefined. */
  verifyHead(manifest: Uint8Array): FrontierEntry | undefined;
}

/** Longest time between two rounds of anti-entropy. */
const ROUND_MS_MAX = SYNC_LIMITS.antiEntropyMs * 1.5;

/**
 * All sync sessions of an engine, and the one place that decides what is asked of whom.
 *
 * Invariants: P1: no log is asked from two peers at the same time. P2: only accepted logs are asked for.
 * P3: what others are told is committed.
 */
export class PeerSessions {
  readonly #host: SessionsHost;
  readonly #view: SessionView;
  readonly #sessions = new Map<DeviceId, SyncSession>();
  /** For each peer the session that the read under way is for; it may have ended since. */
  readonly #reads = new Map<DeviceId, SyncSession>();
  #round = 0;
  #nextRoundMs: number | undefined;

  constructor(host: SessionsHost) {
    this.#host = host;
    const { logs } = host;
    this.#view = {
      spaceTag: host.crypto.sha256(utf8Encode(`smo/sync/1 ${host.space}`)).subarray(0, SPACE_TAG_BYTES),
      frontierDigest: () => logs.digest(),
      entries: () => logs.entries(),
      entry: (origin) => logs.entry(origin),
      held: (origin) => logs.held(origin),
    };
  }

  connected(peer: DeviceId, nowMs: number): void {
    const session = new SyncSession(this.#view);
    this.#sessions.set(peer, session);
    this.#nextRoundMs ??= this.#roundAfter(nowMs);
    this.#perform(peer, session, session.hello(), nowMs);
  }

  disconnected(peer: DeviceId, nowMs: number): void {
    this.#sessions.delete(peer);
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
    if (isDue) this.#perform(peer, session, session.rangeRead(range), nowMs);
    // What was read is of no use to a session that began since; now its own read can follow.
    else if (session !== undefined) this.#read(peer, session);
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

  /** Tells every peer of a log's new published position. */
  announce(entry: FrontierEntry, tail: LogTail, nowMs: number): void {
    const manifest = encodeManifest(tail.manifest);
    for (const [peer, session] of this.#sessions) {
      this.#perform(peer, session, session.advanced(entry, manifest), nowMs);
    }
  }

  /** Asks for what is missing, of whoever has it. */
  plan(nowMs: number): void {
    const wanted = new Set([...this.#sessions.values()].flatMap((session) => [...session.wanted]));
    for (const [peer, session] of this.#sessions) {
      for (const origin of session.ahead()) {
        if (!session.hasRoom) break;
        if (wanted.has(origin) || !this.#host.accepts(origin)) continue;
        wanted.add(origin);
        this.#perform(peer, session, session.want(origin, nowMs), nowMs);
      }
    }
  }

  /** Gives up what has taken too long, and begins a round of anti-entropy when it is time. */
  tick(nowMs: number): void {
    for (const [peer, session] of this.#sessions)
      this.#perform(peer, session, session.expireWants(nowMs), nowMs);
    this.plan(nowMs);
    if (this.#nextRoundMs === undefined) return;
    const leftMs = this.#nextRoundMs - nowMs;
    // More time than there ever was between two rounds: the clock was set back, and the round is due.
    if (leftMs > 0 && leftMs <= ROUND_MS_MAX) return;
    const peers = [...this.#sessions];
    this.#round += 1;
    this.#nextRoundMs = peers.length === 0 ? undefined : this.#roundAfter(nowMs);
    const [peer, session] = peers[this.#round % peers.length] ?? [];
    if (peer !== undefined && session !== undefined) this.#perform(peer, session, session.hello(), nowMs);
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

  /** Whether any peer is connected. */
  get any(): boolean {
    return this.#sessions.size > 0;
  }

  /** When the next tick is needed, in ms since 1970. */
  get deadlineMs(): number | undefined {
    const deadlines = [...this.#sessions.values()].map((session) => session.wantDeadlineMs);
    const due = [this.#nextRoundMs, ...deadlines].filter((deadline) => deadline !== undefined);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** What is known of each connected peer. */
  *states(): Iterable<PeerState> {
    const { logs } = this.#host;
    for (const [device, session] of this.#sessions) {
      const known = session.remoteKnown;
      let lag = 0;
      let behind = 0;
      for (const { origin, seq } of logs.entries()) {
        lag += Math.max(0, seq - (session.remoteEntry(origin)?.seq ?? 0));
      }
      for (const origin of session.ahead()) {
        behind += Math.max(0, (session.remoteEntry(origin)?.seq ?? 0) - logs.length(origin));
      }
      yield {
        device,
        lag: known ? lag : undefined,
        behind: known ? behind : undefined,
        disputed: session.disputed,
      };
    }
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

  #perform(peer: DeviceId, session: SyncSession, effects: readonly SessionEffect[], nowMs: number): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'send':
          this.#host.emit({ type: 'send', peer, frame: effect.frame });
          break;
        case 'read':
          this.#read(peer, session);
          break;
        case 'received':
          this.#host.received(peer, session, effect.range);
          break;
        case 'heads':
          this.#learnHeads(peer, session, effect.manifests, nowMs);
          break;
        case 'learnt':
          this.plan(nowMs);
          break;
        case 'close':
          this.#sessions.delete(peer);
          this.#host.emit({ type: 'disconnect', peer, fault: effect.fault });
          break;
      }
    }
  }

  #learnHeads(peer: DeviceId, session: SyncSession, manifests: readonly Uint8Array[], nowMs: number): void {
    const entries = manifests.map((manifest) => this.#host.verifyHead(manifest));
    const verified = entries.filter((entry) => entry !== undefined);
    this.#perform(peer, session, session.learn(verified), nowMs);
    this.plan(nowMs);
  }

  /** A jittered time, half to one and a half of the mean, that differs between devices and rounds. */
  #roundAfter(nowMs: number): number {
    const seed = this.#host.crypto.sha256(utf8Encode(`${this.#host.device} ${this.#round}`));
    const share = ((seed[0] ?? 0) * 256 + (seed[1] ?? 0)) / 65_536;
    return nowMs + Math.round(SYNC_LIMITS.antiEntropyMs * (0.5 + share));
  }
}
