import type { Workload } from '../workload.ts';
import { appending } from './append.ts';
import { fill } from './fill.ts';
import { found } from './found.ts';
import { joining } from './join.ts';
import { repair } from './repair.ts';

/** What the power can be cut in, by name. */
export const WORKLOADS = { found, append: appending, fill, join: joining, repair } satisfies Record<
  string,
  Workload
>;

export type WorkloadName = keyof typeof WORKLOADS;
