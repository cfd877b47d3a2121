import { base32 } from '../../protocol/bytes/index.ts';
import type { DeviceId } from '../../protocol/crypto/index.ts';
import { makeOrigin, type Origin, type Seq } from '../../protocol/event/index.ts';
import { portableCrypto as crypto } from '../../protocol/portable-crypto/index.ts';
import {
  type Cursor,
  decodeFrame,
  encodeFrame,
  type FrontierEntry,
  frontierEntry,
  frozenEntry,
  isAhead,
  PublishedFrontier,
  type SessionEffect,
  SYNC_VERSION,
  type SyncFrame,
  SyncSession,
  type ToldEntry,
} from '../../protocol/sync/index.ts';
import { numberedRecords, signRange, type TestLog } from './test-log.ts';
import { numberedSigner } from './test-signer.ts';

export const SPACE_TAG: Uint8Array = new Uint8Array(8).fill(9);

/** One side of a session over a set of logs, each held whole as one head. */
export class Side {
  readonly frontier = new PublishedFrontier(crypto);
  readonly sent: SyncFrame[] = [];
  readonly effects: SessionEffect[] = [];
  readonly logs = new Map<Origin, ReturnType<typeof signRange>>();
  readonly verdicts = new Map<Origin, { forkSeq: Seq; evidence: Uint8Array }>();
  readonly refused = new Set<Origin>();
  readonly #storeId: string;
  #session: SyncSession;

  constructor(storeId = 'store') {
    this.#storeId = storeId;
    this.#session = this.#begin(undefined);
  }

  get session(): SyncSession {
    return this.#session;
  }

  /** Ends the session and begins another one with what was reached. */
  restart(cursor: Cursor | undefined = this.cursor): this {
    this.sent.length = 0;
    this.effects.length = 0;
    this.#session = this.#begin(cursor);
    return this;
  }

  /** The cursor that was reached last. */
  get cursor(): Cursor | undefined {
    return this.effects.flatMap((effect) => (effect.type === 'cursor' ? [effect.cursor] : [])).at(-1);
  }

  /** Holds the first records of a log from now on. */
  hold(log: TestLog, records: number, first = 1): this {
    const range = signRange(log, undefined, numberedRecords(first, records));
    this.logs.set(log.origin, range);
    return this.holdEntry(frontierEntry(crypto, range.manifest));
  }

  /** Holds what an entry says from now on; there are no records to be served. */
  holdEntry(entry: FrontierEntry): this {
    this.frontier.set(entry, this.frontier.arrivals + 1);
    return this;
  }

  /** Has a proof that a log forked, and holds everything before that. */
  freeze({ origin }: TestLog, forkSeq: Seq): this {
    this.verdicts.set(origin, { forkSeq, evidence: Uint8Array.of(forkSeq) });
    return this.holdEntry(frozenEntry(origin, forkSeq));
  }

  entry(origin: Origin): FrontierEntry | undefined {
    return this.frontier.entry(origin);
  }

  /** Opens the session. */
  open(): this {
    this.note(this.session.open());
    return this;
  }

  /** Takes over what the other side holds of all logs that can be asked for, as if it had been fetched. */
  fetch(other: Side): void {
    const moved: FrontierEntry[] = [];
    for (const origin of [...this.session.remote.ahead()]) {
      const entry = other.entry(origin);
      if (entry === undefined || !isAhead(entry, this.entry(origin))) continue;
      this.holdEntry(entry);
      moved.push(entry);
    }
    if (moved.length > 0) this.note(this.session.advanced(moved, 0));
  }

  /** Notes what the session does; frames that it sends wait to be delivered. */
  note(effects: readonly SessionEffect[]): readonly SessionEffect[] {
    this.effects.push(...effects);
    for (const effect of effects) {
      if (effect.type === 'send') this.sent.push(decoded(effect.frame));
      if (effect.type === 'read') {
        const range = this.logs.get(this.session.reading?.origin as Origin);
        this.note(this.session.rangeRead(range));
      }
    }
    return effects;
  }

  receive(frame: SyncFrame, nowMs = 0): readonly SessionEffect[] {
    return this.note(this.session.receive(encodeFrame(frame), nowMs));
  }

  take(): readonly SyncFrame[] {
    return this.sent.splice(0);
  }

  get faults(): readonly string[] {
    return this.effects.flatMap((effect) => (effect.type === 'close' ? [effect.fault.code] : []));
  }

  #begin(cursor: Cursor | undefined): SyncSession {
    const view = {
      spaceTag: SPACE_TAG,
      storeId: this.#storeId,
      frontier: this.frontier,
      stored: (origin: Origin) => this.entry(origin),
      held: (origin: Origin) => this.entry(origin),
      accepts: (origin: Origin) => !this.refused.has(origin),
      verdict: (origin: Origin) => this.verdicts.get(origin),
    };
    return new SyncSession(view, cursor);
  }
}

const decoded = (bytes: Uint8Array): SyncFrame => {
  const frame = decodeFrame(bytes);
  if (!frame.ok) throw new Error(frame.fault.message);
  return frame.value;
};

/** Delivers frames both ways until none is left; returns the types of all, in order. */
export const exchange = (a: Side, b: Side): readonly string[] => {
  const types: string[] = [];
  for (let rounds = 0; a.sent.length + b.sent.length > 0; rounds += 1) {
    if (rounds > 200) throw new Error('the sides do not come to rest');
    const [fromA, fromB] = [a.take(), b.take()];
    for (const frame of fromA) types.push(`a ${frame.type}`);
    for (const frame of fromB) types.push(`b ${frame.type}`);
    for (const frame of fromA) b.receive(frame);
    for (const frame of fromB) a.receive(frame);
  }
  return types;
};

/** Opens a session on both sides and delivers everything. */
export const meet = (a: Side, b: Side): readonly string[] => {
  a.open();
  b.open();
  return exchange(a, b);
};

export const hello = (over: Partial<Extract<SyncFrame, { type: 'hello' }>> = {}): SyncFrame => ({
  type: 'hello',
  version: SYNC_VERSION,
  spaceTag: SPACE_TAG,
  storeId: 'other',
  arrivals: 0,
  frontierDigest: new Uint8Array(16),
  ...over,
});

/** A frontier frame that says no more than it is given. */
export const frontierFrame = (
  over: Partial<Extract<SyncFrame, { type: 'frontier' }>> = {},
): Extract<SyncFrame, { type: 'frontier' }> => ({
  type: 'frontier',
  entries: [],
  arrivals: 0,
  last: false,
  ...over,
});

/** An entry as a frame spells it out. */
export const spelled = ({ origin, ...position }: FrontierEntry): ToldEntry => ({
  log: { type: 'origin', origin },
  ...position,
});

const DEVICES = [1, 2, 3, 4, 5].map((number) => numberedSigner(number).device);

/** An entry of one of many logs, which are of a few devices. */
export const numberedEntry = (number: number, events = 1): FrontierEntry => ({
  origin: makeOrigin(
    DEVICES[number % DEVICES.length] as DeviceId,
    base32.encode(Uint8Array.of(0, 0, number >> 16, number >> 8, number)),
  ),
  segment: 0,
  events,
  seq: events,
  sealed: false,
  frozen: false,
  commitment: new Uint8Array(32).fill(events),
});
