import { newOrigin } from '../../../node/host/device.ts';
import { openDevice } from '../../../node/host/open-device.ts';
import type { HomePlace } from '../../home-place.ts';
import { batchesOf, noteDrafts } from '../workload/notes.ts';

/** Other texts than those of the home. */
const SEED = 2n;

/** Writes to the first entities of a home once more, without having seen anything: each has a conflict from then on. */
export const addConflicts = async ({ home, env }: HomePlace, conflicts: number): Promise<void> => {
  const device = await openDevice(home, env);
  const origin = newOrigin(device);
  for (const drafts of batchesOf(noteDrafts(conflicts, conflicts, SEED))) {
    await device.host.append(drafts.map((draft) => ({ draft, origin, seen: {} })));
  }
  await device.close();
};
