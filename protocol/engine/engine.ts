import type { Crypto, DeviceId, Signer } from '../crypto/index.ts';
import type { Origin, PlacedEvent, Seq } from '../event/index.ts';
import { decodeEvidence } from '../evidence/index.ts';
import { errorFromFault, type Fault, SmoError } from '../fault/index.ts';
import { decodeManifest, type SpaceId, type VerifiedRange, verifyManifest } from '../manifest/index.ts';
import { type Genesis, type Membership, verifyGenesis } from '../membership/index.ts';
import {
  type FrontierEntry,
  frontierEntry,
  isAhead,
  type ReceivedRange,
  type SyncSession,
} from '../sync/index.ts';
import type { WaitingPlace } from './applier.ts';
import { Authoring } from './authoring.ts';
import type { StoredEvent } from './backlogs.ts';
import { type AfterCommit, CommitQueue } from './commit-queue.ts';
import { DerivedState, type RebuildProgress } from './derived-state.ts';
import type { EngineEffect } from './effect.ts';
import { ForkBook, type KnownFork } from './forks.ts';
import { Gossip, type GossipJudgement } from './gossip.ts';
import { heldLogs } from './held-logs.ts';
import type { EngineImage } from './image.ts';
import type { AppendEntry, EngineInput } from './input.ts';
import { Inquiries } from './inquiries.ts';
import { ENGINE_LIMITS } from './limits.ts';
import { LogBook } from './log-book.ts';
import type { RetirementReason, UnnumberedWrite } from './own-logs.ts';
import { PeerCursors } from './peer-cursors.ts';
import { PeerSessions } from './peer-sessions.ts';
import type { PeerState } from './peer-state.ts';
import { PendingRecords } from './pending-records.ts';
import type { RecordStore, StateStore } from './ports.ts';
import { RangeIntake } from './range-intake.ts';
import type { ReplicaState } from './replica-state.ts';
import { StateOverlay } from './state-overlay.ts';
import { StoredEvents } from './stored-events.ts';
import { Strikes } from './strikes.ts';

/** What makes a replica this one. */
export interface EngineOptions {
  readonly crypto: Crypto;
  readonly signer: Signer;
  readonly space: SpaceId;
  readonly genesis: Genesis;
  /** The log that this device writes to by default. */
  readonly origin: Origin;
  /** Logs of this device of which it has signed more than its store holds, or that others know better. */
  readonly retired?: Iterable<Origin>;
  /** Reads without waiting; everything else goes through effects. */
  readonly records: Pick<RecordStore, 'record' | 'manifest' | 'damagedSegments'>;
  readonly state: Pick<StateStore, 'get'>;
  readonly image: EngineImage;
}

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
  readonly #options: EngineOptions;
  readonly #founding: PlacedEvent;
  readonly #logs: LogBook;
  readonly #forks: ForkBook;
  readonly #authoring: Authoring;
  readonly #pending = new PendingRecords();
  readonly #events: StoredEvents;
  readonly #commits: CommitQueue;
  readonly #cursors: PeerCursors;
  readonly #derived: DerivedState;
  readonly #intake: RangeIntake;
  readonly #strikes = new Strikes();
  readonly #sessions: PeerSessions;
  readonly #gossip: Gossip;
  readonly #inquiries: Inquiries;
  #effects: EngineEffect[] = [];
  #nowMs = 0;
  #timerMs: number | undefined;

  constructor(options: EngineOptions) {
    const { crypto, signer, space, genesis, image } = options;
    const founding = verifyGenesis(crypto, space, genesis);
    if (!founding.ok) throw new SmoError(founding.fault.code, founding.fault.message);
    this.#options = options;
    this.#founding = founding.value;
    this.#forks = new ForkBook(crypto, space, image.evidence);
    this.#logs = new LogBook(crypto, image, this.#forks.list());
    this.#events = new StoredEvents(crypto, options.records, this.#pending);
    const overlay = new StateOverlay((key) => options.state.get(key));
    this.#commits = new CommitQueue(overlay, image.arrivals);
    this.#cursors = new PeerCursors(overlay, image.state?.cursors ?? []);
    this.#intake = new RangeIntake({
      crypto,
      space,
      tail: (log) => this.#logs.tail(log),
      take: (range, events) => this.#takeRange(range, events),
    });
    this.#authoring = this.#newAuthoring();
    this.#derived = this.#newDerivedState(overlay);
    this.#sessions = new PeerSessions({
      crypto,
      space,
      device: signer.device,
      storeId: image.storeId,
      logs: this.#logs,
      shelf: this.#intake.shelf,
      cursors: this.#cursors,
      accepts: (log) => this.#accepts(log),
      writes: (log) => this.#authoring.isOwn(log) && !this.#authoring.retired.has(log),
      mayAsk: (peer) => this.#strikes.mayAsk(peer, this.#nowMs),
      strike: (peer, fault) => this.#strike(peer, fault),
      verdict: (log) => this.#forks.verdict(log),
      emit: (effect) => this.#emit(effect),
      received: (peer, session, range) => this.#received(peer, session, range),
      evidence: (peer, bytes) => {
        const judgement = this.#learnEvidence(bytes);
        if (judgement.verdict === 'reject') this.#strike(peer, judgement.fault);
      },
      answered: (peer, ask, answer) => this.#inquiries.answered(peer, ask, answer, this.#nowMs),
      ended: (peer) => this.#inquiries.disconnected(peer),
    });
    this.#inquiries = this.#newInquiries();
    this.#gossip = new Gossip({
      crypto,
      space,
      device: signer.device,
      logs: this.#logs,
      accepts: (log) => this.#accepts(log),
      hasPeers: () => this.#sessions.any,
      emit: (effect) => this.#emit(effect),
      heard: (device, entry) => {
        this.#heardOf(entry);
        this.#sessions.suppose(device, entry, this.#nowMs);
      },
      contradicted: (log) => {
        this.#authoring.retire(log, 'ahead', this.#nowMs);
        this.#inquiries.suspected(log);
      },
      evidence: (bytes) => this.#learnEvidence(bytes),
    });
    this.#authoring.reviewLimits(this.#nowMs);
  }

  #newAuthoring(): Authoring {
    const { crypto, signer, space, origin, retired, image } = this.#options;
    const authoring = new Authoring(
      {
        crypto,
        signer,
        space,
        logs: this.#logs,
        replica: () => this.#derived.replica,
        membership: () => this.#derived.membership,
        isRebuilding: () => this.#derived.rebuilding !== undefined,
        commit: (write) => this.#commit(write),
        written: (event, record) => {
          this.#pending.add(event.origin, event.seq, [record]);
          this.#derived.offer(event.origin, [{ event, bytes: record.length }], this.#nowMs);
        },
        retired: (log, reason) => this.#emit({ type: 'log-retired', origin: log, reason }),
      },
      origin,
    );
    for (const log of [...(retired ?? []), ...image.damaged.map((each) => each.origin)]) {
      authoring.retire(log, 'behind', this.#nowMs);
    }
    for (const fork of this.#forks.list()) authoring.retire(fork.origin, 'forked', this.#nowMs);
    return authoring;
  }

  #newInquiries(): Inquiries {
    const { crypto, space, records } = this.#options;
    const inquiries = new Inquiries({
      crypto,
      space,
      logs: heldLogs(records, (log) => this.#logs.newest(log)),
      peers: () => this.#sessions.inquired(),
      ask: (peer, question) => this.#sessions.ask(peer, question, this.#nowMs),
      damagedSegments: () => records.damagedSegments(),
      isStored: (log) => this.#logs.isStored(log),
      isForked: (log) => this.#forks.seqOf(log) !== undefined,
      learnEvidence: (bytes) => this.#learnEvidence(bytes),
      strike: (peer, fault) => this.#strike(peer, fault),
      settled: (peer, log) => this.#sessions.settle(peer, log, this.#nowMs),
      restore: (segment) => this.#emit({ type: 'restore', segment }),
    });
    for (const { evidence } of this.#forks.list()) compareWith(inquiries, evidence);
    return inquiries;
  }

  #newDerivedState(overlay: StateOverlay): DerivedState {
    return new DerivedState(
      {
        crypto: this.#options.crypto,
        overlay,
        genesis: this.#founding,
        main: () => this.#authoring.main,
        isOwn: (origin) => this.#authoring.isOwn(origin),
        event: (place) => this.#events.at(place),
        stored: () => this.#stored(),
        lastOf: (origin) => this.#forks.lastOf(origin),
        forks: () => this.#forks.list(),
        reset: () => {
          overlay.reset();
          this.#cursors.renew();
        },
        isAppending: () => this.#pending.has((origin) => this.#authoring.isOwn(origin)),
        read: (origin, firstSeq) =>
          this.#emit({
            type: 'read-records',
            origin,
            firstSeq,
            count: ENGINE_LIMITS.readEventsMax,
            bytesMax: ENGINE_LIMITS.readBytesMax,
          }),
        applied: (event) => this.#answer({ type: 'applied', event }),
        membershipChanged: () => this.#membershipChanged(),
        rebuilt: (committed) => this.#rebuilt(committed),
      },
      this.#options.image.state,
    );
  }

  /**
   * Takes one input and returns all that follows from it. A host sends one `tick` first, so that the engine
   * takes up what was stored and not applied.
   */
  step(input: EngineInput): readonly EngineEffect[] {
    this.#nowMs = input.nowMs;
    this.#handle(input);
    this.#derived.settle();
    this.#inquiries.plan(this.#nowMs);
    this.#flush();
    this.#setTimer();
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** The verified first event of the space. */
  get founding(): PlacedEvent {
    return this.#founding;
  }

  /** Who is and was a member, and how much of each log counts. While the state is made anew: as it was before. */
  get membership(): Membership {
    return this.#derived.membership;
  }

  /** Everything that follows from the applied events. Read only, and replaced when the state is made anew. */
  get replica(): ReplicaState {
    return this.#derived.replica;
  }

  /** How far a rebuild of the state is; undefined when there is none. Meanwhile nothing can be appended. */
  get rebuilding(): RebuildProgress | undefined {
    return this.#derived.rebuilding;
  }

  /** The log that this device writes to by default. */
  get main(): Origin {
    return this.#authoring.main;
  }

  /** Logs of this device that are written to no more, and why. */
  get retired(): ReadonlyMap<Origin, RetirementReason> {
    return this.#authoring.retired;
  }

  /** The forks of logs that are proved here. */
  forks(): Iterable<KnownFork> {
    return this.#forks.list();
  }

  /**
   * Whether what another device holds of this device's logs has been looked at since the engine was opened, and no
   * connected one claims to know more of a log that is not retired. Until then an append may be one too many, if
   * the home was restored. A peer that lies can keep this from becoming true; it is for who waits to set an end.
   */
  get ownLogsChecked(): boolean {
    return this.#sessions.hasCompared;
  }

  /** The published frontier. */
  frontier(): Iterable<FrontierEntry> {
    return this.#logs.frontier.entries();
  }

  /** What is known of each connected peer. */
  peers(): Iterable<PeerState> {
    return this.#sessions.states();
  }

  /** Logs that hold events which are not ready, and what they wait for. */
  waiting(): Iterable<WaitingPlace> {
    return this.#derived.waiting();
  }

  /** Positions that gossip told of and that are not held yet. */
  heard(): Iterable<FrontierEntry> {
    return this.#gossip.heard();
  }

  #handle(input: EngineInput): void {
    switch (input.type) {
      case 'append':
        this.#append(input.request, input.entries);
        break;
      case 'seal':
        this.#seal(input.request);
        break;
      case 'connected':
        this.#sessions.connected(input.peer, input.nowMs);
        break;
      case 'disconnected':
        this.#sessions.disconnected(input.peer, input.nowMs);
        break;
      case 'frame':
        this.#sessions.frame(input.peer, input.frame, input.nowMs);
        break;
      case 'gossip':
        this.#gossip.receive(input.request, input.message);
        break;
      case 'committed':
        this.#committed(input.commit);
        break;
      case 'range-read':
        this.#sessions.rangeRead(input.peer, input.range, input.nowMs);
        break;
      case 'answer-read':
        this.#sessions.answerRead(input.peer, input.answer, input.nowMs);
        break;
      case 'records-read':
        this.#derived.offerRead(
          input.origin,
          input.firstSeq,
          this.#events.read(input.origin, input.firstSeq, input.records),
          input.nowMs,
        );
        break;
      case 'evidence':
        this.#importEvidence(input.bytes);
        break;
      case 'continue':
        this.#authoring.continueUnder(input.origin);
        break;
      case 'repaired':
        this.#inquiries.repaired(input, input.restored, input.nowMs);
        if (input.restored) this.#derived.repaired(input.origin, input.nowMs);
        break;
      case 'tick':
        this.#timerMs = undefined;
        this.#derived.resume(input.nowMs);
        this.#sessions.tick(input.nowMs);
        this.#gossip.tick(input.nowMs);
        this.#cursors.save();
        break;
    }
  }

  #append(request: number, entries: readonly AppendEntry[]): void {
    const events = this.#authoring.append(entries, this.#nowMs);
    this.#commits.demandDurability();
    this.#answer({ type: 'appended', request, events });
  }

  #seal(request: number): void {
    const manifests = this.#authoring.seal(this.#nowMs);
    this.#commits.demandDurability();
    this.#answer({ type: 'sealed', request, manifests });
  }

  /** Emits an effect once everything that led to it is committed. */
  #answer(effect: EngineEffect): void {
    this.#commits.afterwards({ type: 'answer', effect });
  }

  #commit(write: UnnumberedWrite): void {
    this.#logs.advance(write.tail);
    this.#commits.write(write);
  }

  /** Signs and hands out the next commit, unless one is under way. */
  #flush(): void {
    if (this.#commits.busy) return;
    this.#authoring.signHeads(this.#nowMs);
    this.#derived.save();
    if (this.#commits.hasRecords) this.#cursors.save();
    const commit = this.#commits.next();
    if (commit !== undefined) this.#emit({ type: 'commit', commit });
  }

  #committed(id: number): void {
    const { commit, after } = this.#commits.complete(id);
    this.#pending.settle(commit.logs);
    const newest = [...new Map(commit.logs.map((write) => [write.origin, write])).values()];
    const entries = newest.map(({ tail, arrival }) => {
      const entry = this.#logs.publish(tail, arrival);
      this.#gossip.committed(entry, tail, this.#nowMs);
      return entry;
    });
    this.#sessions.announce(entries, this.#nowMs);
    for (const { origin } of newest)
      this.#derived.stored(origin, this.#logs.storedLength(origin), this.#nowMs);
    for (const next of after) this.#afterCommit(next);
  }

  #afterCommit(after: AfterCommit): void {
    if (after.type === 'answer') this.#emit(after.effect);
    else if (after.type === 'run') after.run();
    else this.#sessions.release(after.peer, after.session, after.bytes, this.#nowMs);
  }

  /** Verifies a whole range, and commits and applies it, keeps it, or disputes it. */
  #received(peer: DeviceId, session: SyncSession, range: ReceivedRange): void {
    // What is appended and not signed yet takes part in the comparison.
    this.#authoring.signHead(range.origin, this.#nowMs);
    if (this.#authoring.isOwn(range.origin)) this.#heardOfOwn(range.manifest);
    const { taken, refusals } = this.#intake.receive(peer, range);
    for (const refusal of refusals) {
      this.#strike(refusal.peer, refusal.fault);
      this.#sessions.dispute(refusal.peer, refusal.origin, refusal.fault, this.#nowMs);
    }
    if (taken) this.#commits.afterwards({ type: 'release', peer, session, bytes: range.bytes });
    else this.#sessions.release(peer, session, range.bytes, this.#nowMs);
  }

  #takeRange({ manifest, firstSeq, records, tree }: VerifiedRange, events: readonly StoredEvent[]): void {
    const { origin } = manifest;
    // Only this device signs its logs: it did so in another home, or in a later state of this one.
    this.#authoring.retire(origin, 'ahead', this.#nowMs);
    this.#pending.add(origin, firstSeq, records);
    this.#commit({ origin, firstSeq, records, tail: { manifest, peaks: tree.peaks } });
    this.#derived.offer(origin, events, this.#nowMs);
  }

  /**
   * Takes evidence that two histories of a log are signed, wherever it comes from. It is kept if it proves a fork
   * that is earlier than is known, and told to all peers once it is stored.
   */
  #learnEvidence(bytes: Uint8Array): GossipJudgement {
    const verdict = this.#forks.verify(bytes);
    if (!verdict.ok) return { verdict: 'reject', fault: verdict.fault };
    const fork = verdict.value;
    const isKept = this.#forks.isNews(fork) && this.#forks.hasRoom(fork.origin, (log) => this.#isKnown(log));
    if (!isKept) return { verdict: 'ignore' };
    this.#forks.keep(fork);
    this.#logs.fork(fork);
    this.#authoring.retire(fork.origin, 'forked', this.#nowMs);
    this.#derived.forked(fork.origin, fork.seq, this.#nowMs);
    compareWith(this.#inquiries, bytes);
    this.#commits.evidence({ origin: fork.origin, bytes });
    this.#commits.afterwards({ type: 'run', run: () => this.#publishFork(fork) });
    return { verdict: 'accept' };
  }

  /** Evidence that the application brings. */
  #importEvidence(bytes: Uint8Array): void {
    const judgement = this.#learnEvidence(bytes);
    if (judgement.verdict === 'reject') throw errorFromFault(judgement.fault);
  }

  #publishFork(fork: KnownFork): void {
    const entry = this.#logs.publishFork(fork);
    this.#sessions.prove(fork.origin, this.#nowMs);
    if (entry !== undefined) this.#sessions.announce([entry], this.#nowMs);
    this.#emit({ type: 'equivocation', ...fork });
  }

  /** Whether a log is held here, or of a device that may write. */
  #isKnown(origin: Origin): boolean {
    return this.#logs.has(origin) || this.#derived.membership.accepts(origin);
  }

  /** Whether records of a log are taken in: of members' logs, and not of more than can be kept in mind. */
  #accepts(origin: Origin): boolean {
    if (!this.#derived.membership.accepts(origin)) return false;
    return this.#logs.has(origin) || this.#logs.size < ENGINE_LIMITS.logsMax;
  }

  /** Whether the records beside it verify or not: if this device has signed the manifest, it has gone on elsewhere. */
  #heardOfOwn(bytes: Uint8Array): void {
    const { crypto, space } = this.#options;
    const manifest = decodeManifest(bytes);
    if (manifest.ok && verifyManifest(crypto, manifest.value, { space }).ok)
      this.#heardOf(frontierEntry(crypto, manifest.value));
  }

  /** A position that is signed by the owner of a log and ahead of what is held, of which no record has come yet. */
  #heardOf(entry: FrontierEntry): void {
    const { origin } = entry;
    // A log that has never been used here is none that could be gone on with.
    if (!this.#logs.has(origin) && origin !== this.#authoring.main) return;
    // Only this device signs its logs: it did so in another home, or in a later state of this one.
    if (isAhead(entry, this.#logs.held(origin))) this.#authoring.retire(origin, 'ahead', this.#nowMs);
  }

  #strike(peer: DeviceId, fault: Fault): void {
    const strike = this.#strikes.strike(peer, fault, this.#nowMs);
    if (strike !== undefined) this.#emit({ type: 'strike', ...strike });
  }

  #membershipChanged(): void {
    this.#emit({ type: 'membership', membership: this.#derived.membership });
    this.#authoring.reviewLimits(this.#nowMs);
    // A log that was not accepted before may be known of already.
    this.#sessions.plan(this.#nowMs);
  }

  #rebuilt(committed: () => void): void {
    const { main } = this.#authoring;
    const isBehind = this.#derived.replica.causality.applied(main) < this.#logs.storedLength(main);
    if (isBehind && this.#derived.isWaitingForOthers(main))
      this.#authoring.retire(main, 'waiting', this.#nowMs);
    this.#commits.afterwards({
      type: 'run',
      run: () => {
        committed();
        this.#emit({ type: 'rebuilt' });
      },
    });
  }

  #setTimer(): void {
    const atMs = earliest(this.#sessions.deadlineMs, this.#gossip.deadlineMs);
    if (atMs === undefined || atMs === this.#timerMs) return;
    this.#timerMs = atMs;
    this.#emit({ type: 'set-timer', atMs });
  }

  *#stored(): Iterable<readonly [Origin, Seq]> {
    for (const origin of this.#logs.origins()) yield [origin, this.#logs.storedLength(origin)];
  }

  #emit(effect: EngineEffect): void {
    this.#effects.push(effect);
  }
}

/** Has the own history of a log compared with the proof of its fork. */
const compareWith = (inquiries: Inquiries, bytes: Uint8Array): void => {
  const evidence = decodeEvidence(bytes);
  if (evidence.ok) inquiries.forked(evidence.value);
};

const earliest = (...timesMs: readonly (number | undefined)[]): number | undefined => {
  const set = timesMs.filter((timeMs) => timeMs !== undefined);
  return set.length === 0 ? undefined : Math.min(...set);
};
