import type { Origin } from '../event/index.ts';
import { ArrivingSegment, type PartialSegment, type ReceivedRange } from './arriving-segment.ts';
import { creditOf, type SyncFault, type SyncFrame } from './frame.ts';
import type { ReceivedBytes } from './received-bytes.ts';
import { WantClock } from './want-clock.ts';

/** What is asked for: everything after the first `events` records of `segment`, up to segment `until`. */
export interface Window {
  readonly segment: number;
  readonly events: number;
  readonly until: number;
}

/** What a range frame leads to. */
export type RangeOutcome =
  | { readonly type: 'partial' }
  | { readonly type: 'stray' }
  | { readonly type: 'whole'; readonly range: ReceivedRange }
  | { readonly type: 'fault'; readonly code: SyncFault; readonly message: string };

/** A want of this replica that the remote is answering. */
interface OpenWant {
  readonly origin: Origin;
  readonly until: number;
  /** The segment that is due next. */
  arriving: ArrivingSegment;
  /** Whether a whole segment has come. */
  served: boolean;
  /** Whether it takes too long, so that others may be asked for the same; what comes of it is taken all the same. */
  yielded: boolean;
}

/** How a want ended. */
export interface EndedWant {
  readonly origin: Origin;
  /** Whether the remote has sent anything whole. */
  readonly served: boolean;
  /** Whether only the rest of a segment was asked for, whose first records came in a session before. */
  readonly resumed: boolean;
}

/** Asks for logs and puts the frames of the answers together to whole segments, within bounds. */
export class RangeReceiver {
  readonly #wants = new Map<number, OpenWant>();
  /** Wants that were given up here and that the remote has not ended yet. */
  readonly #abandoned = new Set<number>();
  #lastWant = 0;
  readonly #clock = new WantClock();
  readonly #bytes: ReceivedBytes;

  /** @param bytes what came of the remote, in ranges and otherwise */
  constructor(bytes: ReceivedBytes) {
    this.#bytes = bytes;
  }

  /** What is being asked for, has not come and is not yielded, in the order in which it was asked. */
  *open(): Iterable<Window & { readonly origin: Origin }> {
    for (const { origin, arriving, until, yielded } of this.#wants.values()) {
      if (!yielded) yield { origin, segment: arriving.segment, events: arriving.skipped, until };
    }
  }

  /** Whether nothing is {@link open}. */
  get idle(): boolean {
    for (const { yielded } of this.#wants.values()) if (!yielded) return false;
    return true;
  }

  /** What has come of a segment that is not whole; of several, one. */
  get part(): PartialSegment | undefined {
    for (const { arriving } of this.#wants.values()) if (arriving.part !== undefined) return arriving.part;
    return undefined;
  }

  /** Whether a want for a log is yielded and not ended. */
  hasYielded(origin: Origin): boolean {
    return [...this.#wants.values()].some((want) => want.yielded && want.origin === origin);
  }

  /** Wants that the remote has not ended, those that were given up here included. */
  get load(): number {
    return this.#wants.size + this.#abandoned.size;
  }

  /** When what is waited for has stalled, in ms since 1970. */
  get deadlineMs(): number | undefined {
    return this.#wants.size === 0 ? undefined : this.#clock.deadlineMs;
  }

  /** When the segment that is being sent has taken too long, in ms since 1970. */
  get slowAtMs(): number | undefined {
    return this.idle ? undefined : this.#clock.slowAtMs;
  }

  /**
   * Opens a want; returns its number.
   * @param before the first records of the window, which came in a session before
   */
  want(origin: Origin, window: Window, nowMs: number, before?: readonly Uint8Array[]): number {
    this.#lastWant += 1;
    if (this.idle) this.#clock.progress(nowMs, true);
    const { segment, events: skipped, until } = window;
    const arriving = new ArrivingSegment({ origin, segment, skipped }, before);
    this.#wants.set(this.#lastWant, { origin, until, arriving, served: false, yielded: false });
    return this.#lastWant;
  }

  /** The remote has sent all that it holds; undefined when the want had been given up, or never was. */
  end(want: number, nowMs: number): EndedWant | undefined {
    if (this.#isAwaited(want)) this.#clock.progress(nowMs, true);
    return this.#close(want);
  }

  /** Lets others be asked for a log. What is under way of it is still taken: on a slow link all would come twice. */
  yield(origin: Origin): void {
    for (const want of this.#wants.values()) if (want.origin === origin) want.yielded = true;
  }

  /** Logs that are asked for, those that are yielded included. */
  get logs(): ReadonlySet<Origin> {
    return new Set([...this.#wants.values()].map(({ origin }) => origin));
  }

  /** Gives up all wants for a log: what comes of them is dropped. */
  abandon(origin: Origin): void {
    for (const [want, open] of this.#wants) {
      if (open.origin !== origin) continue;
      this.#remove(want, open);
      this.#abandoned.add(want);
    }
  }

  /** Whether what is asked for has stalled: its deadline has passed, or the clock was set far back. */
  hasStalled(nowMs: number): boolean {
    return this.#wants.size > 0 && this.#clock.hasStalled(nowMs);
  }

  /** Whether it has stalled before, and nothing has come since. */
  get isLate(): boolean {
    return !this.idle && this.#clock.isLate;
  }

  /** Waits as long again; false when that has been done for long enough. */
  waitOn(nowMs: number): boolean {
    return this.#clock.waitOn(nowMs);
  }

  /** The log whose segment takes too long; it may take as long again before it is named again. */
  takeSlow(nowMs: number): Origin | undefined {
    if (this.idle || !this.#clock.takeSlow(nowMs)) return undefined;
    const [first] = this.open();
    return first?.origin;
  }

  /** Bytes of a whole range have been dealt with. */
  release(bytes: number, nowMs: number): void {
    this.#bytes.release(bytes);
    // The remote may have waited for nothing but this.
    this.#clock.progress(nowMs, false);
  }

  /** Takes one frame of an answer. */
  range(frame: Extract<SyncFrame, { type: 'range' }>, nowMs: number): RangeOutcome {
    const bytes = creditOf(frame.records);
    const want = this.#wants.get(frame.want);
    const isWhole = frame.follows !== 'records';
    if (this.#isAwaited(frame.want)) this.#clock.progress(nowMs, isWhole);
    const isCovered = want === undefined ? this.#bytes.pass(bytes) : this.#bytes.hold(bytes);
    if (!isCovered) return fault('credit_exceeded', 'more records than there was credit for');
    if (want === undefined) {
      if (frame.follows === 'nothing') this.#close(frame.want);
      return { type: 'stray' };
    }
    const { arriving, origin, until } = want;
    if (arriving.segment > until)
      return fault('bad_range', `goes beyond what was asked for of log ${origin}`);
    const mistake = arriving.join(frame);
    if (mistake !== undefined) return { type: 'fault', ...mistake };
    if (!isWhole) return { type: 'partial' };
    want.arriving = new ArrivingSegment({ origin, segment: arriving.segment + 1, skipped: 0 });
    want.served = true;
    if (frame.follows === 'nothing') this.#close(frame.want);
    return { type: 'whole', range: arriving.whole(frame.follows === 'segment') };
  }

  /** Whether the remote has not ended a want of this session. */
  #isAwaited(want: number): boolean {
    return this.#wants.has(want) || this.#abandoned.has(want);
  }

  /** The remote has ended a want; undefined when that had been given up, or never was. */
  #close(want: number): EndedWant | undefined {
    const open = this.#wants.get(want);
    const wasAbandoned = this.#abandoned.delete(want);
    // It has answered, later than it was waited for.
    if (wasAbandoned || open?.yielded) this.#clock.bePatient();
    if (open === undefined) return undefined;
    this.#remove(want, open);
    const { origin, served, arriving } = open;
    return { origin, served, resumed: arriving.resumed };
  }

  #remove(want: number, { arriving }: OpenWant): void {
    this.#wants.delete(want);
    this.#bytes.release(arriving.bytes);
  }
}

const fault = (code: SyncFault, message: string): RangeOutcome => ({ type: 'fault', code, message });
