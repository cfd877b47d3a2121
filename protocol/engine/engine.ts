import type { DeviceId } from '../crypto/index.ts';
import type { Origin, PlacedEvent, Seq } from '../event/index.ts';
import type { Membership } from '../membership/index.ts';
import { earliest, type FrontierEntry } from '../sync/index.ts';
import type { WaitingPlace } from './applier.ts';
import type { RebuildProgress } from './derived-state.ts';
import type { EngineEffect } from './effect.ts';
import type { EngineOptions } from './engine-options.ts';
import { EngineParts } from './engine-parts.ts';
import type { KnownFork } from './forks.ts';
import type { EngineInput } from './input.ts';
import type { RetirementReason } from './own-logs.ts';
import type { PeerState } from './peer-state.ts';
import type { ReplicaState } from './replica-state.ts';

/**
 * One replica of a space, without I/O: `step` takes what has happened and returns what is to be done. The same
 * inputs in the same order give the same effects, on any host.
 *
 * Invariants:
 * - E1: an append is answered only after its records are durable.
 * - E2: a position is published only after its records are committed.
 * - E3: nothing unverified is committed, applied or passed on.
 * - E4: an event is applied only after everything that it has seen.
 */
export class Engine {
  readonly #parts: EngineParts;
  /** When the timer that is set runs out. */
  #timerMs: number | undefined;

  constructor(options: EngineOptions) {
    this.#parts = new EngineParts(options);
  }

  /**
   * Takes one input and returns all that follows from it. A host sends one `tick` first, so that the engine
   * takes up what was stored and not applied.
   */
  step(input: EngineInput): readonly EngineEffect[] {
    const { derived, flow, inquiries } = this.#parts;
    this.#parts.nowMs = input.nowMs;
    this.#handle(input);
    derived.settle(input.nowMs);
    inquiries.plan(input.nowMs);
    flow.flush();
    this.#setTimer();
    return this.#parts.takeEffects();
  }

  /** The verified first event of the space. */
  get founding(): PlacedEvent {
    return this.#parts.founding;
  }

  /** Who is and was a member, and how much of each log counts. While the state is made anew: as it was before. */
  get membership(): Membership {
    return this.#parts.derived.membership;
  }

  /** Everything that follows from the applied events. Read only, and replaced when the state is made anew. */
  get replica(): ReplicaState {
    return this.#parts.derived.replica;
  }

  /** How far a rebuild of the state is; undefined when there is none. Meanwhile nothing can be appended. */
  get rebuilding(): RebuildProgress | undefined {
    return this.#parts.derived.rebuilding;
  }

  /** The log that this device writes to by default. */
  get main(): Origin {
    return this.#parts.authoring.main;
  }

  /** Logs of this device that are written to no more, and why. */
  get retired(): ReadonlyMap<Origin, RetirementReason> {
    return this.#parts.authoring.retired;
  }

  /** How many events of each log are applied and can be read back: others may be on their way to the store. */
  readable(): ReadonlyMap<Origin, Seq> {
    const readable = new Map<Origin, Seq>();
    for (const [origin, applied] of this.replica.applied()) {
      const length = Math.min(applied, this.#parts.logs.storedLength(origin));
      if (length > 0) readable.set(origin, length);
    }
    return readable;
  }

  /**
   * How many events of each log can be shown: those that are applied and can be read back, and where a log is forked, all
   * of the history that is held here. What comes after the applied ones counts nowhere and follows from nothing.
   */
  shown(): ReadonlyMap<Origin, Seq> {
    const shown = new Map(this.readable());
    for (const { origin, seq } of this.forks()) {
      if ((shown.get(origin) ?? 0) === seq - 1) shown.set(origin, this.#parts.logs.storedLength(origin));
    }
    return shown;
  }

  /** The forks of logs that are proved here. */
  forks(): Iterable<KnownFork> {
    return this.#parts.forks.list();
  }

  /**
   * Whether what another device holds of this device's logs has been looked at since the engine was opened, and no
   * connected one claims to know more of a log that is not retired. Until then an append may be one too many, if
   * the home was restored. A peer that lies can keep this from becoming true; it is for who waits to set an end.
   */
  get ownLogsChecked(): boolean {
    return this.#parts.sessions.hasCompared;
  }

  /** The published frontier. */
  frontier(): Iterable<FrontierEntry> {
    return this.#parts.logs.frontier.entries();
  }

  /** What is known of each connected peer. */
  peers(): Iterable<PeerState> {
    return this.#parts.sessions.states();
  }

  /** Strikes against a device that count now, connected or not; at most as many as make a difference. */
  strikes(device: DeviceId): number {
    return this.#parts.strikes.count(device, this.#parts.nowMs);
  }

  /** Logs that hold events which are not ready, and what they wait for. */
  waiting(): Iterable<WaitingPlace> {
    return this.#parts.derived.waiting();
  }

  /** Positions that gossip told of and that are not held yet. */
  heard(): Iterable<FrontierEntry> {
    return this.#parts.gossip.heard();
  }

  #handle(input: EngineInput): void {
    const { authoring, derived, equivocations, events, flow, gossip, inquiries, sessions } = this.#parts;
    const { nowMs } = input;
    switch (input.type) {
      case 'append': {
        const appended = authoring.append(input.entries, nowMs);
        flow.answer({ type: 'appended', request: input.request, events: appended });
        break;
      }
      case 'seal': {
        const manifests = authoring.seal(nowMs);
        flow.answer({ type: 'sealed', request: input.request, manifests });
        break;
      }
      case 'connected':
        sessions.connected(input.peer, nowMs);
        break;
      case 'disconnected':
        if (input.fault !== undefined) this.#parts.strike(input.peer, input.fault);
        sessions.disconnected(input.peer, nowMs);
        break;
      case 'frame':
        sessions.frame(input.peer, input.frame, nowMs);
        break;
      case 'gossip':
        gossip.receive(input.peer, input.request, input.message);
        break;
      case 'committed':
        flow.committed(input.commit);
        break;
      case 'range-read':
        sessions.rangeRead(input.peer, input.range, nowMs);
        break;
      case 'answer-read':
        sessions.answerRead(input.peer, input.answer, nowMs);
        break;
      case 'records-read': {
        const { origin, firstSeq, records } = input;
        derived.offerRead(origin, firstSeq, events.read(origin, firstSeq, records), nowMs);
        break;
      }
      case 'evidence':
        equivocations.import(input.bytes);
        break;
      case 'continue':
        authoring.continueUnder(input.origin);
        break;
      case 'repaired':
        inquiries.repaired(input, input.restored, nowMs);
        if (input.restored) derived.repaired(input.origin, nowMs);
        break;
      case 'tick':
        this.#tick(nowMs);
        break;
    }
  }

  #tick(nowMs: number): void {
    const { derived, gossip, sessions } = this.#parts;
    this.#timerMs = undefined;
    derived.resume(nowMs);
    sessions.tick(nowMs);
    gossip.tick(nowMs);
  }

  #setTimer(): void {
    const { derived, flow, gossip, sessions } = this.#parts;
    const atMs = earliest(sessions.deadlineMs, gossip.deadlineMs, flow.deadlineMs, derived.deadlineMs);
    if (atMs === undefined || atMs === this.#timerMs) return;
    this.#timerMs = atMs;
    this.#parts.emit({ type: 'set-timer', atMs });
  }
}
