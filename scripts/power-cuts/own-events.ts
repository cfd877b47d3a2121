import type { Status } from '../../node/api/index.ts';

/** How many events a device holds that it has written itself. */
export const ownEvents = ({ device, frontier }: Status): number =>
  Object.entries(frontier).reduce(
    (sum, [origin, length]) => (origin.startsWith(device) ? sum + length : sum),
    0,
  );
