import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Stream } from '@libp2p/interface';
import { byteStream } from '@libp2p/utils';
import { pEvent } from 'p-event';
import { describe, expect, test } from 'vitest';
import { encodeFrame, FRAME_BYTES_MAX } from '../../../transports/frame.ts';
import { FrameStream, TURN_BYTES, UNSENT_BYTES_MAX } from '../../../transports/frame-stream.ts';
import { yamuxPair } from './yamux-pair.ts';

type Ends = readonly [FrameStream, FrameStream];

/** Two frame streams that face each other; `seen` is what the second one was told. */
const pair = async () => {
  const [near, far] = await yamuxPair();
  const frames: Uint8Array[] = [];
  const told: string[] = [];
  const ended = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<string>();
  const farClosed = Promise.withResolvers<string>();
  const quiet = { onFrame() {}, onEnd() {} };
  const sender = new FrameStream(near, { ...quiet, onClosed: (reason) => closed.resolve(reason) });
  const receiver = new FrameStream(far, {
    onFrame: (frame) => void frames.push(frame),
    onEnd() {
      told.push('end');
      ended.resolve();
    },
    onClosed(reason) {
      told.push('closed');
      farClosed.resolve(reason);
    },
  });
  sender.start();
  const ends: Ends = [sender, receiver];
  return {
    near,
    far,
    ends,
    frames,
    told,
    ended: ended.promise,
    closed: closed.promise,
    farClosed: farClosed.promise,
  };
};

/** A stream that says what a test wants, all of it in one turn of the event loop, and tells what it is given. */
const scripted = () => {
  const events = new EventTarget();
  const told: string[] = [];
  const stream = Object.assign(events, {
    status: 'open',
    readableEnded: false,
    writeBufferLength: 0,
    writableNeedsDrain: false,
    send: (bytes: Uint8Array) => void told.push(`sent ${bytes.at(-1)}`),
    abort: () => void told.push('reset'),
  });
  const say = (type: string, more: object = {}) =>
    void events.dispatchEvent(Object.assign(new Event(type), more));
  const receiver = new FrameStream(stream as unknown as Stream, {
    onFrame: (frame) => void told.push(`frame ${frame[0]}`),
    onEnd: () => void told.push('end'),
    onClosed: (reason, fault) => void told.push(fault?.code ?? reason),
  });
  receiver.start();
  return { say, told, stream, receiver };
};

const halfTurn = (number: number) => encodeFrame(new Uint8Array(TURN_BYTES / 2).fill(number));
const FIVE = [1, 2, 3, 4, 5].map(halfTurn);

describe('many frames at once', () => {
  test('take turns with everything else, in order, and their end comes last', async () => {
    const { say, told } = scripted();
    for (const data of FIVE) say('message', { data });
    say('end');
    expect(told).toEqual(['frame 1', 'frame 2']);
    await nextTurn();
    expect(told).toEqual(['frame 1', 'frame 2', 'frame 3', 'frame 4']);
    await nextTurn();
    expect(told).toEqual(['frame 1', 'frame 2', 'frame 3', 'frame 4', 'frame 5', 'end']);
  });

  test('come before a close in good order', async () => {
    const { say, told } = scripted();
    for (const data of FIVE) say('message', { data });
    say('close', {});
    expect(told.slice(-2)).toEqual(['frame 5', 'the connection closed']);
    await nextTurn();
    expect(told).toHaveLength(6);
  });

  test('are dropped with a stream that is reset', async () => {
    const { say, told } = scripted();
    for (const data of FIVE) say('message', { data });
    say('close', { error: new Error('gone') });
    await nextTurn();
    await nextTurn();
    expect(told).toEqual(['frame 1', 'frame 2', 'the other side reset the stream']);
  });

  test('are handed over at once when too many wait', () => {
    const { say, told } = scripted();
    for (let i = 0; i < 200; i += 1) say('message', { data: halfTurn(i) });
    expect(told.length).toBeGreaterThan(60);
    expect(told.length).toBeLessThan(200);
  });
});

describe('frames that are sent', () => {
  const send = (stream: FrameStream, ...numbers: readonly number[]) => {
    for (const number of numbers) stream.send(Uint8Array.of(number));
  };

  test('are written after everything that the same turn has settled', async () => {
    const { told, receiver } = scripted();
    const settled = Promise.resolve();
    send(receiver, 1, 2);
    await settled.then(() => undefined).then(() => told.push('answered'));
    await receiver.flushed();
    expect(told).toEqual(['answered', 'sent 1', 'sent 2']);
  });

  test('are written before a reset that comes in the same turn', () => {
    const { told, receiver } = scripted();
    send(receiver, 1, 2);
    receiver.abort('enough');
    expect(told).toEqual(['sent 1', 'sent 2', 'reset']);
  });

  test('are dropped by a reset when there is no room for them', () => {
    const { told, receiver, stream } = scripted();
    stream.writableNeedsDrain = true;
    send(receiver, 1);
    receiver.abort('enough');
    expect(told).toEqual(['reset']);
  });

  test('may be as many in one turn as there is room for', () => {
    const { told, receiver } = scripted();
    const chunk = new Uint8Array(FRAME_BYTES_MAX);
    const many = Math.ceil((2 * UNSENT_BYTES_MAX) / chunk.length);
    for (let i = 0; i < many; i += 1) receiver.send(chunk);
    expect(receiver.open).toBe(true);
    expect(told).not.toContain('reset');
  });

  test('wait for room, however often it runs out', async () => {
    const { told, receiver, stream, say } = scripted();
    stream.send = (bytes) => {
      told.push(`sent ${bytes.at(-1)}`);
      stream.writableNeedsDrain = true;
    };
    send(receiver, 1, 2, 3);
    for (const number of [1, 2, 3]) {
      await nextTurn();
      expect(told.at(-1)).toBe(`sent ${number}`);
      stream.writableNeedsDrain = false;
      say('drain');
    }
    await receiver.flushed();
    expect(told).toEqual(['sent 1', 'sent 2', 'sent 3']);
  });

  test('are dropped when the stream takes no more', async () => {
    const { told, receiver, stream } = scripted();
    stream.send = () => {
      throw new Error('it is closing');
    };
    send(receiver, 1);
    await receiver.flushed();
    send(receiver, 2);
    receiver.abort('enough');
    expect(told).toEqual(['reset']);
  });
});

describe('frame stream', () => {
  test('what waits for a slow reader stays small in libp2p and is bounded here', async () => {
    const { near, far, ends, closed } = await pair();
    const [sender] = ends;
    // Yamux stops asking for more while a stream is paused: the window closes after 256 KiB.
    far.pause();
    const chunk = new Uint8Array(FRAME_BYTES_MAX);
    const fits = Math.floor(UNSENT_BYTES_MAX / encodeFrame(chunk).length);
    for (let i = 0; i < fits; i += 1) sender.send(chunk);
    expect(sender.open).toBe(true);
    expect(near.writeBufferLength).toBeLessThanOrEqual(encodeFrame(chunk).length);
    for (let i = 0; i < 3 && sender.open; i += 1) sender.send(chunk);
    expect(sender.open).toBe(false);
    expect(await closed).toContain(`${UNSENT_BYTES_MAX} bytes wait`);
    sender.send(chunk);
  });

  test('a reader that comes back gets everything, in order', async () => {
    const { far, ends, frames, ended } = await pair();
    const [sender, receiver] = ends;
    far.pause();
    for (let i = 0; i < 7; i += 1) sender.send(new Uint8Array(FRAME_BYTES_MAX).fill(i));
    receiver.start();
    far.resume();
    await sender.close();
    await ended;
    expect(frames.map((frame) => [frame.length, frame[0]])).toEqual(
      Array.from({ length: 7 }, (_, i) => [FRAME_BYTES_MAX, i]),
    );
  });

  test('frames that came before the start are kept', async () => {
    const { far, ends, frames, ended } = await pair();
    const [sender, receiver] = ends;
    sender.send(Uint8Array.of(1, 2, 3));
    await sender.close();
    if (far.remoteWriteStatus !== 'closed') await pEvent(far, 'remoteCloseWrite');
    receiver.start();
    await ended;
    expect(frames).toEqual([Uint8Array.of(1, 2, 3)]);
  });

  test('what a negotiation read too much and gave back comes before the end that came with it', async () => {
    const [near, far] = await yamuxPair();
    const told: string[] = [];
    const ended = Promise.withResolvers<void>();
    const negotiation = byteStream(far);
    near.send(encodeFrame(Uint8Array.of(1, 2, 3)));
    await near.close();
    if (!far.readableEnded) await pEvent(far, 'end');
    negotiation.unwrap();
    const receiver = new FrameStream(far, {
      onFrame: (frame) => void told.push(`frame of ${frame.length}`),
      onEnd() {
        told.push('end');
        ended.resolve();
      },
      onClosed: () => told.push('closed'),
    });
    receiver.start();
    await ended.promise;
    expect(told).toEqual(['frame of 3', 'end']);
  });

  test.each([
    ['is too long', Uint8Array.of(0xff, 0xff, 0xff)],
    ['has a bad length', Uint8Array.of(0x80, 0x00)],
  ])('a frame that %s resets the stream with a reason', async (_, bytes) => {
    const { near, ends, frames, closed, farClosed, told } = await pair();
    ends[1].start();
    near.send(encodeFrame(Uint8Array.of(5)));
    near.send(bytes);
    expect(await farClosed).toMatch(/frame/);
    expect(await closed).toBe('the other side reset the stream');
    expect(frames).toEqual([Uint8Array.of(5)]);
    expect(told).toEqual(['closed']);
  });

  test('nothing is delivered after the owner ended the stream', async () => {
    const [near, far] = await yamuxPair();
    const frames: Uint8Array[] = [];
    const closed = Promise.withResolvers<string>();
    const receiver: FrameStream = new FrameStream(far, {
      onFrame(frame) {
        frames.push(frame);
        receiver.abort('enough');
      },
      onEnd() {},
      onClosed: (reason) => closed.resolve(reason),
    });
    receiver.start();
    near.send(Uint8Array.of(1, 1, 1, 2, 1, 3));
    expect(await closed.promise).toBe('enough');
    expect(frames).toEqual([Uint8Array.of(1)]);
    receiver.start();
  });

  test.each([
    ['frame_too_long', Uint8Array.of(0xff, 0xff, 0xff)],
    ['bad_frame_length', Uint8Array.of(0x81, 0x00)],
    ['frame_truncated', Uint8Array.of(9, 1)],
  ])('what is no frame ends the stream with %s', async (code, bytes) => {
    const [near, far] = await yamuxPair();
    const closed = Promise.withResolvers<string | undefined>();
    const receiver = new FrameStream(far, {
      onFrame: () => expect.fail('a frame'),
      onEnd: () => expect.fail('a good end'),
      onClosed: (_, fault) => closed.resolve(fault?.code),
    });
    receiver.start();
    near.send(bytes);
    void near.close();
    expect(await closed.promise).toBe(code);
  });

  test('a close waits no longer than a second for a reader that does not come', async () => {
    const { far, ends, closed } = await pair();
    far.pause();
    for (let i = 0; i < 4; i += 1) ends[0].send(new Uint8Array(FRAME_BYTES_MAX));
    await ends[0].close();
    expect(await closed).toBe('the stream could not be closed in time');
  });
});
