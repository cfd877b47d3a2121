import { describe, expect, test } from 'vitest';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import { Twins } from '../../../simulations/run/twins.ts';

const [first, second, shared] = ['first', 'second', 'shared'] as unknown as readonly DeviceId[];

/** Of devices 0 to 3, the last two have one key; these pairs have a session. */
const madeTwins = (...sessions: readonly string[]) => {
  const twins = new Twins([first, second, shared, shared] as readonly DeviceId[]);
  const network = { hasSession: (a: number, b: number) => sessions.includes(`${a}-${b}`) };
  return {
    numberOf: (id: DeviceId | undefined, from: number) => twins.numberOf(id as DeviceId, from, network),
    isFree: (from: number, to: number) => twins.isFree(from, to, network),
  };
};

describe('two devices with one key', () => {
  test('are told apart by who has a session with which', () => {
    const { numberOf } = madeTwins('0-3');
    expect([numberOf(shared, 0), numberOf(shared, 1), numberOf(second, 0)]).toEqual([3, 2, 1]);
    expect(numberOf('stranger' as DeviceId, 0)).toBeUndefined();
  });

  test('are spoken with one at a time, and never with each other', () => {
    const { isFree } = madeTwins('0-3');
    expect([isFree(0, 3), isFree(0, 2), isFree(1, 2), isFree(1, 3), isFree(0, 1)]).toEqual([
      true,
      false,
      true,
      true,
      true,
    ]);
    expect([isFree(2, 3), isFree(3, 2)]).toEqual([false, false]);
  });

  test('are none where each device has a key of its own', () => {
    expect(new Twins([first, second] as readonly DeviceId[]).isAny).toBe(false);
  });
});
