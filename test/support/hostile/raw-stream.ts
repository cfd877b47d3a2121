import type { Stream } from '@libp2p/interface';
import { pEvent } from 'p-event';
import { decodeFrame, encodeFrame, type SyncFrame } from '../../../protocol/sync/index.ts';
import { FrameDecoder, encodeFrame as withLength } from '../../../transports/frame.ts';

/** A stream on which anything can be sent, and which keeps the frames that come. */
export class RawStream {
  /** Sync frames that came, in order; what is none is left out. */
  readonly received: SyncFrame[] = [];
  /** Resolves when the stream is over for both sides. */
  readonly closed: Promise<void>;
  readonly #stream: Stream;
  readonly #decoder = new FrameDecoder();
  /** All that came, in order. */
  readonly #frames: Uint8Array[] = [];
  readonly #watchers = new Set<() => void>();
  #isClosed = false;

  constructor(stream: Stream) {
    this.#stream = stream;
    stream.addEventListener('message', ({ data }) => {
      for (const chunk of data instanceof Uint8Array ? [data] : data) this.#take(chunk);
    });
    this.closed = new Promise((resolve) => {
      const done = (): void => {
        this.#isClosed = true;
        for (const watch of [...this.#watchers]) watch();
        resolve();
      };
      if (stream.status === 'open') stream.addEventListener('close', done, { once: true });
      else done();
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Sends a frame as a device would. */
  send(...frames: readonly SyncFrame[]): void {
    for (const frame of frames) this.sendFramed(encodeFrame(frame));
  }

  /** Sends anything as a frame. */
  sendFramed(bytes: Uint8Array): void {
    this.sendBytes(withLength(bytes));
  }

  /** Sends bytes as they are, unless the stream is over. */
  sendBytes(bytes: Uint8Array): void {
    if (this.#stream.status === 'open') this.#stream.send(bytes);
  }

  /** Waits until what was sent has gone out, or the stream is over. */
  async drained(): Promise<void> {
    while (!this.#isClosed && this.#stream.writableNeedsDrain) {
      await pEvent(this.#stream, 'drain', { rejectionEvents: ['close'] }).catch(() => undefined);
    }
  }

  /**
   * The first frame of a type, also one that has come already.
   * @throws Error when the stream ends before it comes
   */
  async frame<Type extends SyncFrame['type']>(type: Type): Promise<Extract<SyncFrame, { type: Type }>> {
    const find = (): SyncFrame | undefined => this.received.find((frame) => frame.type === type);
    return (await this.#until(`a ${type}`, find)) as Extract<SyncFrame, { type: Type }>;
  }

  /** The bytes of what came as number `index`, counted from 0, whatever they say. */
  nth(index: number): Promise<Uint8Array> {
    return this.#until(`frame ${index}`, () => this.#frames[index]);
  }

  /** Waits until the remote has ended a want. */
  ended(want: number): Promise<boolean> {
    const isEnd = (frame: SyncFrame): boolean => frame.type === 'want-end' && frame.want === want;
    return this.#until(`an end of want ${want}`, () => this.received.some(isEnd) || undefined);
  }

  /** Waits until the remote has answered an ask. */
  answered(ask: number): Promise<boolean> {
    const isAnswer = (frame: SyncFrame): boolean => frame.type === 'answer' && frame.ask === ask;
    return this.#until(`an answer to ask ${ask}`, () => this.received.some(isAnswer) || undefined);
  }

  /** Reads nothing more. */
  pause(): void {
    this.#stream.pause();
  }

  /** Ends the own side in good order. */
  close(): Promise<void> {
    return this.#stream.close();
  }

  abort(): void {
    this.#stream.abort(new Error('enough'));
  }

  #until<Found>(what: string, find: () => Found | undefined): Promise<Found> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find();
        if (found === undefined && !this.#isClosed) return;
        this.#watchers.delete(look);
        if (found === undefined) reject(new Error(`the stream ended without ${what}`));
        else resolve(found);
      };
      this.#watchers.add(look);
      look();
    });
  }

  #take(chunk: Uint8Array): void {
    for (const bytes of this.#decoder.push(chunk).frames) {
      this.#frames.push(bytes);
      const frame = decodeFrame(bytes);
      if (frame.ok) this.received.push(frame.value);
    }
    for (const watch of [...this.#watchers]) watch();
  }
}
