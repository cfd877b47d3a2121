import type { Crypto, DeviceId } from '../crypto/index.ts';
import type { Origin } from '../event/index.ts';
import { compareCommonPart, type Evidence, encodeEvidence } from '../evidence/index.ts';
import type { Fault } from '../fault/index.ts';
import type { Manifest, SpaceId } from '../manifest/index.ts';
import {
  type Answer,
  type HealingVerdict,
  type HeldLogs,
  heal,
  heldLeaves,
  type Inquiry,
  type InvestigationVerdict,
  investigate,
  type Question,
  SYNC_LIMITS,
} from '../sync/index.ts';
import { HealingList } from './healing-list.ts';
import type { SegmentPlace, WholeSegment } from './ports.ts';

/** A connected peer that may be asked. */
export interface InquiredPeer {
  readonly device: DeviceId;
  /** Logs on which it is not believed, and why. */
  readonly disputed: ReadonlyMap<Origin, Fault>;
  /** Whether its session takes one more ask now: no more so once enough have been asked. */
  readonly hasRoom: boolean;
}

/** What inquiries need from the engine. */
export interface InquiriesHost {
  readonly crypto: Crypto;
  readonly space: SpaceId;
  readonly logs: HeldLogs;
  /** Connected peers that may be asked. */
  peers(): Iterable<InquiredPeer>;
  /** Whether any connected peer is not believed on a log. */
  hasDisputes(): boolean;
  /** Asks a peer that has room; returns the number of the ask, undefined when the session has just ended. */
  ask(peer: DeviceId, question: Question): number | undefined;
  /** Segments that the store knows to be damaged. */
  damagedSegments(): Iterable<SegmentPlace>;
  /** Whether all that is verified of a log is stored, and it may be compared. */
  isStored(origin: Origin): boolean;
  /** Whether a log is known to be forked. */
  isForked(origin: Origin): boolean;
  /** Takes the proof of a fork. */
  learnEvidence(evidence: Uint8Array): void;
  /** Holds a fault against a peer. */
  strike(peer: DeviceId, fault: Fault): void;
  /** A dispute with a peer on a log is settled: it may be asked for the log again. */
  settled(peer: DeviceId, origin: Origin): void;
  /** Puts a whole segment in the place of a damaged one; it comes back through {@link Inquiries.repaired}. */
  restore(segment: WholeSegment): void;
}

/** Disputes that may come from a fork or from damage: those over the history before or beside a range. */
const INVESTIGATED: ReadonlySet<string> = new Set(['history_differs', 'chain_break', 'order_violation']);

/** Faults that may pass, and are not held against anybody. */
const PASSING: ReadonlySet<string> = new Set(['withheld']);

/** An inquiry that waits for an answer. */
interface Job {
  readonly inquiry: Inquiry<unknown>;
  readonly finish: (result: unknown) => void;
}

/** A proof that the own history of a log is still to be compared with. */
interface Uncompared {
  readonly evidence: Evidence;
  /** Newest manifest of the log when it was compared last: only a longer history can give another result. */
  tried: Manifest | undefined;
}

/**
 * Decides what is asked of whom about logs that differ, and what follows from the answers.
 *
 * Invariants:
 * - I1: a log is investigated with a peer at most once in a session, unless the answers were only withheld.
 * - I2: a segment is healed by at most one peer at a time.
 * - I3: nothing is held against a peer before an investigation has shown that it is not the own store, nor the
 *   owner of the log, that is at fault.
 */
export class Inquiries {
  readonly #host: InquiriesHost;
  readonly #jobs = new Map<DeviceId, Map<number, Job>>();
  /** For each peer the logs that were investigated with it, and from when on they may be again. */
  readonly #investigated = new Map<DeviceId, Map<Origin, number>>();
  readonly #healing = new HealingList();
  /** Proofs about logs whose own history has not been compared with them to the end. */
  readonly #uncompared = new Map<Origin, Uncompared>();
  /** Forked logs of which a third history is held here: their first fork is still to be found. */
  readonly #thirds = new Set<Origin>();
  /** Logs of which two histories are signed by all appearances, though no peer is known to hold the other. */
  readonly #suspects = new Set<Origin>();
  #nowMs = 0;

  constructor(host: InquiriesHost) {
    this.#host = host;
  }

  /** Begins whatever is due. To be called after everything that happens. */
  plan(nowMs: number): void {
    this.#nowMs = nowMs;
    for (const place of this.#host.damagedSegments()) this.#healing.add(place);
    for (const [origin, uncompared] of this.#uncompared) this.#compare(origin, uncompared);
    const open = [...this.#thirds, ...this.#suspects];
    // Mostly there is nothing to ask, and this is asked after every step.
    if (open.length === 0 && this.#healing.isEmpty && !this.#host.hasDisputes()) return;
    for (const peer of this.#host.peers()) {
      for (const [origin, fault] of peer.disputed) {
        // Of a log that is forked the own history may still part from the others earlier.
        const isOpen = !this.#host.isForked(origin) || this.#uncompared.has(origin);
        if (INVESTIGATED.has(fault.code) && isOpen) this.#investigate(peer, origin, fault);
      }
      for (const origin of open) this.#investigate(peer, origin, undefined);
      this.#heal(peer);
    }
  }

  /** A fork is proved: the own history may be one of the two, or a third one. */
  forked(evidence: Evidence): void {
    this.#uncompared.set(evidence.origin, { evidence, tried: undefined });
    this.#thirds.delete(evidence.origin);
    this.#suspects.delete(evidence.origin);
    for (const { device, disputed } of this.#host.peers()) {
      const code = disputed.get(evidence.origin)?.code;
      // The fork was behind it. What comes before the fork may still be missing here.
      if (code !== undefined && INVESTIGATED.has(code)) this.#host.settled(device, evidence.origin);
    }
  }

  /** A signed head of a log has come that contradicts what is held, and not from one who must hold what it says. */
  suspected(origin: Origin): void {
    if (!this.#host.isForked(origin)) this.#suspects.add(origin);
  }

  /** What was to be restored is stored, or is not what the store takes. */
  repaired(place: SegmentPlace, restored: boolean, nowMs: number): void {
    const { origin } = place;
    if (!restored) {
      this.#healing.failed(place, nowMs);
      return;
    }
    this.#healing.restored(place);
    const uncompared = this.#uncompared.get(origin);
    if (uncompared !== undefined) uncompared.tried = undefined;
    for (const [peer, origins] of this.#investigated) {
      if (origins.delete(origin)) this.#host.settled(peer, origin);
    }
  }

  /** A peer has answered; undefined: not in time, but it may later. */
  answered(peer: DeviceId, ask: number, answer: Answer | undefined, nowMs: number): void {
    this.#nowMs = nowMs;
    const job = this.#jobs.get(peer)?.get(ask);
    this.#jobs.get(peer)?.delete(ask);
    if (job === undefined) return;
    if (answer === undefined) job.finish(undefined);
    else this.#advance(peer, job, job.inquiry.next(answer));
  }

  /** The session with a peer is over, and with it all that was asked. */
  disconnected(peer: DeviceId): void {
    this.#jobs.delete(peer);
    this.#investigated.delete(peer);
    this.#healing.forget(peer);
  }

  #start<Result>(
    { device }: InquiredPeer,
    inquiry: Inquiry<Result>,
    finish: (result: Result | undefined) => void,
  ): void {
    const job: Job = { inquiry, finish: finish as (result: unknown) => void };
    this.#advance(device, job, inquiry.next());
  }

  #advance(peer: DeviceId, job: Job, step: IteratorResult<Question, unknown>): void {
    if (step.done) {
      job.finish(step.value);
      return;
    }
    const ask = this.#host.ask(peer, step.value);
    if (ask === undefined) {
      job.finish(undefined);
      return;
    }
    const jobs = this.#jobs.get(peer) ?? new Map<number, Job>();
    this.#jobs.set(peer, jobs.set(ask, job));
  }

  #investigate(peer: InquiredPeer, origin: Origin, cause: Fault | undefined): void {
    const { device } = peer;
    const done = this.#investigated.get(device) ?? new Map<Origin, number>();
    this.#investigated.set(device, done);
    if (!peer.hasRoom || (done.get(origin) ?? 0) > this.#nowMs || !this.#host.isStored(origin)) return;
    done.set(origin, Number.POSITIVE_INFINITY);
    this.#start(peer, investigate(this.#host, origin), (verdict) => {
      if (verdict === undefined) this.#retryLater(device, origin);
      else this.#conclude(device, origin, cause, verdict);
    });
  }

  #retryLater(peer: DeviceId, origin: Origin): void {
    this.#investigated.get(peer)?.set(origin, this.#nowMs + SYNC_LIMITS.antiEntropyMs);
  }

  #conclude(peer: DeviceId, origin: Origin, cause: Fault | undefined, verdict: InvestigationVerdict): void {
    switch (verdict.type) {
      case 'evidence':
        this.#host.learnEvidence(encodeEvidence(verdict.evidence));
        return;
      case 'own-damage':
        this.#healing.add(verdict.damage);
        return;
      case 'remote-fault':
        if (PASSING.has(verdict.fault.code)) this.#retryLater(peer, origin);
        else this.#host.strike(peer, verdict.fault);
        return;
      case 'agreed':
        if (cause?.code === 'history_differs') {
          const message = `claims another history of log ${origin}, and shows the one that is held here`;
          this.#host.strike(peer, { code: 'false_claim', message });
        } else this.#host.settled(peer, origin);
        return;
    }
  }

  #heal(peer: InquiredPeer): void {
    const { device } = peer;
    for (let begun = 0; begun < SYNC_LIMITS.healingsPerStep && peer.hasRoom; begun += 1) {
      const place = this.#healing.next(device, this.#nowMs);
      if (place === undefined) return;
      this.#start(peer, heal(this.#host, place.origin, place.segment), (verdict) => {
        this.#concludeHealing(device, place, verdict);
      });
    }
  }

  #concludeHealing(peer: DeviceId, place: SegmentPlace, verdict: HealingVerdict | undefined): void {
    if (verdict?.type === 'restored' || verdict?.type === 'intact') {
      // What is whole and was taken for damaged is stored once more: whatever is wrong around it is then gone.
      this.#healing.restoring(place);
      this.#host.restore({ origin: place.origin, manifest: verdict.manifest, records: verdict.records });
    } else {
      this.#healing.failed(place, this.#nowMs);
      if (verdict?.type === 'remote-fault') this.#host.strike(peer, verdict.fault);
    }
  }

  /** Looks whether the own history is one that parts from the others before the fork that is proved. */
  #compare(origin: Origin, uncompared: Uncompared): void {
    const { crypto, logs } = this.#host;
    const newest = logs.newest(origin);
    if (newest === undefined || newest === uncompared.tried || !this.#host.isStored(origin)) return;
    uncompared.tried = newest;
    const part = compareCommonPart(crypto, uncompared.evidence, {
      newest,
      manifest: (segment) => logs.manifest(origin, segment),
      leaves: (manifest) => this.#leaves(manifest),
    });
    if (part === 'shorter' || part === 'unknown') return;
    this.#uncompared.delete(origin);
    if (part === 'no') this.#thirds.add(origin);
  }

  #leaves(manifest: Manifest): readonly Uint8Array[] | undefined {
    const { leaves, missing } = heldLeaves(this.#host.crypto, this.#host.logs, manifest);
    return missing.length > 0 ? undefined : leaves;
  }
}
