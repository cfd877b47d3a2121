import type { Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface';
import { pEvent } from 'p-event';
import type { Fault } from '../protocol/fault/index.ts';
import { encodeFrame, FrameDecoder, type FrameFault } from './frame.ts';

/** Most bytes that may wait to be sent on one stream before it is reset. */
export const UNSENT_BYTES_MAX = 4 * 1024 * 1024;

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
 * has no back-pressure in libp2p (fact 2), so frames are handed over at once, in order, and a peer is held
 * back by the credits of the protocol (docs/protocol/sync.md), not here.
 */
export class FrameStream {
  readonly #stream: Stream;
  readonly #events: FrameStreamEvents;
  readonly #decoder = new FrameDecoder();
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
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
    if (this.#queuedBytes + this.#stream.writeBufferLength + bytes.length > UNSENT_BYTES_MAX) {
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

  /** Resets the stream at once, dropping what is queued. The remote learns of the reset, not of the reason. */
  abort(reason: string): void {
    this.#stream.abort(new Error(reason));
  }

  get open(): boolean {
    return this.#open;
  }

  async #pump(): Promise<void> {
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        this.#queuedBytes -= next.length;
        this.#stream.send(next);
        // Fact 1: the promise of `onDrain()` is never reset, so from its second use on it resolves at once;
        // each wait needs an event of its own. 'close' is the way out when the stream dies meanwhile.
        while (this.#open && this.#stream.writableNeedsDrain) {
          await pEvent(this.#stream, 'drain', { rejectionEvents: ['close'] });
        }
      }
    } catch {
      // The stream closed under the pump: its 'close' event has said why, or is about to.
      this.#drop();
    } finally {
      this.#pumping = false;
    }
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
        // A frame can make the owner end the stream: nothing is delivered after that.
        if (!this.#open) return;
        this.#events.onFrame(frame);
      }
      if (fault !== undefined) {
        this.#break(fault);
        return;
      }
    }
  };

  readonly #onEnd = (): void => {
    // A reset also ends the reading side, but says so through 'close'.
    const { status } = this.#stream;
    if (!this.#open || (status !== 'open' && status !== 'closing')) return;
    const fault = this.#decoder.end();
    if (fault !== undefined) this.#break(fault);
    else this.#events.onEnd();
  };

  readonly #onClose = (event: StreamCloseEvent): void => {
    this.#open = false;
    this.#drop();
    this.#stream.removeEventListener('message', this.#onMessage);
    this.#stream.removeEventListener('end', this.#onEnd);
    this.#events.onClosed(closeReason(event), this.#fault);
  };
}

const closeReason = (event: StreamCloseEvent): string => {
  if (event.error === undefined) return 'the connection closed';
  return event.local === true ? event.error.message : 'the other side reset the stream';
};
