/**
 * What libp2p does today that our code works around. When one of these fails after an upgrade, libp2p was
 * mended, and the work-around that cites the fact can go.
 */
import { yamux } from '@chainsafe/libp2p-yamux';
import type { Stream } from '@libp2p/interface';
import { byteStream, multiaddrConnectionPair } from '@libp2p/utils';
import { pEvent } from 'p-event';
import { expect, test } from 'vitest';
import { yamuxPair } from './yamux-pair.ts';

const CHUNK = new Uint8Array(64 * 1024);

const fill = (stream: Stream): void => {
  for (let i = 0; i < 64 && stream.send(CHUNK); i += 1);
};

test('fact 1: the second wait for onDrain() does not wait', async () => {
  const [near, far] = await yamuxPair();
  far.addEventListener('message', () => {});
  fill(near);
  await near.onDrain();
  if (near.writeBufferLength > 0) await pEvent(near, 'idle');
  far.pause();
  fill(near);
  expect(near.writableNeedsDrain).toBe(true);
  await near.onDrain();
  expect(near.writableNeedsDrain).toBe(true);
});

test('fact 2: the write buffer of a Yamux stream has no bound unless one is set', async () => {
  const [near] = await yamuxPair();
  expect(near.maxWriteBufferLength ?? Number.POSITIVE_INFINITY).toBe(Number.POSITIVE_INFINITY);
  const [outbound] = multiaddrConnectionPair();
  const bounded = yamux({ streamOptions: { maxWriteBufferLength: 1_000 } })().createStreamMuxer(outbound);
  expect((await bounded.createStream()).maxWriteBufferLength).toBe(1_000);
});

test('fact 2: a stream that nobody reads keeps what arrives up to 4 MiB, and is reset then', async () => {
  const [near, far] = await yamuxPair();
  expect(far.maxReadBufferLength).toBe(4 * 1024 * 1024);
  const closed = pEvent(far, 'close');
  let sent = 0;
  while (near.status === 'open' && sent < 8 * far.maxReadBufferLength) {
    sent += CHUNK.length;
    if (!near.send(CHUNK) && near.writableNeedsDrain) {
      await Promise.race([pEvent(near, 'drain'), closed]);
    }
  }
  await closed;
  expect(far.status).toBe('aborted');
  expect(sent).toBeGreaterThan(far.maxReadBufferLength);
  expect(sent).toBeLessThan(2 * far.maxReadBufferLength);
});

test('fact 3: a stream keeps no message boundaries', async () => {
  const [near, far] = await yamuxPair();
  const sizes: number[] = [];
  const all = Promise.withResolvers<void>();
  far.addEventListener('message', ({ data }) => {
    sizes.push(data.byteLength);
    if (sizes.reduce((sum, size) => sum + size, 0) === 300_002) all.resolve();
  });
  near.send(Uint8Array.of(1));
  near.send(Uint8Array.of(2));
  near.send(new Uint8Array(300_000));
  await all.promise;
  expect(sizes).not.toEqual([1, 1, 300_000]);
});

test('fact 26: a stream that has ended may still hold what a negotiation gave back', async () => {
  const [near, far] = await yamuxPair();
  const negotiation = byteStream(far);
  near.send(Uint8Array.of(1));
  await near.close();
  if (!far.readableEnded) await pEvent(far, 'end');
  negotiation.unwrap();
  expect({ ended: far.readableEnded, held: far.readBufferLength }).toEqual({ ended: true, held: 1 });
});

test('fact 27: reading a stream that its remote has closed does not come to an end', async () => {
  const [near, far] = await yamuxPair();
  near.send(Uint8Array.of(1));
  await near.close();
  if (far.remoteWriteStatus !== 'closed') await pEvent(far, 'remoteCloseWrite');
  const parts = far[Symbol.asyncIterator]();
  expect((await parts.next()).value?.subarray()).toEqual(Uint8Array.of(1));
  const end = parts.next();
  far.abort(new Error('still waiting'));
  await expect(end).rejects.toThrow('still waiting');
});
