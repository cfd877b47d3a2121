import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runDoctor } from '../../../node/host/doctor/doctor.ts';
import { initDevice, openDevice } from '../../../node/index.ts';
import { ownEvents } from '../own-events.ts';
import { placeIn, type Workload, type WorkloadPlace } from '../workload.ts';
import { append, notes } from './notes.ts';

/** A store with a file that has changed is repaired; what cannot be read is given up. */
export const repair: Workload = {
  what: 'its damaged records are repaired',
  async prepare(place) {
    const { home, env, elsewhere } = place;
    await initDevice(home, { name: 'desk', spaceName: 'power cuts' }, env);
    for (const _part of [1, 2, 3]) {
      const { api, close } = await openDevice(home, env);
      await append(api, notes(200));
      await api.seal();
      await append(api, notes(20));
      await close();
    }
    spoil(join(home, 'records'));
    const copy = placeIn(join(elsewhere, 'copy'), elsewhere);
    cpSync(place.folder, copy.folder, { recursive: true });
    return { events: await repaired(copy) };
  },
  async run(place, promise) {
    promise({ events: await repaired(place) });
  },
  async recover(place) {
    await repaired(place);
  },
  leaves: 'log_cut',
};

/** Has a home repaired; gives how many events of its device are held then. */
const repaired = async ({ home, env }: WorkloadPlace): Promise<number> => {
  const { repairs } = await runDoctor(home, env, { repair: true, giveUp: true });
  const failed = repairs.find(({ done }) => !done);
  if (failed !== undefined) throw new Error(`${failed.message}: ${failed.failure}`);
  const { api, close } = await openDevice(home, env);
  const held = ownEvents(await api.status());
  await close();
  return held;
};

/** Changes a byte in the middle of the newest table of a database. */
const spoil = (dir: string): void => {
  const newest = readdirSync(dir)
    .filter((name) => name.endsWith('.ldb'))
    .sort()
    .at(-1);
  if (newest === undefined) throw new Error(`${dir} has no table`);
  const bytes = readFileSync(join(dir, newest));
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 0x10;
  writeFileSync(join(dir, newest), bytes);
};
