import type { Crypto, DeviceId, Signer } from '../crypto/index.ts';
import { deviceOf, eventIdFromLeaf, leafHash, type Origin, type PlacedEvent } from '../event/index.ts';
import { SmoError } from '../fault/index.ts';
import { type Place, placeRecord } from '../log/index.ts';
import {
  decodeManifest,
  type Manifest,
  type SpaceId,
  type VerifiedRange,
  verifyManifest,
} from '../manifest/index.ts';
import { type Genesis, type Membership, verifyGenesis } from '../membership/index.ts';
import { type FrontierEntry, frontierEntry, type ReceivedRange, type SyncSession } from '../sync/index.ts';
import { Applier, type WaitingPlace } from './applier.ts';
import { type AfterCommit, CommitQueue } from './commit-queue.ts';
import type { EngineEffect } from './effect.ts';
import type { EngineImage } from './image.ts';
import type { AppendEntry, EngineInput } from './input.ts';
import { LogBook } from './log-book.ts';
import { OwnLogs, type UnnumberedWrite } from './own-logs.ts';
import { PeerCursors } from './peer-cursors.ts';
import { PeerSessions, type PeerState } from './peer-sessions.ts';
import { PendingRecords } from './pending-records.ts';
import type { RecordStore, StateStore } from './ports.ts';
import { RangeIntake } from './range-intake.ts';
import { ReplicaState } from './replica-state.ts';
import { type StampedEntry, stampEntries } from './stamping.ts';
import { StateOverlay } from './state-overlay.ts';

/** What makes a replica this one. */
export interface EngineOptions {
  readonly crypto: Crypto;
  readonly signer: Signer;
  readonly space: SpaceId;
  readonly genesis: Genesis;
  /** The log that this device writes to by default. */
  readonly origin: Origin;
  /** Reads without waiting; everything else goes through effects. */
  readonly records: Pick<RecordStore, 'record'>;
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
  readonly #own: OwnLogs;
  readonly #pending = new PendingRecords();
  readonly #overlay: StateOverlay;
  readonly #replica: ReplicaState;
  readonly #commits: CommitQueue;
  readonly #applier: Applier;
  readonly #cursors: PeerCursors;
  readonly #intake: RangeIntake;
  readonly #sessions: PeerSessions;
  #effects: EngineEffect[] = [];
  #nowMs = 0;
  #timerMs: number | undefined;

  constructor(options: EngineOptions) {
    const { crypto, signer, space, genesis, image, origin } = options;
    const founding = verifyGenesis(crypto, space, genesis);
    if (!founding.ok) throw new SmoError(founding.fault.code, founding.fault.message);
    this.#options = options;
    this.#founding = founding.value;
    this.#logs = new LogBook(crypto, image);
    this.#own = new OwnLogs(crypto, signer, space, (log) => this.#logs.tail(log));
    this.#overlay = new StateOverlay((key) => options.state.get(key));
    const event = (place: Place): PlacedEvent => this.#event(place);
    this.#replica = new ReplicaState(
      { crypto, main: origin, overlay: this.#overlay, genesis: founding.value, event },
      image.state,
    );
    this.#commits = new CommitQueue(this.#overlay, image.arrivals);
    this.#cursors = new PeerCursors(this.#overlay, image.state?.cursors ?? []);
    this.#intake = new RangeIntake({
      crypto,
      space,
      tail: (log) => this.#logs.tail(log),
      take: (range, events) => this.#takeRange(range, events),
    });
    this.#applier = new Applier(this.#replica.causality, {
      apply: (ready) => this.#apply(ready),
      read: (log, firstSeq, count) => this.#emit({ type: 'read-records', origin: log, firstSeq, count }),
    });
    for (const log of this.#logs.origins()) this.#applier.note(log, this.#logs.length(log));
    this.#sessions = new PeerSessions({
      crypto,
      space,
      device: signer.device,
      storeId: image.storeId,
      logs: this.#logs,
      shelf: this.#intake.shelf,
      cursors: this.#cursors,
      accepts: (log) => this.#accepts(log),
      verdict: () => undefined,
      emit: (effect) => this.#emit(effect),
      received: (peer, session, range) => this.#received(peer, session, range),
      evidence: () => undefined,
      verifyHead: (manifest) => this.#verifyHead(manifest),
    });
  }

  /**
   * Takes one input and returns all that follows from it. A host sends one `tick` first, so that the engine
   * takes up what was stored and not applied.
   */
  step(input: EngineInput): readonly EngineEffect[] {
    this.#nowMs = input.nowMs;
    this.#handle(input);
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

  get membership(): Membership {
    return this.#replica.membership;
  }

  /** Everything that follows from the applied events. Read only. */
  get replica(): ReplicaState {
    return this.#replica;
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
    return this.#applier.waiting();
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
      case 'committed':
        this.#committed(input.commit);
        break;
      case 'range-read':
        this.#sessions.rangeRead(input.peer, input.range, input.nowMs);
        break;
      case 'records-read':
        this.#applier.offerRead(
          input.origin,
          this.#placeRecords(input.origin, input.firstSeq, input.records),
        );
        break;
      case 'tick':
        this.#timerMs = undefined;
        this.#applier.resume();
        this.#sessions.tick(input.nowMs);
        this.#cursors.save();
        break;
    }
  }

  #append(request: number, entries: readonly AppendEntry[]): void {
    for (const origin of new Set(entries.map((entry) => entry.origin))) this.#assertWritable(origin);
    const stamped = stampEntries(
      {
        main: this.#options.origin,
        causality: this.#replica.causality,
        clock: this.#replica.clock,
        nowMs: this.#nowMs,
        nextSeq: (origin) => this.#own.nextSeq(origin),
      },
      entries,
    );
    const events = stamped.map((entry) => this.#write(entry));
    this.#commits.demandDurability();
    this.#commits.afterwards({ type: 'answer', effect: { type: 'appended', request, events } });
  }

  #assertWritable(origin: Origin): void {
    const { signer } = this.#options;
    if (deviceOf(origin) !== signer.device) {
      throw new SmoError('not_own_log', `log ${origin} belongs to another device`);
    }
    if (this.#replica.causality.applied(origin) !== this.#own.nextSeq(origin) - 1) {
      throw new SmoError(
        'log_waiting',
        `log ${origin} holds events that wait for others, so nothing can follow them yet`,
        'Connect to the other devices first; "smo status" shows what is missing.',
      );
    }
  }

  #write({ origin, seq, body, record }: StampedEntry): PlacedEvent {
    const { id, closed } = this.#own.append(origin, record, this.#nowMs);
    if (closed !== undefined) this.#commit(closed);
    this.#pending.add(origin, seq, [record]);
    const event: PlacedEvent = { ...body, id, origin, seq };
    this.#apply(event);
    return event;
  }

  #seal(request: number): void {
    const { signer } = this.#options;
    const manifests: Manifest[] = [];
    for (const head of this.#own.signHeads(this.#nowMs)) this.#commit(head);
    for (const origin of [...this.#logs.origins()]) {
      const write = deviceOf(origin) === signer.device ? this.#own.seal(origin, this.#nowMs) : undefined;
      if (write === undefined) continue;
      this.#commit(write);
      manifests.push(write.tail.manifest);
    }
    this.#commits.demandDurability();
    this.#commits.afterwards({ type: 'answer', effect: { type: 'sealed', request, manifests } });
  }

  #commit(write: UnnumberedWrite): void {
    this.#logs.advance(write.tail);
    this.#commits.write(write);
  }

  /** Signs and hands out the next commit, unless one is under way. */
  #flush(): void {
    if (this.#commits.busy) return;
    for (const head of this.#own.signHeads(this.#nowMs)) this.#commit(head);
    this.#replica.save();
    if (this.#commits.hasRecords) this.#cursors.save();
    const commit = this.#commits.next();
    if (commit !== undefined) this.#emit({ type: 'commit', commit });
  }

  #committed(id: number): void {
    const { commit, after } = this.#commits.complete(id);
    this.#pending.settle(commit.logs);
    const newest = new Map(commit.logs.map((write) => [write.origin, write]));
    const entries = [...newest.values()].map(({ tail, arrival }) => this.#logs.publish(tail, arrival));
    this.#sessions.announce(entries, this.#nowMs);
    for (const { origin, seq } of entries) this.#applier.stored(origin, seq);
    for (const next of after) this.#afterCommit(next);
  }

  #afterCommit(after: AfterCommit): void {
    if (after.type === 'answer') this.#emit(after.effect);
    else this.#sessions.release(after.peer, after.session, after.bytes, this.#nowMs);
  }

  /** Verifies a whole range, and commits and applies it, keeps it, or disputes it. */
  #received(peer: DeviceId, session: SyncSession, range: ReceivedRange): void {
    const { taken, refusals } = this.#intake.receive(peer, range);
    for (const refusal of refusals) {
      this.#sessions.dispute(refusal.peer, refusal.origin, refusal.fault, this.#nowMs);
    }
    if (taken) this.#commits.afterwards({ type: 'release', peer, session, bytes: range.bytes });
    else this.#sessions.release(peer, session, range.bytes, this.#nowMs);
  }

  #takeRange({ manifest, firstSeq, records, tree }: VerifiedRange, events: readonly PlacedEvent[]): void {
    const { origin } = manifest;
    this.#pending.add(origin, firstSeq, records);
    this.#commit({ origin, firstSeq, records, tail: { manifest, peaks: tree.peaks } });
    this.#applier.offer(origin, events);
  }

  #verifyHead(bytes: Uint8Array): FrontierEntry | undefined {
    const { crypto, space } = this.#options;
    const manifest = decodeManifest(bytes);
    if (!manifest.ok) return undefined;
    return verifyManifest(crypto, manifest.value, { space }).ok
      ? frontierEntry(crypto, manifest.value)
      : undefined;
  }

  /** Logs of members other than this device. What it wrote itself never comes back from others. */
  #accepts(origin: Origin): boolean {
    return this.#replica.accepts(origin) && deviceOf(origin) !== this.#options.signer.device;
  }

  #apply(event: PlacedEvent): void {
    const changed = this.#replica.apply(event, this.#nowMs);
    this.#commits.afterwards({ type: 'answer', effect: { type: 'applied', event } });
    if (!changed) return;
    this.#emit({ type: 'membership', membership: this.#replica.membership });
    // A log that was not accepted before may be known of already.
    this.#sessions.plan(this.#nowMs);
  }

  #event(place: Place): PlacedEvent {
    const record = this.#pending.record(place) ?? this.#options.records.record(place.origin, place.seq);
    const [event] = record === undefined ? [] : this.#placeRecords(place.origin, place.seq, [record]);
    if (event === undefined) {
      throw new SmoError(
        'store_damaged',
        `event ${place.seq} of log ${place.origin} is missing from the store`,
        'Run "smo verify" to see what is damaged.',
      );
    }
    return event;
  }

  /** Events of stored records; ends before the first that cannot be read. */
  #placeRecords(origin: Origin, firstSeq: number, records: readonly Uint8Array[]): readonly PlacedEvent[] {
    const events: PlacedEvent[] = [];
    for (const [i, record] of records.entries()) {
      const id = eventIdFromLeaf(leafHash(this.#options.crypto, origin, firstSeq + i, record));
      const event = placeRecord(origin, firstSeq + i, id, record);
      if (!event.ok) break;
      events.push(event.value);
    }
    return events;
  }

  #setTimer(): void {
    const atMs = this.#sessions.deadlineMs;
    if (atMs === undefined || atMs === this.#timerMs) return;
    this.#timerMs = atMs;
    this.#emit({ type: 'set-timer', atMs });
  }

  #emit(effect: EngineEffect): void {
    this.#effects.push(effect);
  }
}
