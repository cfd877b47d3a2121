import { equalBytes } from '../bytes/index.ts';
import type { Origin } from '../event/index.ts';
import type { Fault } from '../fault/index.ts';
import type { SyncFault, SyncFrame } from './frame.ts';
import { decodeFrame, encodeFrame } from './frame-codec.ts';
import { type FrontierEntry, isAhead, isContradiction } from './frontier.ts';
import { SYNC_LIMITS, SYNC_VERSION } from './limits.ts';
import { RangeReceiver } from './range-receiver.ts';
import { RangeSender, type ReadRequest } from './range-sender.ts';
import { RemoteFrontier } from './remote-frontier.ts';
import type { SegmentRange } from './segment-range.ts';
import type { SessionEffect } from './session-effect.ts';
import type { SessionView } from './session-view.ts';

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
  readonly #remote: RemoteFrontier;
  readonly #receiver = new RangeReceiver();
  readonly #sender: RangeSender;
  #effects: SessionEffect[] = [];
  /** Greetings of this side that the remote has not answered. One that comes while none is due is answered. */
  #hellosDue = 0;
  #frontierSent = false;
  #remoteKnown = false;
  #closed = false;

  constructor(view: SessionView) {
    this.#view = view;
    this.#remote = new RemoteFrontier((origin) => view.held(origin));
    this.#sender = new RangeSender(view);
  }

  /** Opens the session, or begins another round of anti-entropy: what was only late may be asked for again. */
  hello(): readonly SessionEffect[] {
    this.#remote.forgive();
    this.#hellosDue += 1;
    this.#sendHello();
    return this.#take();
  }

  /** Takes one frame of the remote. */
  receive(bytes: Uint8Array, nowMs: number): readonly SessionEffect[] {
    const frame = decodeFrame(bytes);
    if (this.#closed) return [];
    if (frame.ok) this.#handle(frame.value, nowMs);
    else this.#close(frame.fault.code, frame.fault.message);
    return this.#take();
  }

  /** Position at which the remote is known to hold a log. */
  remoteEntry(origin: Origin): FrontierEntry | undefined {
    return this.#remote.entry(origin);
  }

  /** Whether the remote's whole frontier is known. */
  get remoteKnown(): boolean {
    return this.#remoteKnown;
  }

  /** Logs that the remote cannot be believed on in this session, and why. */
  get disputed(): ReadonlyMap<Origin, Fault> {
    return this.#remote.disputed;
  }

  /** Logs that are being asked for. */
  get wanted(): ReadonlySet<Origin> {
    return this.#receiver.origins;
  }

  /** Logs of which the remote holds more than this replica, disputed ones left out. */
  ahead(): Iterable<Origin> {
    return this.#remote.ahead();
  }

  /** Whether one more log can be asked for now. */
  get hasRoom(): boolean {
    return !this.#closed && this.#receiver.hasRoom;
  }

  /** Asks for everything of a log after what this replica holds. */
  want(origin: Origin, nowMs: number): readonly SessionEffect[] {
    this.#send(this.#receiver.want(origin, this.#view.held(origin), nowMs));
    return this.#take();
  }

  /** Notes positions at which the remote holds logs, by verified manifests. */
  learn(entries: readonly FrontierEntry[]): readonly SessionEffect[] {
    for (const entry of entries) this.#learn(entry);
    return this.#take();
  }

  /** Notes a position that the remote has not stated itself, and may be asked for once. */
  suppose(entry: FrontierEntry): void {
    this.#remote.suppose(entry);
  }

  /** Stops asking the remote for a log in this session; what still comes of it is dropped. */
  dispute(origin: Origin, fault: Fault): readonly SessionEffect[] {
    this.#dispute(origin, fault);
    return this.#take();
  }

  /**
   * Tells the remote that this replica's log has grown: with the manifest if the remote lacks something, with
   * the bare position otherwise, so that it knows what is held here.
   */
  advanced(entry: FrontierEntry, manifest: Uint8Array): readonly SessionEffect[] {
    if (isAhead(entry, this.#remote.entry(entry.origin)))
      this.#send({ type: 'heads', manifests: [manifest] });
    else this.#send({ type: 'frontier', entries: [entry], last: false });
    return this.#take();
  }

  /** What the peer wants next: everything after the first `events` records of a segment, until it is read. */
  get reading(): ReadRequest | undefined {
    return this.#sender.reading;
  }

  /** What a `read` effect asked for; undefined when nothing is held there. */
  rangeRead(range: SegmentRange | undefined): readonly SessionEffect[] {
    this.#sender.loaded(range);
    return this.#take();
  }

  /** Gives back the credit of a range that has been dealt with. */
  release(bytes: number, nowMs: number): readonly SessionEffect[] {
    this.#receiver.release(bytes, nowMs);
    this.#giveCredit(bytes);
    return this.#take();
  }

  /** Gives up wants that bring nothing, so that other peers can be asked. */
  expireWants(nowMs: number): readonly SessionEffect[] {
    for (const origin of this.#receiver.expired(nowMs)) {
      this.#dispute(origin, { code: 'stalled', message: `did not send log ${origin} in time` });
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
        this.#onWantEnd(frame.want, nowMs);
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
      if (this.#hellosDue === 0) this.#sendHello();
      else this.#hellosDue -= 1;
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
      for (const entry of this.#view.entries()) this.#learn(entry);
      this.#remoteKnown = true;
      this.#effects.push({ type: 'learnt' });
    } else this.#sendFrontier();
  }

  #onFrontier(frame: Extract<SyncFrame, { type: 'frontier' }>): void {
    for (const entry of frame.entries) this.#learn(entry);
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

  #learn(entry: FrontierEntry): void {
    if (!this.#remote.learn(entry)) {
      this.#close('past_limit', `a frontier of more than ${SYNC_LIMITS.frontierLogsMax} logs`);
      return;
    }
    const own = this.#view.entry(entry.origin);
    if (own !== undefined && isContradiction(entry, own)) {
      this.#dispute(entry.origin, {
        code: 'history_differs',
        message: `holds another history of log ${entry.origin} at seq ${entry.seq}`,
      });
    }
  }

  #dispute(origin: Origin, fault: Fault): void {
    this.#remote.dispute(origin, fault);
    this.#giveCredit(this.#receiver.abandon(origin));
  }

  #onWantEnd(want: number, nowMs: number): void {
    const ended = this.#receiver.end(want, nowMs);
    if (ended !== undefined) this.#giveCredit(ended.bytes);
    if (ended?.served === false && this.#remote.deny(ended.origin)) {
      // It said that it holds more. Asking again at once would go round in circles.
      const message = `says that it holds more of log ${ended.origin} than it sends`;
      this.#dispute(ended.origin, { code: 'withheld', message });
    }
    this.#effects.push({ type: 'learnt' });
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
    if (this.#closed) return;
    if (tell) this.#send({ type: 'fault', code, message });
    this.#effects.push({ type: 'close', fault: { code, message } });
    this.#closed = true;
  }

  #send(frame: SyncFrame): void {
    if (this.#closed) return;
    this.#effects.push({ type: 'send', frame: encodeFrame(frame) });
  }

  #take(): readonly SessionEffect[] {
    for (const step of this.#closed ? [] : this.#sender.take()) {
      if (step.type === 'read') this.#effects.push({ type: 'read' });
      else this.#send(step.frame);
    }
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}
