import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { STABLE_MS } from '../../../transports/backoff.ts';
import { Redialer, type RedialTarget } from '../../../transports/redialer.ts';

const SECOND_MS = 1_000;

/** A redialer over a world in which the named targets are missing, and dials fail unless told otherwise. */
const world = (...missing: string[]) => {
  const wanted = new Set(missing);
  const dials: string[] = [];
  let reachable = false;
  let aborted = 0;
  let listings = 0;
  const toKey = (key: string): RedialTarget => ({ key, addresses: [key], relayed: [] });
  const redialer = new Redialer({
    random: () => 0,
    targets() {
      listings += 1;
      return [...wanted].map(toKey);
    },
    target: (key) => (wanted.has(key) ? toKey(key) : undefined),
    async dial({ key }, signal) {
      signal.addEventListener('abort', () => {
        aborted += 1;
      });
      dials.push(key);
      if (!reachable) throw new Error('nobody there');
      wanted.delete(key);
    },
  });
  return {
    redialer,
    wanted,
    dials,
    aborted: () => aborted,
    listings: () => listings,
    reach: (on: boolean) => {
      reachable = on;
    },
  };
};

describe('redialer', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('dials at once, then at growing intervals, for ever', async () => {
    const { redialer, dials } = world('a');
    redialer.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(dials.length).toBe(1);
    // 1 + 2 + 4 + 8 s of waiting, the first of them after one failure.
    await vi.advanceTimersByTimeAsync(15 * SECOND_MS);
    expect(dials.length).toBe(5);
    await vi.advanceTimersByTimeAsync(3_600 * SECOND_MS);
    expect(dials.length).toBeGreaterThan(80);
    redialer.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('each target has a back-off of its own, and who is not wanted any more is left alone', async () => {
    const { redialer, dials, wanted } = world('a');
    redialer.start();
    await vi.advanceTimersByTimeAsync(10 * SECOND_MS);
    wanted.add('b');
    redialer.refresh();
    await vi.advanceTimersByTimeAsync(0);
    expect(dials.at(-1)).toBe('b');
    wanted.clear();
    dials.length = 0;
    await vi.advanceTimersByTimeAsync(3_600 * SECOND_MS);
    expect(dials).toEqual([]);
  });

  test('a dial does not look at the other targets, however many there are', async () => {
    const { redialer, dials, listings } = world(...Array.from({ length: 100 }, (_, n) => `target ${n}`));
    redialer.start();
    await vi.advanceTimersByTimeAsync(600 * SECOND_MS);
    expect(dials.length).toBeGreaterThan(1_000);
    expect(listings()).toBe(1);
    redialer.stop();
  });

  test('who is connected may be a target again, to be connected better', async () => {
    const { redialer, dials, wanted, reach } = world('a');
    reach(true);
    redialer.start();
    await vi.advanceTimersByTimeAsync(0);
    wanted.add('a directly');
    redialer.up(['a']);
    await vi.advanceTimersByTimeAsync(0);
    expect(dials).toEqual(['a', 'a directly']);
    redialer.stop();
  });

  test('forgets the back-off when told to', async () => {
    const { redialer, dials, listings } = world('a', 'b');
    redialer.start();
    await vi.advanceTimersByTimeAsync(600 * SECOND_MS);
    dials.length = 0;
    const before = listings();
    redialer.now(['a', 'a directly', 'nobody']);
    await vi.advanceTimersByTimeAsync(0);
    expect(dials).toEqual(['a']);
    expect(listings()).toBe(before + 1);
    redialer.now();
    await vi.advanceTimersByTimeAsync(0);
    expect(dials).toEqual(['a', 'a', 'b']);
  });

  test.each([
    ['short', STABLE_MS - 1, 1],
    ['long', STABLE_MS, 0],
  ])('after a %s connection it waits accordingly', async (_, upMs, failures) => {
    const { redialer, dials, wanted, reach } = world('a');
    reach(true);
    redialer.start();
    await vi.advanceTimersByTimeAsync(0);
    redialer.up(['a']);
    await vi.advanceTimersByTimeAsync(upMs);
    wanted.add('a');
    redialer.down(['a']);
    const waitMs = 500 * 2 ** failures;
    await vi.advanceTimersByTimeAsync(waitMs - 1);
    expect(dials.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(dials.length).toBe(2);
  });

  test('after a long connection it does not wait for what was planned before', async () => {
    const { redialer, dials, wanted } = world('a');
    redialer.start();
    await vi.advanceTimersByTimeAsync(600 * SECOND_MS);
    dials.length = 0;
    while (dials.length === 0) await vi.advanceTimersByTimeAsync(SECOND_MS);
    // It comes by itself, soon after a dial in vain.
    wanted.clear();
    redialer.up(['a']);
    await vi.advanceTimersByTimeAsync(STABLE_MS);
    wanted.add('a');
    redialer.down(['a']);
    await vi.advanceTimersByTimeAsync(SECOND_MS);
    expect(dials).toEqual(['a', 'a']);
    redialer.stop();
  });

  test('counts the tries since a target was connected, whatever becomes of the back-off', async () => {
    const tries: number[] = [];
    const redialer = new Redialer({
      random: () => 0,
      targets: () => [{ key: 'a', addresses: [], relayed: [] }],
      target: (key) => ({ key, addresses: [], relayed: [] }),
      async dial(_target, _signal, count) {
        tries.push(count);
        throw new Error('nobody there');
      },
    });
    redialer.start();
    await vi.advanceTimersByTimeAsync(0);
    redialer.now();
    await vi.advanceTimersByTimeAsync(0);
    redialer.now(['a']);
    await vi.advanceTimersByTimeAsync(0);
    redialer.up(['a']);
    redialer.now();
    await vi.advanceTimersByTimeAsync(0);
    expect(tries).toEqual([0, 1, 2, 0]);
    redialer.stop();
  });

  test('a stop ends dials under way and starts none; a start begins anew', async () => {
    const { redialer, dials, aborted } = world('a');
    redialer.refresh();
    redialer.now();
    expect(vi.getTimerCount()).toBe(0);
    redialer.start();
    redialer.start();
    await vi.advanceTimersByTimeAsync(0);
    redialer.stop();
    expect([dials.length, aborted()]).toEqual([1, 1]);
    await vi.advanceTimersByTimeAsync(3_600 * SECOND_MS);
    expect(dials.length).toBe(1);
    redialer.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(dials.length).toBe(2);
    redialer.stop();
  });
});
