import type { DeviceId } from '../crypto/index.ts';
import type { Origin, Seq } from '../event/index.ts';
import { composeKey, paddedNumber } from '../projection/index.ts';

/** Version of the state rows; a store of another version is rebuilt from the records. */
export const STATE_FORMAT = 4;

/**
 * Keys of the engine's own rows in the state store, beside those of the projection.
 *
 * | key                 | row                                                        |
 * |---------------------|------------------------------------------------------------|
 * | meta                | {@link MetaRow}                                            |
 * | applied, ORIGIN     | length of the log's applied prefix                         |
 * | causal, ORIGIN, SEQ | seen vector that holds from this event on (what rises)     |
 * | control, N          | the n-th control event that was applied, as a whole        |
 * | fork, ORIGIN        | seq at which the log is known to be forked                 |
 * | cursor, DEVICE      | how much of that device's record store is held here        |
 */
export const stateKey = {
  meta: composeKey('meta'),
  applied: (origin: Origin): string => composeKey('applied', origin),
  causal: (origin: Origin, seq: Seq): string => composeKey('causal', origin, paddedNumber(seq)),
  fork: (origin: Origin): string => composeKey('fork', origin),
  control: (n: number): string => composeKey('control', paddedNumber(n)),
  cursor: (device: DeviceId): string => composeKey('cursor', device),
} as const;

/** Starts of the keys of the engine's rows. */
export const statePrefix = {
  applied: composeKey('applied', ''),
  causal: composeKey('causal', ''),
  control: composeKey('control', ''),
  fork: composeKey('fork', ''),
  cursor: composeKey('cursor', ''),
} as const;
