import { expect, test } from 'vitest';
import type { Place } from '../../../protocol/log/index.ts';
import type { SimDevice } from '../../../simulations/device/index.ts';
import { isConverged } from '../../../simulations/run/convergence.ts';
import { ORIGINS } from '../../support/authored-history.ts';

const { A, B, C } = ORIGINS;

interface Waits {
  readonly place: Place;
  readonly waitsFor: Place;
}

/** Two devices that hold the same, and of which the same waits. */
const pairThatWaits = (...waiting: readonly Waits[]) => {
  const device = {
    engine: {
      replica: { digest: { toHex: () => '00' } },
      rebuilding: undefined,
      waiting: () => waiting,
      frontier: () => [
        { origin: A, seq: 4, frozen: false },
        { origin: B, seq: 9, frozen: false },
      ],
    },
  } as unknown as SimDevice;
  return [device, device];
};

const at = (origin: Place['origin'], seq: number): Place => ({ origin, seq });
const isLost = (origin: Place['origin']): boolean => origin === C;

test.each([
  ['nothing waits', [], true],
  ['what waits does so for what is lost', [{ place: at(A, 3), waitsFor: at(C, 1) }], true],
  ['what waits does so for what is not lost', [{ place: at(A, 3), waitsFor: at(B, 10) }], false],
  [
    'what waits does so for what waits itself for what is lost',
    [
      { place: at(A, 3), waitsFor: at(B, 8) },
      { place: at(B, 7), waitsFor: at(C, 1) },
    ],
    true,
  ],
  [
    'what waits does so for what came before that',
    [
      { place: at(A, 3), waitsFor: at(B, 6) },
      { place: at(B, 7), waitsFor: at(C, 1) },
    ],
    false,
  ],
  [
    'what waits does so for what waits itself for what is not lost',
    [
      { place: at(A, 3), waitsFor: at(B, 8) },
      { place: at(B, 7), waitsFor: at(A, 2) },
    ],
    false,
  ],
])('when %s, devices that hold the same are equal or not', (_, waiting, expected) => {
  expect(isConverged(pairThatWaits(...waiting), isLost)).toBe(expected);
});

/** A device that holds and has applied so much of each log. */
const deviceThat = (
  digest: string,
  applied: ReadonlyMap<Place['origin'], number>,
  ...waiting: readonly Waits[]
) =>
  ({
    engine: {
      replica: { digest: { toHex: () => digest }, applied: () => applied },
      rebuilding: undefined,
      waiting: () => waiting,
      frontier: () =>
        [...applied].map(([origin, seq]) => {
          const waits = waiting.find(({ place }) => place.origin === origin);
          return { origin, seq: waits?.place.seq ?? seq, frozen: false };
        }),
    },
  }) as unknown as SimDevice;

test.each([
  [
    'one has applied what is lost',
    [
      [A, 4],
      [C, 2],
    ],
    [
      [A, 4],
      [C, 1],
    ],
    [],
    true,
  ],
  [
    'one has applied what is not lost',
    [
      [A, 4],
      [B, 2],
    ],
    [
      [A, 4],
      [B, 1],
    ],
    [],
    false,
  ],
  [
    'one lacks something beside what is lost',
    [
      [A, 4],
      [C, 2],
    ],
    [
      [A, 3],
      [C, 1],
    ],
    [],
    false,
  ],
  [
    'one waits for what is lost',
    [
      [A, 4],
      [C, 2],
    ],
    [
      [A, 3],
      [C, 1],
    ],
    [{ place: at(A, 4), waitsFor: at(C, 2) }],
    true,
  ],
  [
    'one has nothing of a log that is lost from its beginning on',
    [
      [A, 4],
      [C, 2],
    ],
    [[A, 4]],
    [],
    true,
  ],
  ['both have applied the same', [[A, 4]], [[A, 4]], [], false],
] as const)(
  'when %s, devices that show different states are equal or not',
  (_, one, other, waiting, expected) => {
    const devices = [deviceThat('00', new Map(one)), deviceThat('01', new Map(other), ...waiting)];
    expect(isConverged(devices, isLost)).toBe(expected);
  },
);
