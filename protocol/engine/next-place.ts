import type { FrontierEntry } from '../sync/index.ts';

/** Where the next record of a log stands: its segment, and how many records of that are held. */
export const nextPlace = (
  newest: Pick<FrontierEntry, 'segment' | 'events' | 'sealed'> | undefined,
): { readonly segment: number; readonly events: number } => {
  if (newest === undefined) return { segment: 0, events: 0 };
  const { segment, events, sealed } = newest;
  return sealed ? { segment: segment + 1, events: 0 } : { segment, events };
};
