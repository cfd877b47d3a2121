import type { ConnectionEncrypter, MessageStream } from '@libp2p/interface';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { endingSilence } from '../../../transports/silence.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => vi.useRealTimers());

/** A stream of bytes that tells of what comes, and of its end. */
class FakeStream extends EventTarget {
  status = 'open';
  reason: string | undefined;

  abort({ message }: Error): void {
    this.reason ??= message;
    this.close();
  }

  come(): void {
    this.dispatchEvent(new Event('message'));
  }

  close(): void {
    this.status = 'closed';
    this.dispatchEvent(new Event('close'));
  }
}

const SECURED = { remotePeer: 'somebody' };

const encrypter = (during: (stream: FakeStream) => void = () => undefined): ConnectionEncrypter => {
  const secure = async (stream: unknown) => {
    during(stream as FakeStream);
    return SECURED;
  };
  return endingSilence({
    protocol: '/none',
    secureInbound: secure,
    secureOutbound: secure,
  } as unknown as ConnectionEncrypter);
};

const WAYS = ['secureInbound', 'secureOutbound'] as const;

test.each(WAYS)('%s: a connection on which nothing comes is given up after 20 s', async (way) => {
  const stream = new FakeStream();
  expect(await encrypter()[way](stream as unknown as MessageStream)).toBe(SECURED);
  vi.advanceTimersByTime(19_999);
  expect(stream.status).toBe('open');
  vi.advanceTimersByTime(1);
  expect(stream.reason).toBe('nothing has come for 20 s');
  expect(vi.getTimerCount()).toBe(0);
});

test.each(WAYS)('%s: one on which something comes now and then is not', async (way) => {
  const stream = new FakeStream();
  await encrypter()[way](stream as unknown as MessageStream);
  for (let i = 0; i < 100; i += 1) {
    vi.advanceTimersByTime(14_000);
    stream.come();
  }
  expect(stream.reason).toBeUndefined();
  vi.advanceTimersByTime(20_000);
  expect(stream.reason).toBe('nothing has come for 20 s');
});

test('one that has ended is looked at no more', async () => {
  const stream = new FakeStream();
  await encrypter().secureInbound(stream as unknown as MessageStream);
  stream.close();
  const ended = new FakeStream();
  await encrypter((one) => one.close()).secureInbound(ended as unknown as MessageStream);
  expect(vi.getTimerCount()).toBe(0);
  expect([stream.reason, ended.reason]).toEqual([undefined, undefined]);
});

test('nobody listens before it is secured: what comes is for whoever secures it', async () => {
  const listening = vi.spyOn(FakeStream.prototype, 'addEventListener');
  await encrypter(() => expect(listening).not.toHaveBeenCalled()).secureInbound(
    new FakeStream() as unknown as MessageStream,
  );
  expect(listening).toHaveBeenCalledWith('message', expect.any(Function));
});
