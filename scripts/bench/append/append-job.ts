/** How events come to be appended. */
export type Manner = 'batches' | 'one caller' | 'many callers';

/** What a process that appends is told. */
export interface AppendJob {
  readonly folder: string;
  /** Whether there is a home in the folder, which is written on; a new one is made otherwise. */
  readonly filled?: boolean;
  readonly manner: Manner;
  readonly events: number;
}

/** Those that append at the same time in the manner of many callers, each one event after the other. */
export const CALLERS = 32;

/** Appends a part of the events beforehand, while code is compiled, one to so many. */
const WARM_UP_PART = 5;

/** What is measured: something that takes a list, and is done when all of it is on the disk. */
export type Append<Item> = (items: readonly Item[]) => Promise<unknown>;

/** Appends all in the manner that is asked for; events a second. */
export const timeAppends = async <Item>(
  { manner, events }: AppendJob,
  make: (count: number) => readonly Item[],
  append: Append<Item>,
  batches: (items: readonly Item[]) => readonly (readonly Item[])[],
): Promise<{ readonly perS: number }> => {
  const all = make(events + Math.ceil(events / WARM_UP_PART));
  const [warmUp, measured] = [all.slice(events), all.slice(0, events)];
  await run(manner, warmUp, append, batches);
  const beganMs = performance.now();
  await run(manner, measured, append, batches);
  return { perS: (1_000 * events) / (performance.now() - beganMs) };
};

const run = async <Item>(
  manner: Manner,
  items: readonly Item[],
  append: Append<Item>,
  batches: (items: readonly Item[]) => readonly (readonly Item[])[],
): Promise<void> => {
  if (manner === 'batches') {
    for (const batch of batches(items)) await append(batch);
    return;
  }
  // All callers take from one list: none of them is idle while another still has much to do.
  const left = items.values();
  const call = async (): Promise<void> => {
    for (const item of left) await append([item]);
  };
  await Promise.all(Array.from({ length: manner === 'one caller' ? 1 : CALLERS }, call));
};
