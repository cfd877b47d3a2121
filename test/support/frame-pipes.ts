import type { DeviceId } from '../../protocol/crypto/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import type { FramePipe } from '../../transports/index.ts';

/** Both ends of a dialogue between two devices, without a network; a frame waits until it is received. */
export const framePipes = (one: DeviceId, other: DeviceId): readonly [FramePipe, FramePipe] => {
  const [toOne, toOther] = [new Queue(), new Queue()];
  const end = (peer: DeviceId, incoming: Queue, outgoing: Queue): FramePipe => ({
    peer,
    send: async (frame) => outgoing.push(frame),
    receive: ({ signal } = {}) => incoming.next(signal),
    close: async () => {
      incoming.end();
      outgoing.end();
    },
  });
  return [end(other, toOne, toOther), end(one, toOther, toOne)];
};

class Queue {
  readonly #frames: Uint8Array[] = [];
  #isEnded = false;
  #wake = Promise.withResolvers<void>();

  push(frame: Uint8Array): void {
    if (this.#isEnded) throw closed();
    this.#frames.push(frame);
    this.#wake.resolve();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake.resolve();
  }

  async next(signal: AbortSignal | undefined): Promise<Uint8Array> {
    const aborted = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame;
      if (this.#isEnded) throw closed();
      this.#wake = Promise.withResolvers();
      await Promise.race([this.#wake.promise, aborted]);
    }
  }
}

const closed = (): SmoError => new SmoError('pipe_closed', 'the other side has ended the dialogue');
