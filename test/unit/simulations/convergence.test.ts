import { expect, test } from 'vitest';
import type { Place } from '../../../protocol/log/index.ts';
import type { SimDevice } from '../../../simulations/device/index.ts';
import { isConverged } from '../../../simulations/run/convergence.ts';
import { ORIGINS } from '../../support/authored-history.ts';

const { A, B, C } = ORIGINS;

/** Two devices that hold the same, and of which the same waits. */
const pairThatWaits = (...waiting: readonly { readonly place: Place; readonly waitsFor: Place }[]) => {
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
