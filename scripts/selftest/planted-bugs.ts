import { MEMBERSHIP_BUGS } from './bugs/membership.ts';
import { STATE_BUGS } from './bugs/state.ts';
import { STORAGE_BUGS } from './bugs/storage.ts';
import { SYNC_BUGS } from './bugs/sync.ts';
import type { PlantedBug } from './planted-bug.ts';

/** Every bug that the checks of the simulator must be able to find. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...STORAGE_BUGS,
  ...SYNC_BUGS,
  ...STATE_BUGS,
  ...MEMBERSHIP_BUGS,
];
