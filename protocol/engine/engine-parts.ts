import type { DeviceId } from '../crypto/index.ts';
import { deviceOf, type Origin, type PlacedEvent, type Seq } from '../event/index.ts';
import { type Fault, SmoError } from '../fault/index.ts';
import { isControlStatement, verifyGenesis } from '../membership/index.ts';
import type { HeldLogs } from '../sync/index.ts';
import { Authoring } from './authoring.ts';
import { CommitFlow } from './commit-flow.ts';
import { CommitQueue } from './commit-queue.ts';
import { DerivedState } from './derived-state.ts';
import type { EngineEffect } from './effect.ts';
import type { EngineOptions } from './engine-options.ts';
import { type EngineWork, plainWork } from './engine-work.ts';
import { Equivocations } from './equivocations.ts';
import { ForkBook } from './forks.ts';
import { type Connected, Gossip } from './gossip.ts';
import { heldLogs } from './held-logs.ts';
import { Inquiries } from './inquiries.ts';
import { ENGINE_LIMITS } from './limits.ts';
import { LogBook } from './log-book.ts';
import { PeerCursors } from './peer-cursors.ts';
import { PeerSessions } from './peer-sessions.ts';
import { PendingRecords } from './pending-records.ts';
import { RangeIntake } from './range-intake.ts';
import { Reception } from './reception.ts';
import { StateOverlay } from './state-overlay.ts';
import { StoredEvents } from './stored-events.ts';
import { Strikes } from './strikes.ts';

/**
 * The parts of one engine, and what each needs of the others. Three of them are ways that things take through the
 * rest: {@link CommitFlow}, {@link Reception} and {@link Equivocations}.
 */
export class EngineParts {
  readonly options: EngineOptions;
  readonly work: EngineWork;
  /** The verified first event of the space. */
  readonly founding: PlacedEvent;
  readonly logs: LogBook;
  readonly forks: ForkBook;
  /** What of the logs can be read. */
  readonly held: HeldLogs;
  readonly pending = new PendingRecords();
  readonly events: StoredEvents;
  readonly overlay: StateOverlay;
  readonly commits: CommitQueue;
  readonly cursors: PeerCursors;
  readonly strikes = new Strikes();
  readonly flow: CommitFlow;
  readonly reception: Reception;
  readonly equivocations: Equivocations;
  readonly intake: RangeIntake;
  readonly authoring: Authoring;
  readonly derived: DerivedState;
  readonly sessions: PeerSessions;
  readonly inquiries: Inquiries;
  readonly gossip: Gossip;
  /** The wall clock of the step, in ms since 1970. */
  nowMs = 0;
  #effects: EngineEffect[] = [];

  constructor(options: EngineOptions) {
    const { crypto, space, genesis, image } = options;
    const founding = verifyGenesis(crypto, space, genesis);
    if (!founding.ok) throw new SmoError(founding.fault.code, founding.fault.message);
    this.options = options;
    this.work = options.work ?? plainWork(crypto);
    this.founding = founding.value;
    this.forks = new ForkBook(crypto, space, image.evidence);
    this.logs = new LogBook(crypto, image, this.forks.list());
    this.held = heldLogs(options.records, (log) => this.logs.newest(log));
    this.events = new StoredEvents(crypto, options.records, this.pending);
    this.overlay = new StateOverlay((key) => options.state.get(key));
    this.commits = new CommitQueue(this.overlay, image.arrivals);
    this.cursors = new PeerCursors(this.overlay, image.state?.cursors ?? []);
    this.flow = new CommitFlow(this);
    this.reception = new Reception(this);
    this.equivocations = new Equivocations(this);
    this.intake = new RangeIntake({
      crypto,
      work: this.work,
      space,
      tail: (log) => this.logs.tail(log),
      take: (range, events) => this.reception.take(range, events),
    });
    this.authoring = this.#newAuthoring();
    this.derived = this.#newDerivedState();
    this.sessions = this.#newSessions();
    this.inquiries = this.#newInquiries();
    this.gossip = this.#newGossip();
    this.equivocations.resume();
    this.authoring.reviewLimits(this.nowMs);
  }

  emit(effect: EngineEffect): void {
    this.#effects.push(effect);
  }

  /** The effects since the last call. */
  takeEffects(): readonly EngineEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** Whether records of a log are taken in: of members' logs, and not of more than can be kept in mind. */
  accepts(origin: Origin): boolean {
    if (!this.derived.membership.accepts(origin)) return false;
    return this.logs.has(origin) || this.logs.size < ENGINE_LIMITS.logsMax;
  }

  /** Holds a fault against a peer, if it is one that only the peer can have made. */
  strike(peer: DeviceId, fault: Fault): void {
    const strike = this.strikes.strike(peer, fault, this.nowMs);
    if (strike !== undefined) this.emit({ type: 'strike', ...strike });
  }

  #newAuthoring(): Authoring {
    const { crypto, signer, space, origin, retired, image } = this.options;
    const authoring = new Authoring(
      {
        crypto,
        signer,
        space,
        logs: this.logs,
        held: this.held,
        replica: () => this.derived.replica,
        membership: () => this.derived.membership,
        isRebuilding: () => this.derived.rebuilding !== undefined,
        commit: (write) => this.flow.write(write),
        written: (event, record) => {
          this.pending.add(event.origin, event.seq, [record]);
          this.derived.offer(event.origin, [{ event, bytes: record.length }], this.nowMs);
        },
        retired: (log, reason) => this.emit({ type: 'log-retired', origin: log, reason }),
      },
      origin,
    );
    for (const [log, reason] of retired ?? []) authoring.retire(log, reason, this.nowMs);
    for (const damaged of image.damaged) authoring.retire(damaged.origin, 'behind', this.nowMs);
    for (const fork of this.forks.list()) authoring.retire(fork.origin, 'forked', this.nowMs);
    return authoring;
  }

  #newDerivedState(): DerivedState {
    const { overlay } = this;
    const { readEventsMax: count, readBytesMax: bytesMax } = ENGINE_LIMITS;
    return new DerivedState(
      {
        work: this.work,
        overlay,
        genesis: this.founding,
        main: () => this.authoring.main,
        isOwn: (origin) => this.authoring.isOwn(origin),
        event: (place) => this.events.at(place),
        stored: () => this.#stored(),
        lastOf: (origin) => this.forks.lastOf(origin),
        forks: () => this.forks.list(),
        reset: () => {
          overlay.reset();
          this.cursors.renew();
        },
        // What is read and applied makes rows: with a slow disk they would pile up.
        mayRead: () => !this.flow.isStateFull,
        isAppending: () => this.pending.has((origin) => this.authoring.isOwn(origin)),
        read: (origin, firstSeq) => this.emit({ type: 'read-records', origin, firstSeq, count, bytesMax }),
        applied: (event, changesMembership) => this.#applied(event, changesMembership),
        membershipChanged: () => this.#membershipChanged(),
        rebuilt: (committed) => this.#rebuilt(committed),
      },
      this.options.image.state,
    );
  }

  #newSessions(): PeerSessions {
    const { crypto, signer, space, image } = this.options;
    return new PeerSessions({
      crypto,
      space,
      device: signer.device,
      storeId: image.storeId,
      logs: this.logs,
      shelf: this.intake.shelf,
      cursors: this.cursors,
      accepts: (log) => this.accepts(log),
      writes: (log) => this.authoring.isOwn(log) && !this.authoring.retired.has(log),
      mayAsk: (peer) => this.strikes.mayAsk(peer, this.nowMs),
      strike: (peer, fault) => this.strike(peer, fault),
      verdict: (log) => this.forks.verdict(log),
      emit: (effect) => this.emit(effect),
      undamaged: (part) => this.authoring.undamaged(part, this.nowMs),
      received: (peer, session, range) => this.reception.received(peer, session, range),
      evidence: (peer, bytes) => {
        const judgement = this.equivocations.learn(bytes);
        if (judgement.verdict === 'reject') this.strike(peer, judgement.fault);
      },
      answered: (peer, ask, answer) => this.inquiries.answered(peer, ask, answer, this.nowMs),
      ended: (peer) => this.inquiries.disconnected(peer),
    });
  }

  #newInquiries(): Inquiries {
    const { crypto, space, records } = this.options;
    return new Inquiries({
      crypto,
      space,
      logs: this.held,
      peers: () => this.sessions.inquired(),
      hasDisputes: () => this.sessions.hasDisputes,
      ask: (peer, question) => this.sessions.ask(peer, question, this.nowMs),
      damagedSegments: () => records.damagedSegments(),
      isStored: (log) => this.logs.isStored(log),
      isForked: (log) => this.forks.seqOf(log) !== undefined,
      learnEvidence: (bytes) => this.equivocations.learn(bytes),
      strike: (peer, fault) => this.strike(peer, fault),
      settled: (peer, log) => this.sessions.settle(peer, log, this.nowMs),
      restore: (segment) => this.emit({ type: 'restore', segment }),
    });
  }

  #newGossip(): Gossip {
    const { crypto, signer, space } = this.options;
    return new Gossip({
      crypto,
      work: this.work,
      space,
      device: signer.device,
      logs: this.logs,
      accepts: (log) => this.accepts(log),
      connected: () => this.#connected(),
      emit: (effect) => this.emit(effect),
      heard: (device, entry) => {
        this.reception.heardOf(entry);
        this.sessions.suppose(device, entry, this.nowMs);
      },
      contradicted: (log) => {
        this.authoring.retire(log, 'ahead', this.nowMs);
        this.inquiries.suspected(log);
      },
      evidence: (bytes) => this.equivocations.learn(bytes),
      strike: (peer, fault) => this.strike(peer, fault),
    });
  }

  #connected(): Connected {
    if (!this.sessions.any) return 'none';
    const { membership } = this.derived;
    // One that has just been revoked may still be connected.
    const connected = [...this.sessions.peers()].filter((peer) => membership.has(peer));
    const others = membership.size - (membership.has(this.options.signer.device) ? 1 : 0);
    return connected.length === others ? 'all' : 'some';
  }

  /**
   * What its author may not state says nothing. It is told, and no strike: a fork that takes away what an honest author
   * had seen can make it so, and a device that is not asked for its log is one that the others cannot agree with.
   */
  #applied(event: PlacedEvent, changesMembership: boolean): void {
    this.flow.tell({ type: 'applied', event });
    if (changesMembership || !isControlStatement(event)) return;
    const message = `wrote ${event.type}, which it may not`;
    const { origin } = event;
    this.emit({ type: 'refused', peer: deviceOf(origin), origin, fault: { code: 'not_permitted', message } });
  }

  #membershipChanged(): void {
    this.emit({ type: 'membership', membership: this.derived.membership });
    this.authoring.reviewLimits(this.nowMs);
    // A log that was not accepted before may be known of already.
    this.sessions.plan(this.nowMs);
  }

  #rebuilt(committed: () => void): void {
    const { main } = this.authoring;
    const isBehind = this.derived.replica.causality.applied(main) < this.logs.storedLength(main);
    if (isBehind && this.derived.isWaiting(main)) this.authoring.retire(main, 'waiting', this.nowMs);
    const run = (): void => {
      committed();
      this.emit({ type: 'rebuilt' });
    };
    this.commits.afterState({ type: 'run', run });
  }

  *#stored(): Iterable<readonly [Origin, Seq]> {
    for (const origin of this.logs.origins()) yield [origin, this.logs.storedLength(origin)];
  }
}
