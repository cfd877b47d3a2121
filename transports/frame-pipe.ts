import type { Stream } from '@libp2p/interface';
import type { DeviceId } from '../protocol/crypto/index.ts';
import { SmoError } from '../protocol/fault/index.ts';
import { FrameStream } from './frame-stream.ts';
import type { FramePipe } from './mesh.ts';

/** Most bytes that may arrive ahead of `receive`; a dialogue needs far less, so more is an attack. */
const UNREAD_BYTES_MAX = 1024 * 1024;

/** Most frames that may arrive ahead of `receive`. */
const UNREAD_FRAMES_MAX = 64;

interface Waiter {
  resolve(frame: Uint8Array): void;
  reject(error: unknown): void;
}

/**
 * Makes a pipe of a fresh stream.
 * @param onClosed called once, when no more can be sent or received
 */
export const createFramePipe = (stream: Stream, peer: DeviceId, onClosed: () => void): FramePipe => {
  const unread: Uint8Array[] = [];
  const waiters: Waiter[] = [];
  let unreadBytes = 0;
  let ended: string | undefined;

  const closedError = (reason: string): SmoError =>
    new SmoError('pipe_closed', `The dialogue with ${peer} is over: ${reason}.`);
  const end = (reason: string): void => {
    ended ??= reason;
    for (const waiter of waiters.splice(0)) waiter.reject(closedError(ended));
  };

  const frames = new FrameStream(stream, {
    onFrame(frame) {
      const waiter = waiters.shift();
      if (waiter !== undefined) return waiter.resolve(frame);
      unread.push(frame);
      unreadBytes += frame.length;
      if (unreadBytes > UNREAD_BYTES_MAX || unread.length > UNREAD_FRAMES_MAX) {
        frames.abort('the other side sent more than the dialogue needs');
      }
    },
    onEnd: () => end('the other side ended it'),
    onClosed(reason) {
      end(reason);
      onClosed();
    },
  });
  frames.start();

  return {
    peer,
    async send(frame) {
      frames.send(frame);
      await frames.flushed();
      if (!frames.open) throw closedError(ended ?? 'the stream is closed');
    },
    receive({ signal } = {}) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      const frame = unread.shift();
      if (frame !== undefined) {
        unreadBytes -= frame.length;
        return Promise.resolve(frame);
      }
      if (ended !== undefined) return Promise.reject(closedError(ended));
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          waiters.splice(waiters.indexOf(waiter), 1);
          reject(signal?.reason);
        };
        const done = (): void => signal?.removeEventListener('abort', onAbort);
        const waiter: Waiter = {
          resolve: (value) => {
            done();
            resolve(value);
          },
          reject: (error) => {
            done();
            reject(error);
          },
        };
        waiters.push(waiter);
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
    close: () => frames.close(),
  };
};
