import type { RealBytes, RealFigures } from '../../cli/index.ts';

/** By how much the bytes of real devices may differ from those of virtual ones. */
const MORE_PERCENT_MAX = 25;

/** With fewer bytes, a few frames more or less decide. */
const JUDGED_BYTES_MIN = 25_000;

/** Compares the frames of sync that have come to virtual and to real devices, by their bytes. */
export const compareBytes = (
  simulated: Pick<RealFigures, 'bytes'>,
  real: Pick<RealFigures, 'bytes'>,
): RealBytes => {
  const morePercent = Math.round((100 * (real.bytes - simulated.bytes)) / Math.max(1, simulated.bytes));
  const compared = { morePercent, morePercentMax: MORE_PERCENT_MAX };
  if (simulated.bytes >= JUDGED_BYTES_MIN) return compared;
  return { ...compared, unjudged: `fewer than ${JUDGED_BYTES_MIN / 1_000} kB are too few to compare` };
};
