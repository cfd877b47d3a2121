import { initDevice, openDevice } from '../../../node/index.ts';
import type { Workload } from '../workload.ts';
import { append, notes } from './notes.ts';

/** Enough for LevelDB to write tables, and to merge them. */
const BATCHES = 24;
const BATCH = 1_000;
const CHARACTERS = 500;

/** Writes so much that files are written anew and others are removed. */
export const fill: Workload = {
  what: 'it writes so much that its databases are tidied up',
  async prepare({ home, env }) {
    await initDevice(home, { name: 'desk', spaceName: 'power cuts' }, env);
    return { events: 1 };
  },
  async run({ home, env }, promise) {
    const { api, close } = await openDevice(home, env);
    for (let batch = 0; batch < BATCHES; batch += 1) promise(await append(api, notes(BATCH, CHARACTERS)));
    await close();
  },
};
