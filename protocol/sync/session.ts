import { equalBytes } from '../bytes/index.ts';
import type { Origin } from '../event/index.ts';
import type { Fault } from '../fault/index.ts';
import type { SyncFault, SyncFrame } from './frame.ts';
import { decodeFrame, encodeFrame } from './frame-codec.ts';
import { type FrontierEntry, isAhead, isContradiction } from './frontier.ts';
import { SYNC_LIMITS, SYNC_VERSION } from './limits.ts';
import { RangeReceiver, type ReceivedRange } from './range-receiver.ts';
import { RangeSender } from './range-sender.ts';
import type { SegmentRange } from './segment-range.ts';

/** What a session has to know of the replica it speaks for. */
export interface SessionView {
  /** {@link SPACE_TAG_BYTES} bytes that name the space. */
  readonly spaceTag: Uint8Array;
  /** Digest of the published frontier. */
  frontierDigest(): Uint8Array;
  /** The published frontier: committed positions, the only ones that others are told of. */
  entries(): Iterable<FrontierEntry>;
  /** A published position. */
  entry(origin: Origin): FrontierEntry | undefined;
  /** A verified position, whether its commit has completed or not: what need not be asked for again. */
  held(origin: Origin): FrontierEntry | undefined;
}

/** What a session asks of its replica. */
export type SessionEffect =
  | { readonly type: 'send'; readonly frame: Uint8Array }
  /** Read what the peer wants next; answer with {@link SyncSession.rangeRead}. */
  | { readonly type: 'read'; readonly origin: Origin; readonly segment: number; readonly events: number }
  /** A whole range has come; once it is stored or refused, answer with {@link SyncSession.release}. */
  | { readonly type: 'received'; readonly range: ReceivedRange }
  /** Signed manifests that the peer says are new; not verified yet. */
  | { readonly type: 'heads'; readonly manifests: readonly Uint8Array[] }
  /** What is known of the peer has changed: there may be something to ask for. */
  | { readonly type: 'learnt' }
  /** The session is over: the remote broke the protocol. */
  | { readonly type: 'close'; readonly fault: Fault<SyncFault> };

/**
 * One peer's sync session, `/smo/sync/1.0.0` (docs/protocol/sync.md): symmetric, without I/O, resumable at
 * every committed step because it keeps nothing that the next session would need.
 *
 * Invariants:
 * - Y1: what is known of the remote frontier only grows within a session.
 * - Y2: no more than {@link SYNC_LIMITS.creditBytes} of records are under way in either direction.
 * - Y3: a log is asked for by at most one want at a time.
 */
export class SyncSession {
  readonly #view: SessionView;
  readonly #remote = new Map<Origin, FrontierEntry>();
  readonly #disputed = new Map<Origin, Fault>();
  readonly #receiver = new RangeReceiver();
  readonly #sender: RangeSender;
  #effects: SessionEffect[] = [];
  #helloAwaited = false;
  #frontierSent = false;
  #remoteKnown = false;

  constructor(view: SessionView) {
    this.#view = view;
    this.#sender = new RangeSender(view);
  }

  /** Opens the session, or begins another round of anti-entropy. */
  hello(): readonly SessionEffect[] {
    this.#helloAwaited = true;
    this.#sendHello();
    return this.#take();
  }

  /** Takes one frame of the remote. */
  receive(bytes: Uint8Array, nowMs: number): readonly SessionEffect[] {
    const frame = decodeFrame(bytes);
    if (frame.ok) this.#handle(frame.value, nowMs);
    else this.#close(frame.fault.code, frame.fault.message);
    return this.#take();
  }

  /** Position at which the remote is known to hold a log. */
  remoteEntry(origin: Origin): FrontierEntry | undefined {
    return this.#remote.get(origin);
  }

  /** Whether the remote's whole frontier is known. */
  get remoteKnown(): boolean {
    return this.#remoteKnown;
  }

  /** Logs that the remote cannot be believed on in this session, and why. */
  get disputed(): ReadonlyMap<Origin, Fault> {
    return this.#disputed;
  }

  /** Logs that are being asked for. */
  get wanted(): ReadonlySet<Origin> {
    return this.#receiver.origins;
  }

  /** Logs of which the remote holds more than this replica, disputed ones left out. */
  *ahead(): Iterable<Origin> {
    for (const [origin, entry] of this.#remote) {
      if (isAhead(entry, this.#view.held(origin)) && !this.#disputed.has(origin)) yield origin;
    }
  }

  /** Asks for everything of a log after what this replica holds. */
  want(origin: Origin, nowMs: number): readonly SessionEffect[] {
    this.#send(this.#receiver.want(origin, this.#view.held(origin), nowMs));
    return this.#take();
  }

  /** Notes a verified manifest of the remote, or a position that it has stated. */
  learn(entry: FrontierEntry): void {
    const known = this.#remote.get(entry.origin);
    if (known === undefined && this.#remote.size >= SYNC_LIMITS.frontierLogsMax) {
      this.#close('past_limit', `a frontier of more than ${SYNC_LIMITS.frontierLogsMax} logs`);
      return;
    }
    if (isAhead(entry, known)) this.#remote.set(entry.origin, entry);
    const own = this.#view.entry(entry.origin);
    if (own !== undefined && isContradiction(entry, own)) {
      this.dispute(entry.origin, {
        code: 'history_differs',
        message: `holds another history of log ${entry.origin} at seq ${entry.seq}`,
      });
    }
  }

  /** Stops asking the remote for a log in this session; what still comes of it is dropped. */
  dispute(origin: Origin, fault: Fault): void {
    this.#disputed.set(origin, fault);
    this.#giveCredit(this.#receiver.abandon(origin));
  }

  /**
   * Tells the remote that this replica's log has grown: with the manifest if the remote lacks something, with
   * the bare position otherwise, so that it knows what is held here.
   */
  advanced(entry: FrontierEntry, manifest: Uint8Array): readonly SessionEffect[] {
    if (isAhead(entry, this.#remote.get(entry.origin))) this.#send({ type: 'heads', manifests: [manifest] });
    else this.#send({ type: 'frontier', entries: [entry], last: false });
    return this.#take();
  }

  /** What a `read` effect asked for; undefined when nothing is held there. */
  rangeRead(range: SegmentRange | undefined): readonly SessionEffect[] {
    this.#sender.loaded(range);
    return this.#take();
  }

  /** Gives back the credit of a range that has been dealt with. */
  release(bytes: number): readonly SessionEffect[] {
    this.#receiver.release(bytes);
    this.#giveCredit(bytes);
    return this.#take();
  }

  /** Gives up wants that bring nothing, so that other peers can be asked. */
  expireWants(nowMs: number): readonly SessionEffect[] {
    for (const { origin, bytes } of this.#receiver.expire(nowMs)) {
      this.#giveCredit(bytes);
      this.dispute(origin, { code: 'stalled', message: `did not send log ${origin} in time` });
    }
    return this.#take();
  }

  /** When the next want expires, in ms since 1970; undefined when none is open. */
  get wantDeadlineMs(): number | undefined {
    return this.#receiver.deadlineMs;
  }

  #handle(frame: SyncFrame, nowMs: number): void {
    switch (frame.type) {
      case 'hello':
        this.#onHello(frame);
        return;
      case 'frontier':
        this.#onFrontier(frame);
        return;
      case 'heads':
        this.#effects.push({ type: 'heads', manifests: frame.manifests });
        return;
      case 'want':
        this.#closeOn(this.#sender.want(frame));
        return;
      case 'credit':
        this.#closeOn(this.#sender.credit(frame.bytes));
        return;
      case 'range':
        this.#onRange(frame, nowMs);
        return;
      case 'want-end':
        this.#giveCredit(this.#receiver.end(frame.want));
        this.#effects.push({ type: 'learnt' });
        return;
      case 'fault':
        this.#close(frame.code, `the peer ended the session: ${frame.message.slice(0, 200)}`, false);
        return;
    }
  }

  #onHello(hello: Extract<SyncFrame, { type: 'hello' }>): void {
    if (hello.version !== SYNC_VERSION) {
      this.#close('wrong_version', `sync version ${hello.version}, this device speaks ${SYNC_VERSION}`);
    } else if (!equalBytes(hello.spaceTag, this.#view.spaceTag)) {
      this.#close('wrong_space', 'the peer is of another space');
    } else {
      if (!this.#helloAwaited) this.#sendHello();
      this.#helloAwaited = false;
      this.#compareDigest(hello.frontierDigest);
    }
  }

  #sendHello(): void {
    this.#frontierSent = false;
    this.#send({
      type: 'hello',
      version: SYNC_VERSION,
      spaceTag: this.#view.spaceTag,
      frontierDigest: this.#view.frontierDigest(),
    });
  }

  #compareDigest(remote: Uint8Array): void {
    if (equalBytes(remote, this.#view.frontierDigest())) {
      for (const entry of this.#view.entries()) this.learn(entry);
      this.#remoteKnown = true;
      this.#effects.push({ type: 'learnt' });
    } else this.#sendFrontier();
  }

  #onFrontier(frame: Extract<SyncFrame, { type: 'frontier' }>): void {
    for (const entry of frame.entries) this.learn(entry);
    if (frame.last) {
      this.#remoteKnown = true;
      // The remote found the digests unequal; it may be alone in that, so it gets this side's frontier too.
      if (!this.#frontierSent) this.#sendFrontier();
    }
    this.#effects.push({ type: 'learnt' });
  }

  #sendFrontier(): void {
    this.#frontierSent = true;
    const entries = [...this.#view.entries()];
    const size = SYNC_LIMITS.frontierEntriesMax;
    for (let from = 0; from === 0 || from < entries.length; from += size) {
      const last = from + size >= entries.length;
      this.#send({ type: 'frontier', entries: entries.slice(from, from + size), last });
    }
  }

  #onRange(frame: Extract<SyncFrame, { type: 'range' }>, nowMs: number): void {
    const outcome = this.#receiver.range(frame, nowMs);
    switch (outcome.type) {
      case 'partial':
        return;
      case 'stray':
        // The want was given up before this came: nothing is kept, but the remote gets its credit back.
        this.#giveCredit(outcome.bytes);
        return;
      case 'whole':
        this.#effects.push({ type: 'received', range: outcome.range });
        return;
      case 'fault':
        this.#close(outcome.code, outcome.message);
        return;
    }
  }

  #giveCredit(bytes: number): void {
    if (bytes > 0) this.#send({ type: 'credit', bytes });
  }

  #closeOn(fault: Fault<SyncFault> | undefined): void {
    if (fault !== undefined) this.#close(fault.code, fault.message);
  }

  #close(code: SyncFault, message: string, tell = true): void {
    if (tell) this.#send({ type: 'fault', code, message });
    this.#effects.push({ type: 'close', fault: { code, message } });
  }

  #send(frame: SyncFrame): void {
    this.#effects.push({ type: 'send', frame: encodeFrame(frame) });
  }

  #take(): readonly SessionEffect[] {
    for (const step of this.#sender.take()) {
      if (step.type === 'read') this.#effects.push(step);
      else this.#send(step.frame);
    }
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}
