import type { Origin } from '../event/index.ts';
import type { Fault } from '../fault/index.ts';
import type { PartialSegment } from './arriving-segment.ts';
import { earliest } from './due-time.ts';
import type { Cursor, SyncFault, SyncFrame } from './frame.ts';
import { decodeFrame, encodeFrame } from './frame-codec.ts';
import type { FrontierEntry } from './frontier.ts';
import type { Written } from './frontier-teller.ts';
import type { Answer, Question } from './inquiry.ts';
import { creditOfAnswer, InquiryDesk } from './inquiry-desk.ts';
import { SYNC_LIMITS } from './limits.ts';
import type { Window } from './range-receiver.ts';
import { RangeSender, type ReadRequest } from './range-sender.ts';
import { ReceivedBytes } from './received-bytes.ts';
import { Reconciler } from './reconciler.ts';
import type { RemoteLogs } from './remote-frontier.ts';
import type { SegmentRange } from './segment-range.ts';
import type { SessionEffect } from './session-effect.ts';
import type { SessionView } from './session-view.ts';
import { UnaskedRecords } from './unasked-records.ts';
import { type OpenWants, WantDesk } from './want-desk.ts';

/**
 * One peer's sync session, `/smo/sync/1.0.0` (docs/protocol/sync.md): symmetric, without I/O, resumable at
 * every committed step. The next session needs nothing of it; a cursor that it reached, and what came of a segment, save
 * bytes there.
 *
 * Invariants:
 * - Y1: what is known of the remote frontier only grows within a session.
 * - Y2: no more than {@link SYNC_LIMITS.creditBytes} of records are under way in either direction.
 * - Y3: nothing is taken from a remote that has not greeted.
 */
export class SyncSession {
  readonly #reconciler: Reconciler;
  readonly #bytes = new ReceivedBytes();
  readonly #wants: WantDesk;
  readonly #sender: RangeSender;
  readonly #desk = new InquiryDesk();
  readonly #unasked: UnaskedRecords;
  #effects: SessionEffect[] = [];
  #closed = false;

  /**
   * @param cursor how much of the remote's store is held here, as far as that is remembered
   * @param before what came of a segment in the last session with the remote
   */
  constructor(view: SessionView, cursor?: Cursor, before?: PartialSegment) {
    this.#sender = new RangeSender((origin) => view.stored(origin));
    this.#reconciler = new Reconciler(
      view,
      {
        send: (frame) => this.#send(frame),
        spend: (bytes) => this.#sender.spend(bytes),
        close: (code, message) => this.#close(code, message),
        dispute: (origin, fault) => this.#wants.dispute(origin, fault),
        reached: (reached) => this.#effects.push({ type: 'cursor', cursor: reached }),
      },
      cursor,
    );
    const { aliases, remote } = this.#reconciler;
    this.#wants = new WantDesk(remote, this.#bytes, before);
    this.#unasked = new UnaskedRecords({ view, remote, aliases, bytes: this.#bytes });
  }

  /** Opens the session. */
  open(): readonly SessionEffect[] {
    this.#reconciler.open();
    return this.#take();
  }

  /** Begins another round of anti-entropy: what was only late may be asked for again. */
  compare(): readonly SessionEffect[] {
    this.#wants.forgive();
    this.#reconciler.compare();
    return this.#take();
  }

  /** Takes one frame of the remote. */
  receive(bytes: Uint8Array, nowMs: number): readonly SessionEffect[] {
    const frame = decodeFrame(bytes);
    if (this.#closed) return [];
    if (!frame.ok) this.#close(frame.fault.code, frame.fault.message);
    else if (!this.#reconciler.greeted && frame.value.type !== 'hello' && frame.value.type !== 'fault') {
      this.#close('hello_due', `a ${frame.value.type} frame before the hello`);
    } else {
      this.#reconciler.heard();
      this.#handle(frame.value, nowMs);
    }
    return this.#take();
  }

  /** What is known of the remote's logs. */
  get remote(): RemoteLogs {
    return this.#reconciler.remote;
  }

  /** Whether the remote's whole frontier has been found out. */
  get remoteKnown(): boolean {
    return this.#reconciler.known;
  }

  /** What is being asked of the remote. */
  get wants(): OpenWants {
    return this.#wants;
  }

  /** Whether one more want can be sent now. */
  get hasRoom(): boolean {
    return !this.#closed && this.#wants.load < SYNC_LIMITS.wantsPerPeer;
  }

  /** Asks for part of a log. */
  want(origin: Origin, window: Window, nowMs: number): readonly SessionEffect[] {
    const asked = this.#wants.want(origin, window, nowMs);
    this.#send({ type: 'want', log: this.#reconciler.aliases.name(origin), ...asked });
    return this.#take();
  }

  /** Notes a position that the remote has not stated itself, and may be asked for once. */
  suppose(entry: FrontierEntry): void {
    this.#reconciler.remote.suppose(entry);
  }

  /** Stops asking the remote for a log in this session; what still comes of it is dropped. */
  dispute(origin: Origin, fault: Fault): readonly SessionEffect[] {
    this.#wants.dispute(origin, fault);
    return this.#take();
  }

  /** Asks the remote for nothing more of a log that it is slow with, for a while; what is on its way is still taken. */
  yield(origin: Origin, fault: Fault): readonly SessionEffect[] {
    this.#wants.yield(origin, fault);
    return this.#take();
  }

  /** Ends the dispute with the remote over a log: it may be asked for it again. */
  settle(origin: Origin): readonly SessionEffect[] {
    this.#reconciler.remote.settle(origin);
    this.#effects.push({ type: 'learnt' });
    return this.#take();
  }

  /** Whether the remote takes one more question now. */
  get takesAsk(): boolean {
    return !this.#closed && this.#reconciler.greeted && this.#desk.hasRoom;
  }

  /**
   * Asks the remote a question. The answer is an `answered` effect with the number of this ask, unless it takes
   * too long.
   */
  ask(
    question: Question,
    nowMs: number,
  ): { readonly ask: number; readonly effects: readonly SessionEffect[] } {
    const frame = this.#desk.ask(question, nowMs);
    this.#send(frame);
    return { ask: frame.ask, effects: this.#take() };
  }

  /** Gives up the questions that the remote does not answer; returns their numbers. */
  expireAsks(nowMs: number): readonly number[] {
    return this.#desk.expired(nowMs);
  }

  /** What the remote asks, until its answer is read. */
  get asked(): Question | undefined {
    return this.#desk.reading;
  }

  /** What a `read-answer` effect asked for. */
  answerRead(answer: Answer): readonly SessionEffect[] {
    this.#desk.read(answer);
    return this.#take();
  }

  /**
   * Tells the remote where logs stand that have moved; what it most likely hears from others, after a while.
   * @param written with what they have moved, as far as that may be brought along
   */
  advanced(
    entries: readonly FrontierEntry[],
    nowMs: number,
    written: Written = new Map(),
  ): readonly SessionEffect[] {
    this.#reconciler.announce(entries, nowMs, written);
    return this.#take();
  }

  /** Sends the remote the proof that a log has forked, unless it has it. */
  prove(origin: Origin): readonly SessionEffect[] {
    this.#reconciler.prove(origin);
    return this.#take();
  }

  /** What the peer wants next: everything after the first `events` records of a segment, until it is read. */
  get reading(): ReadRequest | undefined {
    return this.#sender.reading;
  }

  /** What a `read` effect asked for; undefined when nothing is held there. */
  rangeRead(range: SegmentRange | undefined): readonly SessionEffect[] {
    if (range !== undefined) this.#reconciler.remote.lazy.serve(range.manifest.origin);
    this.#sender.loaded(range);
    return this.#take();
  }

  /** A range has been dealt with: its bytes are due as credit. */
  release(bytes: number, nowMs: number): readonly SessionEffect[] {
    this.#wants.release(bytes, nowMs);
    return this.#take();
  }

  /**
   * Tells what has waited for its time, and sees to wants that bring nothing: other peers may be asked as well, and
   * after a while they are given up.
   * @param isElsewhere whether another peer could be asked for a log
   */
  tick(nowMs: number, isElsewhere: (origin: Origin) => boolean): readonly SessionEffect[] {
    this.#reconciler.tick(nowMs);
    this.#wants.tick(nowMs, isElsewhere);
    return this.#take();
  }

  /** Yields what is {@link OpenWants.isLate}, as far as another peer could be asked for it by now. */
  yieldLate(isElsewhere: (origin: Origin) => boolean): readonly SessionEffect[] {
    this.#wants.yieldLate(isElsewhere);
    return this.#take();
  }

  /** When the next tick is needed, in ms since 1970; undefined for none. */
  get deadlineMs(): number | undefined {
    return earliest(this.#wants.deadlineMs, this.#desk.deadlineMs, this.#reconciler.deadlineMs);
  }

  #handle(frame: SyncFrame, nowMs: number): void {
    switch (frame.type) {
      case 'hello':
        this.#reconciler.onHello(frame);
        break;
      case 'compare':
        this.#reconciler.onCompare(frame);
        break;
      case 'frontier':
        this.#reconciler.onFrontier(frame);
        this.#onUnasked(frame);
        break;
      case 'look':
        this.#reconciler.onLook(frame);
        break;
      case 'node':
        this.#reconciler.onNode(frame);
        break;
      case 'evidence':
        this.#effects.push({ type: 'evidence', evidence: frame.evidence });
        return;
      case 'want':
        this.#onWant(frame);
        return;
      case 'credit':
        this.#closeOn(this.#sender.credit(frame.bytes));
        return;
      case 'ask':
        this.#closeOn(this.#desk.asked(frame));
        return;
      case 'answer':
        this.#onAnswer(frame, nowMs);
        return;
      case 'range':
        this.#onRange(frame, nowMs);
        return;
      case 'want-end':
        this.#wants.end(frame.want, nowMs);
        break;
      case 'fault':
        this.#close(frame.code, `the peer ended the session: ${frame.message.slice(0, 200)}`, false);
        return;
    }
    this.#effects.push({ type: 'learnt' });
  }

  #onUnasked(frame: Extract<SyncFrame, { type: 'frontier' }>): void {
    if (this.#closed) return;
    const outcome = this.#unasked.take(frame);
    if (outcome.type === 'fault') this.#close(outcome.code, outcome.message);
    else if (outcome.type === 'whole') this.#effects.push({ type: 'brought', range: outcome.range });
  }

  #onWant({ want, log, segment, events, until }: Extract<SyncFrame, { type: 'want' }>): void {
    const origin = this.#reconciler.aliases.resolve(log);
    if (origin === undefined) {
      this.#close('bad_frame', 'an alias that stands for no log');
      return;
    }
    this.#reconciler.remote.lazy.serve(origin);
    this.#closeOn(this.#sender.want(want, origin, { segment, events, until }));
  }

  #onRange(frame: Extract<SyncFrame, { type: 'range' }>, nowMs: number): void {
    const outcome = this.#wants.range(frame, nowMs);
    if (outcome.type === 'fault') this.#close(outcome.code, outcome.message);
    if (outcome.type === 'whole') this.#effects.push({ type: 'received', range: outcome.range });
    // A slot may have become free.
    if (frame.follows === 'nothing') this.#effects.push({ type: 'learnt' });
  }

  #onAnswer(frame: Extract<SyncFrame, { type: 'answer' }>, nowMs: number): void {
    const outcome = this.#desk.answered(frame, nowMs);
    if (outcome.type === 'fault') this.#closeOn(outcome.fault);
    else if (!this.#bytes.pass(creditOfAnswer(frame.answer))) {
      this.#close('credit_exceeded', 'more records in an answer than there was credit for');
    } else if (outcome.type === 'answered') {
      this.#effects.push({ type: 'answered', ask: frame.ask, answer: frame.answer });
    }
  }

  /** Sends the answer that is read, and takes up the next question. */
  #sendAnswer(): void {
    const frame = this.#desk.next(this.#sender.budget);
    if (frame !== undefined) {
      this.#sender.charge(creditOfAnswer(frame.answer));
      this.#send(frame);
    }
    if (this.#desk.take()) this.#effects.push({ type: 'read-answer' });
  }

  #closeOn(fault: Fault<SyncFault> | undefined): void {
    if (fault !== undefined) this.#close(fault.code, fault.message);
  }

  #close(code: SyncFault, message: string, tell = true): void {
    if (this.#closed) return;
    if (tell) this.#send({ type: 'fault', code, message });
    this.#effects.push({ type: 'close', fault: { code, message }, byRemote: !tell });
    this.#closed = true;
  }

  #send(frame: SyncFrame): void {
    if (this.#closed) return;
    this.#effects.push({ type: 'send', frame: encodeFrame(frame) });
  }

  /** Ends a step: everything that has become due follows. */
  #take(): readonly SessionEffect[] {
    if (!this.#closed) {
      const credit = this.#bytes.takeCredit();
      if (credit > 0) this.#send({ type: 'credit', bytes: credit });
      this.#reconciler.settle(this.#wants.idle);
      this.#sendAnswer();
      for (const step of this.#sender.take()) {
        if (step.type === 'read') this.#effects.push({ type: 'read' });
        else this.#send(step.frame);
      }
    }
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}
