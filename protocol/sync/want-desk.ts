import type { Origin } from '../event/index.ts';
import type { Fault } from '../fault/index.ts';
import type { PartialSegment } from './arriving-segment.ts';
import { earliest } from './due-time.ts';
import type { SyncFrame } from './frame.ts';
import { type RangeOutcome, RangeReceiver, type Window } from './range-receiver.ts';
import type { ReceivedBytes } from './received-bytes.ts';
import type { RemoteFrontier } from './remote-frontier.ts';

/** What others may know and ask of the wants of a session. */
export type OpenWants = Pick<WantDesk, 'open' | 'load' | 'isLate' | 'takeSlow' | 'part'>;

/** What this replica asks of the remote of a session: how long it is waited for, and what follows where it does not send. */
export class WantDesk {
  readonly #remote: RemoteFrontier;
  readonly #receiver: RangeReceiver;
  /** What came of a segment in a session before, until it is gone on with. */
  #before: PartialSegment | undefined;

  /**
   * @param bytes what came of the remote, in answers to wants and otherwise
   * @param before what came of a segment in the last session with the remote
   */
  constructor(remote: RemoteFrontier, bytes: ReceivedBytes, before: PartialSegment | undefined) {
    this.#remote = remote;
    this.#before = before;
    this.#receiver = new RangeReceiver(bytes);
  }

  /** What is being asked for, has not come and is not yielded, in the order in which it was asked. */
  open(): Iterable<Window & { readonly origin: Origin }> {
    return this.#receiver.open();
  }

  /** Whether nothing is {@link open}. */
  get idle(): boolean {
    return this.#receiver.idle;
  }

  /** How many wants the remote has not ended. */
  get load(): number {
    return this.#receiver.load;
  }

  /** Whether what is asked for has stalled, and is waited for only as nobody else could be asked. */
  get isLate(): boolean {
    return this.#receiver.isLate;
  }

  /** When the next {@link tick} or {@link takeSlow} is needed, in ms since 1970; undefined for none. */
  get deadlineMs(): number | undefined {
    return earliest(this.#receiver.deadlineMs, this.#receiver.slowAtMs);
  }

  /** What has come of a segment that is not whole: the next session with the same remote can go on with it. */
  get part(): PartialSegment | undefined {
    return this.#receiver.part ?? this.#before;
  }

  /** Opens a want; returns what to ask the remote: nothing that came in a session before. */
  want(origin: Origin, window: Window, nowMs: number): Window & { readonly want: number } {
    const before = this.#takeBefore(origin, window);
    const want = this.#receiver.want(origin, window, nowMs, before);
    return { ...window, want, events: window.events + before.length };
  }

  /** Takes one frame of an answer. */
  range(frame: Extract<SyncFrame, { type: 'range' }>, nowMs: number): RangeOutcome {
    const outcome = this.#receiver.range(frame, nowMs);
    if (outcome.type === 'whole' && frame.follows === 'nothing') this.#excuse(outcome.range.origin);
    return outcome;
  }

  /** The remote has sent all that it holds of what a want asks for. */
  end(want: number, nowMs: number): void {
    const ended = this.#receiver.end(want, nowMs);
    if (ended === undefined) return;
    const { origin, served, resumed } = ended;
    this.#excuse(origin);
    // What came before may be no part of what it holds: it is asked for all of the segment then.
    if (served || resumed || !this.#remote.deny(origin)) return;
    // It said that it holds more. Asking again at once would go round in circles.
    this.dispute(origin, {
      code: 'withheld',
      message: `says that it holds more of log ${origin} than it sends`,
    });
  }

  /** Bytes of a whole range have been dealt with. */
  release(bytes: number, nowMs: number): void {
    this.#receiver.release(bytes, nowMs);
  }

  /** Asks the remote for nothing more of a log; what still comes of it is dropped. */
  dispute(origin: Origin, fault: Fault): void {
    this.#remote.dispute(origin, fault);
    this.#receiver.abandon(origin);
  }

  /** The same for a while, of a log that the remote is slow with; what is on its way is still taken. */
  yield(origin: Origin, fault: Fault): void {
    this.#remote.dispute(origin, fault);
    this.#receiver.yield(origin);
  }

  /** What the remote was only late with may be asked of it again, but for what may still come. */
  forgive(): void {
    this.#remote.forgive((origin) => !this.#receiver.hasYielded(origin));
  }

  /**
   * Sees to wants that bring nothing: other peers may be asked as well, and after a while they are given up.
   * @param isElsewhere whether another peer could be asked for a log
   */
  tick(nowMs: number, isElsewhere: (origin: Origin) => boolean): void {
    if (!this.#receiver.hasStalled(nowMs)) return;
    if (this.#receiver.waitOn(nowMs)) this.yieldLate(isElsewhere);
    else for (const origin of this.#receiver.logs) this.dispute(origin, stalled(origin));
  }

  /** Yields what is open, as far as another peer could be asked for it. */
  yieldLate(isElsewhere: (origin: Origin) => boolean): void {
    const logs = new Set([...this.open()].map(({ origin }) => origin));
    for (const origin of logs) if (isElsewhere(origin)) this.yield(origin, stalled(origin));
  }

  /** The log that the remote sends too slowly, if there is one; not named again for a while. */
  takeSlow(nowMs: number): Origin | undefined {
    return this.#receiver.takeSlow(nowMs);
  }

  /** The first records of a window, if they came in a session before. */
  #takeBefore(origin: Origin, { segment, events }: Window): readonly Uint8Array[] {
    const before = this.#before;
    if (before?.origin !== origin || before.segment !== segment || before.skipped !== events) return [];
    this.#before = undefined;
    return before.records;
  }

  /** An answer has ended: if it was the last that was late of its log, the remote may be asked for that again. */
  #excuse(origin: Origin): void {
    if (!this.#receiver.hasYielded(origin)) this.#remote.excuse(origin);
  }
}

const stalled = (origin: Origin): Fault => ({
  code: 'stalled',
  message: `did not send log ${origin} in time`,
});
