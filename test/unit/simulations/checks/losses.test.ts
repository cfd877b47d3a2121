import { describe, expect, it } from 'vitest';
import { SmoError } from '../../../../protocol/fault/index.ts';
import { possessionsOf } from '../../../../simulations/checks/index.ts';
import { Losses } from '../../../../simulations/checks/losses.ts';
import type { WatchedDevice } from '../../../../simulations/checks/watched-device.ts';
import { ORIGINS } from '../../../support/authored-history.ts';

const origin = ORIGINS.A;

/** A device that holds a log up to a seq, and cannot read some of its records. */
const holder = (length: number, ...damaged: readonly number[]): WatchedDevice =>
  ({
    number: length,
    records: {
      record(_: string, seq: number) {
        if (damaged.includes(seq)) throw new SmoError('store_damaged', 'a record cannot be read');
        return seq <= length ? new Uint8Array([seq]) : undefined;
      },
    },
    engine: {
      frontier: () => [{ origin, seq: length, frozen: false }],
      membership: { accepts: () => true },
    },
  }) as unknown as WatchedDevice;

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

  it('not when it came before all that was destroyed, or can still be read', () => {
    const losses = new Losses();
    losses.destroyed(origin, 8);
    losses.destroyed(origin, 9);
    expect([7, 8, 9, 10].map((seq) => losses.isLost(origin, seq, [holder(9, 8)]))).toEqual([
      false,
      true,
      false,
      true,
    ]);
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
