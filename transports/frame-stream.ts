import { nextTick } from 'node:process';
import { setImmediate } from 'node:timers';
import type { Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface';
import { pEvent } from 'p-event';
import type { Fault } from '../protocol/fault/index.ts';
import { encodeFrame, FrameDecoder, type FrameFault } from './frame.ts';

/** Most bytes that may wait to be sent on one stream before it is reset. */
export const UNSENT_BYTES_MAX = 4 * 1024 * 1024;

/** Bytes of frames that are handed over before everything else in the process gets its turn. */
export const TURN_BYTES = 128 * 1024;

/** Most bytes of frames that wait for their turn; past them, frames are handed over at once. */
const WAITING_BYTES_MAX = 8 * 1024 * 1024;

/** How long a graceful close may take to pass on what is still unsent, in ms. */
const CLOSE_TIMEOUT_MS = 1_000;

/** What a frame stream tells its owner. */
export interface FrameStreamEvents {
  /** One whole frame arrived, length prefix stripped. */
  onFrame(frame: Uint8Array): void;
  /** The remote will send nothing more; sending to it is still possible. */
  onEnd(): void;
  /** The stream is finished, for the reason given; said exactly once. A fault: what came was no frames. */
  onClosed(reason: string, fault?: Fault<FrameFault>): void;
}

/**
 * A libp2p stream as an ordered sequence of frames in both directions.
 *
 * Sending is queued and respects back-pressure; what waits is bounded by {@link UNSENT_BYTES_MAX}. Receiving
 * has no back-pressure in libp2p (fact 2), so frames are handed over as they come, in order, and a peer is held
 * back by the credits of the protocol (docs/protocol/sync.md), not here. But no more than {@link TURN_BYTES} in one turn
 * of the event loop: a socket is read as long as there is anything, and what one frame asks for may take a while.
 */
export class FrameStream {
  readonly #stream: Stream;
  readonly #events: FrameStreamEvents;
  readonly #decoder = new FrameDecoder();
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** Bytes that were handed over in this turn; undefined before the first frame of a turn. */
  #turnBytes: number | undefined;
  /** The fault or the end that comes after the frames that wait. */
  #last: (() => void) | undefined;
  #pumping = false;
  #pumped: Promise<void> = Promise.resolve();
  #open = true;
  #fault: Fault<FrameFault> | undefined;

  constructor(stream: Stream, events: FrameStreamEvents) {
    this.#stream = stream;
    this.#events = events;
    stream.addEventListener('close', this.#onClose, { once: true });
  }

  /** Begins to deliver frames; until then libp2p keeps what arrives, up to 4 MiB. */
  start(): void {
    if (!this.#open) return;
    this.#stream.addEventListener('message', this.#onMessage);
    // Fact 26: what a negotiation gave back may wait behind the end; the listener above gets it in the next microtask.
    if (this.#stream.readableEnded) queueMicrotask(this.#onEnd);
    else this.#stream.addEventListener('end', this.#onEnd, { once: true });
  }

  /**
   * Queues a frame behind those queued before; on a closed stream it is dropped. A queue that would grow past
   * {@link UNSENT_BYTES_MAX} resets the stream instead.
   * @throws RangeError when the frame is too long
   */
  send(frame: Uint8Array): void {
    const bytes = encodeFrame(frame);
    if (!this.#open) return;
    // What was queued in this very turn may just not have been given a chance to leave.
    if (this.#isFull(bytes)) this.#handOver();
    if (this.#isFull(bytes)) {
      this.abort(`more than ${UNSENT_BYTES_MAX} bytes wait for a peer that does not read`);
      return;
    }
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    if (this.#pumping) return;
    this.#pumping = true;
    this.#pumped = this.#pump();
  }

  /** Waits until every queued frame was handed to libp2p, or the stream is closed. */
  async flushed(): Promise<void> {
    await this.#pumped;
  }

  /** Sends what is queued, then ends the sending side. Never rejects: a failure resets the stream. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.abort('the stream could not be closed in time'), CLOSE_TIMEOUT_MS);
    try {
      await this.#pumped;
      await this.#stream.close();
    } catch {
      this.abort('the stream could not be closed');
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Resets the stream at once. What is queued goes before that as far as libp2p has room, and is dropped otherwise. The
   * remote learns of the reset, not of the reason.
   */
  abort(reason: string): void {
    this.#handOver();
    this.#stream.abort(new Error(reason));
  }

  get open(): boolean {
    return this.#open;
  }

  #isFull(bytes: Uint8Array): boolean {
    return this.#queuedBytes + this.#stream.writeBufferLength + bytes.length > UNSENT_BYTES_MAX;
  }

  async #pump(): Promise<void> {
    try {
      // To write is a system call: whoever waits for what the same step settled goes first.
      await new Promise<void>((goOn) => nextTick(goOn));
      for (this.#handOver(); this.#queue.length > 0; this.#handOver()) {
        // Fact 1: the promise of `onDrain()` is never reset, so from its second use on it resolves at once;
        // each wait needs an event of its own. 'close' is the way out when the stream dies meanwhile.
        await pEvent(this.#stream, 'drain', { rejectionEvents: ['close'] });
      }
    } catch {
      this.#drop();
    } finally {
      this.#pumping = false;
    }
  }

  /** Gives libp2p what is queued, as long as it has room. */
  #handOver(): void {
    try {
      while (this.#open && !this.#stream.writableNeedsDrain) {
        const next = this.#queue.shift();
        if (next === undefined) return;
        this.#queuedBytes -= next.length;
        this.#stream.send(next);
      }
    } catch {
      // The stream closed under it: its 'close' event has said why, or is about to.
      this.#drop();
    }
  }

  /** Hands over what waits, as far as this turn allows. */
  #deliver(turnBytes = TURN_BYTES): void {
    // A frame can make the owner end the stream: nothing is delivered after that.
    while (this.#open && this.#waiting.length > 0) {
      if ((this.#turnBytes ?? 0) >= turnBytes && this.#waitingBytes <= WAITING_BYTES_MAX) return;
      const frame = this.#waiting.shift() ?? NOTHING;
      this.#waitingBytes -= frame.length;
      this.#spend(frame.length);
      this.#events.onFrame(frame);
    }
    const last = this.#last;
    this.#last = undefined;
    if (this.#open) last?.();
  }

  /** The next turn goes on with what waits then. */
  #spend(bytes: number): void {
    if (this.#turnBytes === undefined) {
      setImmediate(() => {
        this.#turnBytes = undefined;
        this.#deliver();
      });
    }
    this.#turnBytes = (this.#turnBytes ?? 0) + bytes;
  }

  #break(fault: Fault<FrameFault>): void {
    this.#fault = fault;
    this.abort(fault.message);
  }

  #drop(): void {
    this.#queue = [];
    this.#queuedBytes = 0;
  }

  readonly #onMessage = (event: StreamMessageEvent): void => {
    const chunks = event.data instanceof Uint8Array ? [event.data] : event.data;
    for (const chunk of chunks) {
      const { frames, fault } = this.#decoder.push(chunk);
      for (const frame of frames) {
        this.#waiting.push(frame);
        this.#waitingBytes += frame.length;
      }
      if (fault !== undefined) {
        this.#last = () => this.#break(fault);
        break;
      }
    }
    this.#deliver();
  };

  readonly #onEnd = (): void => {
    // A reset also ends the reading side, but says so through 'close'.
    const { status } = this.#stream;
    if (!this.#open || (status !== 'open' && status !== 'closing')) return;
    const fault = this.#decoder.end();
    this.#last ??= fault === undefined ? () => this.#events.onEnd() : () => this.#break(fault);
    this.#deliver();
  };

  readonly #onClose = (event: StreamCloseEvent): void => {
    if (event.error === undefined) this.#deliver(Number.POSITIVE_INFINITY);
    this.#open = false;
    this.#waiting = [];
    this.#drop();
    this.#stream.removeEventListener('message', this.#onMessage);
    this.#stream.removeEventListener('end', this.#onEnd);
    this.#events.onClosed(closeReason(event), this.#fault);
  };
}

const NOTHING = new Uint8Array();

const closeReason = (event: StreamCloseEvent): string => {
  if (event.error === undefined) return 'the connection closed';
  return event.local === true ? event.error.message : 'the other side reset the stream';
};
