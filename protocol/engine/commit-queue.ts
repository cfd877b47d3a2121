import type { DeviceId } from '../crypto/index.ts';
import type { SyncSession } from '../sync/index.ts';
import type { EngineEffect } from './effect.ts';
import type { UnnumberedWrite } from './own-logs.ts';
import type { Commit, EvidenceRow, LogWrite } from './ports.ts';
import type { StateOverlay } from './state-overlay.ts';

/** What follows once a commit has completed: an answer to the application, credit to a peer, or anything else. */
export type AfterCommit =
  | { readonly type: 'answer'; readonly effect: EngineEffect }
  | { readonly type: 'run'; readonly run: () => void }
  | Release;

/** Credit that a peer gets back. */
export interface Release {
  readonly type: 'release';
  readonly peer: DeviceId;
  readonly session: SyncSession;
  readonly bytes: number;
}

/** A commit under way. */
export interface CommitUnderWay {
  readonly commit: Commit;
  /** Whether the rows of state go with it, or follow later. */
  readonly withState: boolean;
  readonly after: readonly AfterCommit[];
}

/**
 * Gathers writes into commits, one under way at a time: what comes while the disk is busy goes into the next
 * one together, so that concurrent appends share a flush (group commit).
 */
export class CommitQueue {
  readonly #overlay: StateOverlay;
  #arrivals: number;
  #lastId = 0;
  #underWay: CommitUnderWay | undefined;
  #logs: LogWrite[] = [];
  #evidence: EvidenceRow[] = [];
  #after: AfterCommit[] = [];
  /** What follows once the state as it is now is committed as well. */
  #afterState: AfterCommit[] = [];
  #durable = false;

  /** @param arrivals frontier changes that the record store has counted */
  constructor(overlay: StateOverlay, arrivals: number) {
    this.#overlay = overlay;
    this.#arrivals = arrivals;
  }

  /** Adds a write to the next commit. */
  write(write: UnnumberedWrite): void {
    this.#arrivals += 1;
    this.#logs.push({ ...write, arrival: this.#arrivals });
  }

  /** Adds evidence of a fork to the next commit, which reaches the disk. */
  evidence(row: EvidenceRow): void {
    this.#evidence = [...this.#evidence.filter(({ origin }) => origin !== row.origin), row];
    this.#durable = true;
  }

  /** Asks for an fsync of the next commit. */
  demandDurability(): void {
    this.#durable = true;
  }

  /** Notes what is to happen after the next commit. */
  afterwards(after: AfterCommit): void {
    this.#after.push(after);
  }

  /** Notes what is to happen after the next commit that the state goes with. */
  afterState(after: AfterCommit): void {
    this.#afterState.push(after);
  }

  /** Whether records wait for the next commit. */
  get hasRecords(): boolean {
    return this.#logs.length > 0;
  }

  /** Whether a commit is under way, so that writes have to wait. */
  get busy(): boolean {
    return this.#underWay !== undefined;
  }

  /**
   * The next commit, if there is anything to write and none is under way.
   * @param withState whether the rows of state go with it
   */
  next(withState: boolean): Commit | undefined {
    if (this.#underWay !== undefined) return undefined;
    if (withState) this.#after.push(...this.#afterState.splice(0));
    if (this.#isEmpty && !(withState && this.#overlay.hasWrites)) return undefined;
    const { writes, reset } = withState ? this.#overlay.take() : NO_STATE;
    this.#lastId += 1;
    const commit: Commit = {
      id: this.#lastId,
      durable: this.#durable,
      logs: this.#logs,
      evidence: this.#evidence,
      reset,
      state: writes,
    };
    this.#underWay = { commit, withState, after: this.#after };
    this.#logs = [];
    this.#evidence = [];
    this.#after = [];
    this.#durable = false;
    return commit;
  }

  get #isEmpty(): boolean {
    return this.#logs.length === 0 && this.#evidence.length === 0 && this.#after.length === 0;
  }

  /** Ends the commit under way. */
  complete(id: number): CommitUnderWay {
    const done = this.#underWay;
    if (done?.commit.id !== id) throw new RangeError(`commit ${id} is not under way`);
    this.#underWay = undefined;
    if (done.withState) this.#overlay.settle();
    return done;
  }
}

const NO_STATE = { writes: [], reset: false } as const;
