import { initDevice, openDevice } from '../../../node/index.ts';
import type { Workload } from '../workload.ts';
import { append, notes } from './notes.ts';

/** Callers at the same time. */
const CALLERS = 5;

/** Writes one by one, several at the same time, many at once, and a new segment; twice, with a restart in between. */
export const appending: Workload = {
  what: 'it writes, seals and starts again',
  async prepare({ home, env }) {
    await initDevice(home, { name: 'desk', spaceName: 'power cuts' }, env);
    const { api, close } = await openDevice(home, env);
    const promised = await append(api, notes(30));
    await api.seal();
    await close();
    return promised;
  },
  async run({ home, env }, promise) {
    for (const _start of [1, 2]) {
      const { api, close } = await openDevice(home, env);
      for (const draft of notes(8)) promise(await append(api, [draft]));
      await Promise.all(Array.from({ length: CALLERS }, async () => promise(await append(api, notes(3)))));
      promise(await append(api, notes(300)));
      await api.seal();
      promise(await append(api, notes(2)));
      await close();
    }
  },
};
