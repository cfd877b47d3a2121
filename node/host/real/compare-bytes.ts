import type { Plan } from '../../../simulations/index.ts';
import type { RealBytes, RealFigures } from '../../cli/index.ts';

/** By how much the bytes of real devices may differ from those of virtual ones. */
const MORE_PERCENT_MAX = 25;

/** With fewer bytes, a few frames more or less decide. */
const JUDGED_BYTES_MIN = 250_000;

/**
 * On links that take longer, on the average, what is written meanwhile gathers to one message. Real devices here have no
 * such links, and send each event as it comes.
 */
const JUDGED_DELAY_US_MAX = 100_000;

/** Compares the frames of sync that have come to virtual and to real devices, by their bytes. */
export const compareBytes = (
  { links }: Pick<Plan, 'links'>,
  simulated: Pick<RealFigures, 'bytes'>,
  real: Pick<RealFigures, 'bytes'>,
): RealBytes => {
  const morePercent = Math.round((100 * (real.bytes - simulated.bytes)) / Math.max(1, simulated.bytes));
  const unjudged = whyUnjudged(links, simulated.bytes);
  return { morePercent, morePercentMax: MORE_PERCENT_MAX, ...(unjudged !== undefined && { unjudged }) };
};

const whyUnjudged = (links: Plan['links'], bytes: number): string | undefined => {
  if (bytes < JUDGED_BYTES_MIN) return `fewer than ${JUDGED_BYTES_MIN / 1_000} kB are too few to compare`;
  const delayUs =
    links.reduce((sum, { minUs, meanExtraUs }) => sum + minUs + meanExtraUs, 0) / Math.max(1, links.length);
  if (delayUs <= JUDGED_DELAY_US_MAX) return undefined;
  return `on links of more than ${JUDGED_DELAY_US_MAX / 1_000} ms, events gather to fewer messages`;
};
