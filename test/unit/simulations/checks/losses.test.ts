import { describe, expect, it } from 'vitest';
import { deviceOf } from '../../../../protocol/event/index.ts';
import { SmoError } from '../../../../protocol/fault/index.ts';
import { possessionsOf } from '../../../../simulations/checks/index.ts';
import { Losses } from '../../../../simulations/checks/losses.ts';
import type { WatchedDevice } from '../../../../simulations/checks/watched-device.ts';
import { ORIGINS } from '../../../support/authored-history.ts';

const origin = ORIGINS.A;

/** A device that holds a log up to a seq, in segments of 10 records, and cannot read some of them. */
const holder = (length: number, ...damaged: readonly number[]): WatchedDevice =>
  ({
    number: length,
    device: deviceOf(ORIGINS.B),
    records: {
      record(_: string, seq: number) {
        if (damaged.includes(seq)) throw new SmoError('store_damaged', 'a record cannot be read');
        return seq <= length ? new Uint8Array([seq]) : undefined;
      },
      manifest(_: string, segment: number) {
        const firstSeq = 10 * segment + 1;
        return firstSeq > length ? undefined : { firstSeq, events: Math.min(10, length - firstSeq + 1) };
      },
    },
    engine: {
      frontier: () => [{ origin, seq: length, frozen: false }],
      membership: { accepts: () => true },
    },
  }) as unknown as WatchedDevice;

/** The same, of the device that has written the log. */
const author = (length: number, ...damaged: readonly number[]): WatchedDevice => ({
  ...holder(length, ...damaged),
  device: deviceOf(origin),
});

describe('a record is lost', () => {
  it('when a disk has destroyed it and no device can give it', () => {
    const losses = new Losses();
    const devices = [holder(7), holder(15, 8)];
    expect(losses.isLost(origin, 8, devices)).toBe(false);
    losses.destroyed(origin, 8);
    expect(losses.isLost(origin, 8, devices)).toBe(true);
    expect(losses.isLost(ORIGINS.B, 8, devices)).toBe(false);
    expect(losses.isLost(origin, 8, [...devices, holder(9)])).toBe(false);
  });

  it.each([
    ['its author, if all before it can be read', [author(9, 8)], [4, 7], [8]],
    ['its author only that way', [author(9, 2, 8)], [1, 9], [2, 4, 7, 8]],
    ['another one, if all after it can be read', [holder(9, 5)], [6, 9], [1, 5]],
    ['whoever can be healed by one other', [holder(9, 4, 5), holder(6)], [1, 5, 9], []],
    ['nobody whom two would have to heal', [holder(9, 4, 8), holder(9, 4, 6), holder(5, 5)], [4, 7, 9], [6]],
    ['whoever has it in another segment', [holder(15, 8)], [9, 11, 15], [8]],
  ])('but not what can be given by %s', (_, devices, given, lost) => {
    const losses = new Losses();
    losses.destroyed(origin, 2);
    const lostOf = (seqs: readonly number[]) => seqs.filter((seq) => losses.isLost(origin, seq, devices));
    expect([lostOf(given), lostOf(lost)]).toEqual([[], lost]);
  });

  it('but not what nobody holds and no disk has destroyed', () => {
    const losses = new Losses();
    losses.destroyed(origin, 8);
    expect([7, 8].map((seq) => losses.isLost(origin, seq, [holder(5)]))).toEqual([false, true]);
  });
});

it('nobody lacks what is lost, nor what comes after it in its log', () => {
  const losses = new Losses();
  const missing = (...devices: readonly WatchedDevice[]) =>
    possessionsOf(devices, (log, seq) => losses.isLost(log, seq, devices)).map((of) => of.missing);
  expect(missing(holder(15, 8), holder(7), holder(5))).toEqual([0, 8, 10]);
  losses.destroyed(origin, 8);
  expect(missing(holder(15, 8), holder(7))).toEqual([0, 0]);
  // Who lacks more than that can get some of it.
  expect(missing(holder(15, 8), holder(7), holder(5))).toEqual([0, 0, 10]);
});
