import { pEvent } from 'p-event';
import { describe, expect, test } from 'vitest';
import { encodeFrame } from '../../../transports/frame.ts';
import { meteredStream } from '../../../transports/metered-stream.ts';
import { yamuxPair } from './yamux-pair.ts';

const FRAME_BYTES_MAX = 100;

/** The reading end of a real stream, of which frames of an odd length are dropped, and the writing one. */
const metered = async () => {
  const [near, far] = await yamuxPair();
  const sizes: number[] = [];
  const stream = meteredStream(far, {
    frameBytesMax: FRAME_BYTES_MAX,
    passes: (bytes) => {
      sizes.push(bytes);
      return bytes % 2 === 0;
    },
  });
  const read: number[] = [];
  const onMessage = ({ data }: { readonly data: { subarray(): Uint8Array } }): void => {
    read.push(...data.subarray());
  };
  stream.addEventListener('message', onMessage);
  return { near, far, stream, sizes, read, onMessage };
};

describe('a metered stream', () => {
  test('drops whole frames, however the bytes come in', async () => {
    const { near, far, sizes, read } = await metered();
    const frames = [[1, 2], [3], [], [4, 5, 6], [7, 8]].map((bytes) => Uint8Array.from(bytes));
    const all = Buffer.concat(frames.map(encodeFrame));
    for (const byte of all) near.send(Uint8Array.of(byte));
    await near.close();
    if (!far.readableEnded) await pEvent(far, 'remoteCloseWrite');
    expect(sizes).toEqual([2, 1, 0, 3, 2]);
    expect(read).toEqual([2, 1, 2, 0, 2, 7, 8]);
  });

  test('lets a frame as long as the limit through, and is reset by one that is longer, unread', async () => {
    const { near, far, sizes } = await metered();
    const closed = pEvent(far, 'close');
    near.send(encodeFrame(new Uint8Array(FRAME_BYTES_MAX)));
    // Only the length: what follows is not waited for.
    near.send(Uint8Array.of(FRAME_BYTES_MAX + 1));
    await closed;
    expect(sizes).toEqual([FRAME_BYTES_MAX]);
    expect(far.status).toBe('aborted');
  });

  test('tells a reader that has gone nothing more, and passes on its other events', async () => {
    const { near, far, stream, read, onMessage } = await metered();
    let closed = 0;
    stream.addEventListener('close', () => {
      closed += 1;
    });
    stream.removeEventListener('message', onMessage);
    const other = pEvent(far, 'message');
    near.send(encodeFrame(Uint8Array.of(1, 2)));
    await other;
    expect(read).toEqual([]);
    far.abort(new Error('enough'));
    expect(closed).toBe(1);
  });
});
