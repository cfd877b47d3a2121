import { type Stream, StreamMessageEvent } from '@libp2p/interface';
import { withParts } from './component-parts.ts';
import { encodeFrame, FrameDecoder } from './frame.ts';

/** What is done with what comes in on a stream. */
export interface Meter {
  /** Longest frame, in bytes; a longer one resets the stream. */
  readonly frameBytesMax: number;
  /** Whether a frame of so many bytes is passed on; otherwise it is dropped as if it had never come. */
  passes(bytes: number): boolean;
}

type Listener = (event: StreamMessageEvent) => void;

/**
 * A stream of frames, each a varint length and the data, on which frames can be dropped before whoever reads it
 * sees them.
 */
export const meteredStream = (stream: Stream, { frameBytesMax, passes }: Meter): Stream => {
  const decoder = new FrameDecoder(frameBytesMax);
  const wrapped = new Map<Listener, Listener>();
  const onMessage =
    (listener: Listener): Listener =>
    ({ data }) => {
      const chunks = data instanceof Uint8Array ? [data] : data;
      for (const chunk of chunks) {
        const { frames, fault } = decoder.push(chunk);
        for (const frame of frames) {
          if (passes(frame.length)) listener(new StreamMessageEvent(encodeFrame(frame)));
        }
        if (fault === undefined) continue;
        stream.abort(new Error(fault.message));
        return;
      }
    };
  return withParts<Stream>(stream, {
    addEventListener: (type: 'message', listener: Listener, options?: AddEventListenerOptions) => {
      if (type !== 'message') return stream.addEventListener(type, listener, options);
      const through = onMessage(listener);
      wrapped.set(listener, through);
      stream.addEventListener(type, through, options);
    },
    removeEventListener: (type: 'message', listener: Listener) => {
      stream.removeEventListener(type, (type === 'message' && wrapped.get(listener)) || listener);
    },
  });
};
