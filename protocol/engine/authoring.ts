import type { Crypto, DeviceId, Signer } from '../crypto/index.ts';
import { deviceOf, type Origin, type PlacedEvent, type Seq } from '../event/index.ts';
import { SmoError } from '../fault/index.ts';
import { type Manifest, type SpaceId, signPart } from '../manifest/index.ts';
import { type Membership, mayWrite } from '../membership/index.ts';
import type { HeldLogs, ReadRequest, SegmentRange } from '../sync/index.ts';
import type { AppendEntry } from './input.ts';
import type { LogBook } from './log-book.ts';
import { OwnLogs, type RetirementReason, type UnnumberedWrite } from './own-logs.ts';
import type { ReplicaState } from './replica-state.ts';
import { type StampedEntry, stampEntries } from './stamping.ts';
import { undamagedPart } from './undamaged-part.ts';

/** What writing needs from the engine. */
export interface AuthoringHost {
  readonly crypto: Crypto;
  readonly signer: Signer;
  readonly space: SpaceId;
  readonly logs: LogBook;
  readonly held: HeldLogs;
  replica(): ReplicaState;
  membership(): Membership;
  /** Whether the state is being made anew. */
  isRebuilding(): boolean;
  /** Hands a signed write to the next commit. */
  commit(write: UnnumberedWrite): void;
  /** An own event has got its place. */
  written(event: PlacedEvent, record: Uint8Array): void;
  /** A log of this device is not written to any more. */
  retired(origin: Origin, reason: RetirementReason): void;
}

/**
 * What this device writes: who may, to which log, and where that has to end because going on would sign a second
 * history of a log (docs/decisions/0024).
 *
 * Invariants:
 * - A1: a retired log is never signed again, but for what had been appended before, or a part of it.
 * - A2: an event states that it has seen all that is applied, and is never written while that is not all that was.
 */
export class Authoring {
  readonly #host: AuthoringHost;
  readonly #own: OwnLogs;
  #main: Origin;

  /** @param main the log that this device writes to by default */
  constructor(host: AuthoringHost, main: Origin) {
    this.#host = host;
    this.#main = main;
    this.#own = new OwnLogs(host.crypto, host.signer, host.space, (origin) => host.logs.tail(origin));
  }

  get main(): Origin {
    return this.#main;
  }

  /** Logs of this device that are written to no more, and why. */
  get retired(): ReadonlyMap<Origin, RetirementReason> {
    return this.#own.retired;
  }

  isOwn(origin: Origin): boolean {
    return deviceOf(origin) === this.#host.signer.device;
  }

  /**
   * Appends events, all or none.
   * @throws SmoError when the device may not write, or an entry cannot be written; nothing has happened then
   */
  append(entries: readonly AppendEntry[], nowMs: number): readonly PlacedEvent[] {
    this.#assertMayWrite();
    for (const origin of new Set(entries.map((entry) => entry.origin))) this.#assertWritable(origin);
    const { causality, clock } = this.#host.replica();
    const nextSeq = (origin: Origin): Seq => this.#own.nextSeq(origin);
    const stamped = stampEntries({ main: this.#main, causality, clock, nowMs, nextSeq }, entries);
    return stamped.map((entry) => this.#write(entry, nowMs));
  }

  /** Closes the open segments of this device's logs, those that are retired left out. */
  seal(nowMs: number): readonly Manifest[] {
    this.signHeads(nowMs);
    const writes = [...this.#host.logs.origins()]
      .filter((origin) => this.isOwn(origin))
      .flatMap((origin) => this.#own.seal(origin, nowMs) ?? []);
    for (const write of writes) this.#host.commit(write);
    return writes.map(({ tail }) => tail.manifest);
  }

  /** Signs a head over everything that is appended and not signed. */
  signHeads(nowMs: number): void {
    for (const head of this.#own.signHeads(nowMs)) this.#host.commit(head);
  }

  /** What can be given of a part of a log of this device that cannot be read as a whole. */
  undamaged(part: ReadRequest, nowMs: number): SegmentRange | undefined {
    if (!this.isOwn(part.origin)) return undefined;
    const { crypto, signer, held, logs } = this.#host;
    const tail = logs.tail(part.origin);
    return undamagedPart(held, part, (segment, records) =>
      signPart(crypto, signer, { segment, records, tail }, nowMs),
    );
  }

  /** Signs what is appended to one log, so that what others hold of it can be compared with all that is here. */
  signHead(origin: Origin, nowMs: number): void {
    const head = this.#own.signHead(origin, nowMs);
    if (head !== undefined) this.#host.commit(head);
  }

  /** Never writes to a log of this device again. */
  retire(origin: Origin, reason: RetirementReason, nowMs: number): void {
    if (!this.isOwn(origin) || this.#own.retired.has(origin)) return;
    const head = this.#own.retire(origin, reason, nowMs);
    if (head !== undefined) this.#host.commit(head);
    this.#host.retired(origin, reason);
  }

  /**
   * Goes on under another log of this device.
   * @throws SmoError `log_retired` or `not_own_log` when that is not to be written to
   */
  continueUnder(origin: Origin): void {
    this.#assertOwn(origin);
    this.#assertNotRetired(origin);
    if (origin !== this.#main) this.#host.replica().continueClock();
    this.#main = origin;
  }

  /** Retires the logs of this device in which nothing would count that is appended now, though it may write. */
  reviewLimits(nowMs: number): void {
    const { device } = this.#host.signer;
    const member = this.#host.membership().get(device);
    if (member === undefined || !mayWrite(member.role)) return;
    for (const origin of [...this.#host.logs.origins()]) {
      if (this.isOwn(origin) && this.#isPastLimit(origin)) this.retire(origin, 'excluded', nowMs);
    }
  }

  #isPastLimit(origin: Origin): boolean {
    return this.#host.membership().excludes({ origin, seq: this.#own.length(origin) + 1 });
  }

  #assertMayWrite(): void {
    if (this.#host.isRebuilding()) {
      throw new SmoError(
        'rebuilding',
        'the state of this device is being made anew, so nothing can be written yet',
        'Wait until it is done; "smo status" shows how far it is.',
      );
    }
    const membership = this.#host.membership();
    const { device } = this.#host.signer;
    const former = membership.former.get(device);
    if (former !== undefined) throw revokedError(former.by, former.reason);
    const member = membership.get(device);
    if (member === undefined || mayWrite(member.role)) return;
    throw new SmoError(
      'not_writer',
      `this device is a ${member.role} of the space: what it writes would not count`,
      'Ask an admin of the space to change its role.',
    );
  }

  #assertWritable(origin: Origin): void {
    this.#assertOwn(origin);
    this.#assertNotRetired(origin);
    if (this.#host.replica().causality.applied(origin) !== this.#own.nextSeq(origin) - 1) {
      throw new SmoError(
        'log_waiting',
        `log ${origin} holds events that wait for others, so nothing can follow them yet`,
        'Connect to the other devices first; "smo status" shows what is missing.',
      );
    }
  }

  #assertOwn(origin: Origin): void {
    if (this.isOwn(origin)) return;
    throw new SmoError('not_own_log', `log ${origin} belongs to another device`);
  }

  #assertNotRetired(origin: Origin): void {
    const reason = this.#own.retired.get(origin);
    if (reason === undefined) return;
    throw new SmoError(
      'log_retired',
      `log ${origin} is written to no more (${RETIRED_BECAUSE[reason]})`,
      'The device goes on in another log by itself.',
    );
  }

  #write({ origin, seq, body, record }: StampedEntry, nowMs: number): PlacedEvent {
    const { id, closed } = this.#own.append(origin, record, nowMs);
    if (closed !== undefined) this.#host.commit(closed);
    const event: PlacedEvent = { ...body, id, origin, seq };
    this.#host.written(event, record);
    return event;
  }
}

/** Each reason, for people. */
export const RETIRED_BECAUSE: Readonly<Record<RetirementReason, string>> = {
  behind: 'the store is older than what this device has signed',
  ahead: 'other devices hold more of it than this one',
  forked: 'two histories of it are signed',
  excluded: 'what follows in it would not count',
  waiting: 'its events wait for others that may never come',
};

const revokedError = (by: DeviceId, reason: string | undefined): SmoError =>
  new SmoError(
    'revoked',
    `this device has been removed from the space by ${by}${reason === undefined ? '' : ` (${reason})`}`,
    'Nothing that it writes counts any more. Join again as a new device, in a new home.',
  );
